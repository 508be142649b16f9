// Payments as a payment system reports them, by `laurel import`.
import type { Laurel } from '../server.ts';

export interface Payment {
  amount: string;
  /** Now, if it is left out. */
  at?: Date;
}

let counted = 0;

/** What nothing else on this machine is called. */
export function unique(): string {
  counted += 1;
  return `${process.pid}-${Date.now()}-${counted}`;
}

/** Imports payments of a member, who is enrolled by the first of them. */
export function pay(laurel: Laurel, externalId: string, ...payments: (string | Payment)[]): void {
  const rows = payments.map((payment) => {
    const { amount, at = new Date() } = typeof payment === 'string' ? { amount: payment } : payment;
    return `p-${unique()},payment,${externalId},${amount},CNY,${at.toISOString()}`;
  });
  laurel.cli(['import', '-', '--enrol'], ['event_id,kind,member,amount,currency,occurred_at', ...rows].join('\n'));
}

export function daysAgo(days: number): Date {
  return new Date(Date.now() - days * 24 * 60 * 60 * 1000);
}
