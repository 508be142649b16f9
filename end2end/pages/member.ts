// A member as specs need one: registered by the portal's own form, with a name nobody else has.
import type { Page } from '@playwright/test';

export const password = 'laurels grow slowly';

export interface Member {
  name: string;
  signInName: string;
}

let made = 0;

export function newMember(): Member {
  made += 1;
  const unique = `${process.pid}-${Date.now()}-${made}`;
  return { name: `Wang Fang ${made}`, signInName: `fang-${unique}@example.com` };
}

/** Registers by the form and ends on the member's home. */
export async function register(page: Page, member: Member = newMember(), referralCode?: string): Promise<Member> {
  await page.goto(referralCode ? `/register?ref=${referralCode}` : '/register');
  await page.locator('[name=name]').fill(member.name);
  await page.locator('[name=sign_in_name]').fill(member.signInName);
  await page.locator('[name=password]').fill(password);
  await page.locator('main button[type=submit]').click();
  await page.waitForURL('/');
  return member;
}

export async function signIn(page: Page, member: Member): Promise<void> {
  await page.locator('[name=sign_in_name]').fill(member.signInName);
  await page.locator('[name=password]').fill(password);
  await page.locator('main button[type=submit]').click();
}
