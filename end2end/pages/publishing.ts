import { type Browser, type BrowserContextOptions, expect, type Page } from '@playwright/test';
import type { Laurel } from '../server.ts';
import { enter, inDays, newStaff, rule, staff } from './staff.ts';

/** A stricter threshold is published with tiers kept until a date, and the old version comes back. */
export async function keptAndReturned(page: Page, laurel: Laurel): Promise<void> {
  await staff(page, laurel, 'manager');
  await page.goto('/admin/rules/history');
  const before = Number((await page.locator('.version-head h2').first().innerText()).replace(/\D/g, ''));
  await page.goto('/admin/rules/draft');
  const from = rule(page, 'tiers.1.from');
  const was = await from.inputValue();
  await from.fill(String(Number(was) + 37));
  await page.getByRole('button', { name: 'Save and publish…' }).click();
  const effect = page.locator('.card', { has: page.getByRole('heading', { name: 'Effect on members today' }) });
  await expect(effect).toContainText(/members? loses? a tier/);
  await expect(effect.getByRole('table')).toBeVisible();

  await page.getByLabel('keep their tier through the day below').check();
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('Keep through');
  await page.locator('[name=keeps_until]').fill(inDays(40).slice(0, 10));
  await page.locator('[name=notice_zh]').fill('金牌门槛提高，现有等级保留。');
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(page.getByRole('alert'), 'both languages or none').toContainText('In English');
  await page.locator('[name=notice_en]').fill('Gold starts higher; you keep what you have.');
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(page.getByRole('status')).toHaveText(/Version \d+ is in force/);

  await page.goto('/admin/rules/history');
  await expect(page.getByRole('main')).toContainText('Members who fell short keep their tier through');
  await expect(page.getByRole('main')).toContainText('Gold starts higher; you keep what you have.');
  await page.getByText(`Return to version ${before}…`).click();
  await page.getByRole('button', { name: 'Make the draft' }).first().click();
  await expect(page.getByRole('status')).toContainText(`The draft is now identical to version ${before}.`);
  await expect(page.locator('.changes').first(), 'what differs is shown first').toContainText(String(Number(was) + 37));
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(page.getByRole('status')).toHaveText(/Version \d+ is in force/);
  laurel.cli(['verify']);
}

/** Beyond the limit a second person approves what the first proposed. */
export async function approvedByAnother(page: Page, laurel: Laurel, browser: Browser, options: BrowserContextOptions): Promise<void> {
  await staff(page, laurel, 'admin');
  await page.goto('/admin/rules');
  const limits = page.locator('form[action="/api/admin/rules/limits"]');
  await limits.locator('[name=worth]').fill('0');
  await limits.getByRole('button').click();
  await expect(page.getByRole('status')).toHaveText('The limits are saved.');

  await page.goto('/admin/rules/draft');
  const rate = await rule(page, 'rate').inputValue();
  await rule(page, 'rate').fill(String(Number(rate) / 2));
  await page.getByRole('button', { name: 'Save and publish…' }).click();
  await expect(page.getByRole('main')).toContainText('This is beyond what one person can publish alone.');
  await page.getByRole('button', { name: 'Propose' }).click();
  await expect(page.getByRole('status')).toContainText('Proposed.');
  await page.getByRole('link', { name: 'Review' }).click();
  await expect(page.getByRole('main')).toContainText('Someone else has to approve what you proposed.');
  const proposal = page.url();

  const elsewhere = await browser.newContext(options);
  const second = await elsewhere.newPage();
  const other = newStaff(laurel, 'admin');
  await second.goto('/admin/sign-in');
  await enter(second, other);
  await second.waitForURL('/admin');
  await second.goto(proposal);
  await second.getByRole('button', { name: 'Approve and publish' }).click();
  await expect(second.getByRole('status')).toContainText('Approved. Version');
  await second.goto('/admin/audit?action=rules.approve');
  await expect(second.getByRole('row').nth(1)).toContainText(other.name);

  // as it was, for the specs after this one
  await second.goto('/admin/rules');
  await second.locator('form[action="/api/admin/rules/limits"] [name=worth]').fill('');
  await second.locator('form[action="/api/admin/rules/limits"]').getByRole('button').click();
  await expect(second.getByRole('status')).toContainText('Proposed.');
  await page.goto('/admin/rules');
  await page.getByRole('link', { name: 'Review' }).click();
  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  await expect(page.getByRole('status')).toHaveText('Approved. The new limits are in force.');
  await page.goto('/admin/rules/draft');
  await rule(page, 'rate').fill(rate);
  await page.getByRole('button', { name: 'Save and publish…' }).click();
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(page.getByRole('status')).toHaveText(/Version \d+ is in force/);
  await elsewhere.close();
}
