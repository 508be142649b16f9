// Members as specs need them: registered by the portal's own form, or enrolled by a payment system and let in by invitation.
import type { Page } from '@playwright/test';
import type { Laurel } from '../server.ts';
import { type Payment, pay, unique } from './payments.ts';

export const password = 'laurels grow slowly';

export interface Member {
  name: string;
  signInName: string;
}

/** A member whom the payment system knows. */
export interface Payer extends Member {
  externalId: string;
}

let made = 0;

export function newMember(): Member {
  made += 1;
  return { name: `Wang Fang ${made}`, signInName: `fang-${unique()}@example.com` };
}

/** Registers by the form and ends on the member's home. The server takes ten of these from one address in an hour. */
export async function register(page: Page, member: Member = newMember(), referralCode?: string): Promise<Member> {
  await page.goto(referralCode ? `/register?ref=${referralCode}` : '/register');
  await page.locator('[name=name]').fill(member.name);
  await page.locator('[name=sign_in_name]').fill(member.signInName);
  await page.locator('[name=password]').fill(password);
  await page.locator('main button[type=submit]').click();
  await page.waitForURL('/');
  return member;
}

/** Enrolled by their payments, invited by `laurel member invite`; ends on the member's home. */
export async function payer(page: Page, laurel: Laurel, ...payments: (string | Payment)[]): Promise<Payer> {
  const member = { ...newMember(), externalId: `m-${unique()}` };
  pay(laurel, member.externalId, ...payments);
  await activate(page, laurel.cli(['member', 'invite', member.externalId]).trim(), member);
  return member;
}

/** Sets the password by a one-time link. */
export async function activate(page: Page, link: string, member: Member): Promise<void> {
  await page.goto(link);
  await page.locator('[name=sign_in_name]').fill(member.signInName);
  await page.locator('[name=password]').fill(password);
  await page.locator('main button[type=submit]').click();
  await page.waitForURL('/');
}

/** Follows the link that was sent to the address they gave: until then nothing else is sent there. */
export async function confirmEmail(page: Page, laurel: Laurel, address: string): Promise<void> {
  const message = await laurel.email(address, '/confirm-email?code=');
  await page.goto(/http[^\s"<>]*\/confirm-email\?code=[A-Za-z0-9]+/.exec(message)?.[0] ?? 'no link');
  await page.locator('main button[type=submit]').click();
  await page.waitForURL(/\/(profile|sign-in)$/);
}

/** On a page that asks for it. */
export async function signIn(page: Page, member: Member): Promise<void> {
  await page.locator('[name=sign_in_name]').fill(member.signInName);
  await page.locator('[name=password]').fill(password);
  await page.locator('main button[type=submit]').click();
}

/** Redeems by the page that asks for the last time; ends on the receipt, whose path it returns. */
export async function redeem(page: Page, points: string): Promise<string> {
  await page.goto(`/redeem/confirm?points=${points}`);
  await page.locator('form[action="/api/portal/redeem"] button').click();
  await page.waitForURL(/\/redemptions\/[^/]+$/);
  return new URL(page.url()).pathname;
}

/** Somebody who has registered shows the code of their profile, and the payment system claims them as `externalId`. */
export async function link(page: Page, laurel: Laurel, externalId: string): Promise<void> {
  await page.goto('/profile');
  await page.getByRole('button', { name: 'Create link code' }).click();
  const code = /[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}/.exec(await page.getByRole('status').innerText())?.[0] ?? 'no code';
  await put(laurel, externalId, { link_code: code });
}

/** Tells the REST API about a member, with a key of its own. */
export async function put(laurel: Laurel, externalId: string, details: Record<string, string>): Promise<void> {
  const key = laurel.cli(['key', 'create', '--name', 'members', '--scope', 'members:write']).trim();
  const answer = await fetch(`${laurel.url}/api/v1/members/${encodeURIComponent(externalId)}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(details),
  });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
}
