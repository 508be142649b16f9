// Payments as a payment system reports them: by `laurel import`, or by the REST API.
import type { Laurel } from '../server.ts';

export interface Payment {
  amount: string;
  /** Yesterday, if it is left out: by the rules that the demo began with, whatever another spec has published. */
  at?: Date;
}

let counted = 0;

/** What nothing else on this machine is called. */
export function unique(): string {
  counted += 1;
  return `${process.pid}-${Date.now()}-${counted}`;
}

/** A payment that earns by the rules in force. */
export function now(amount: string): Payment {
  return { amount, at: new Date() };
}

/** Imports payments of a member, who is enrolled by the first of them. Returns their event ids. */
export function pay(laurel: Laurel, externalId: string, ...payments: (string | Payment)[]): string[] {
  const ids = payments.map(() => `p-${unique()}`);
  const rows = payments.map((payment, n) => {
    const { amount, at = daysAgo(1) } = typeof payment === 'string' ? { amount: payment } : payment;
    return `${ids[n]},payment,${externalId},${amount},CNY,${at.toISOString()}`;
  });
  laurel.cli(['import', '-', '--enrol'], ['event_id,kind,member,amount,currency,occurred_at', ...rows].join('\n'));
  return ids;
}

/** Imports the refund of a payment that was imported, made now. */
export function refund(laurel: Laurel, externalId: string, payment: string, amount: string): void {
  const row = `r-${unique()},refund,${externalId},${amount},CNY,${new Date().toISOString()},${payment}`;
  laurel.cli(['import', '-'], ['event_id,kind,member,amount,currency,occurred_at,payment', row].join('\n'));
}

export function daysAgo(days: number): Date {
  return new Date(Date.now() - days * 24 * 60 * 60 * 1000);
}

/** Sends a payment to the REST API with a key of its own; returns the status and what the API says it earned. */
export async function send(laurel: Laurel, externalId: string, amount: string): Promise<{ status: number; points?: string }> {
  const key = laurel.cli(['key', 'create', '--name', 'till', '--scope', 'events:write']).trim();
  const answer = await fetch(`${laurel.url}/api/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      id: `p-${unique()}`,
      kind: 'payment',
      member: externalId,
      amount,
      currency: 'CNY',
      occurred_at: new Date().toISOString(),
    }),
  });
  const { points } = (await answer.json()) as { points?: string };
  return { status: answer.status, points };
}
