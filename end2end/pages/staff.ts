// The staff as specs need them: made by `laurel admin create`, signed in by the console's own form.
import { expect, type Page } from '@playwright/test';
import type { Laurel } from '../server.ts';
import { password } from './member.ts';
import { unique } from './payments.ts';

export type Role = 'viewer' | 'support' | 'manager' | 'admin';

export interface Staff {
  name: string;
  email: string;
}

export function newStaff(laurel: Laurel, role: Role): Staff {
  const id = unique();
  const staff = { name: `Zhao Min ${id}`, email: `min-${id}@example.com` };
  const account = ['--email', staff.email, '--name', staff.name, '--role', role, '--locale', 'en'];
  laurel.cli(['admin', 'create', ...account, '--password-stdin'], password);
  return staff;
}

/** Signs somebody with this role in and ends on the dashboard. */
export async function staff(page: Page, laurel: Laurel, role: Role): Promise<Staff> {
  const made = newStaff(laurel, role);
  await page.goto('/admin/sign-in');
  await enter(page, made);
  await page.waitForURL('/admin');
  return made;
}

/** On the page that asks for it. */
export async function enter(page: Page, { email }: Staff, typed = password): Promise<void> {
  await page.locator('[name=sign_in_name]').fill(email);
  await page.locator('[name=password]').fill(typed);
  await page.locator('main button[type=submit]').click();
}

/** A field of the rules' editor, by its name. */
export function rule(page: Page, name: string): ReturnType<Page['locator']> {
  return page.locator(`#editor [name="${name}"]`);
}

/** Midnight so many days from now, as a form sends a local time. */
export function inDays(days: number): string {
  return `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)}T00:00`;
}

/** Takes the draft away, so that the next spec begins with the rules in force. */
/** Begins with the rules in force, whatever draft others have left. */
export async function withoutDraft(page: Page): Promise<void> {
  await page.goto('/admin/rules/draft');
  if (await page.getByRole('button', { name: 'Discard' }).isVisible()) await discard(page);
}

export async function discard(page: Page): Promise<void> {
  await page.goto('/admin/rules/draft');
  await page.getByRole('button', { name: 'Discard' }).click();
  await expect(page.getByRole('status')).toHaveText('Draft discarded.');
}
