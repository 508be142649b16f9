// States that pages show only after something was done: made once, by whoever is signed in, and looked at by several specs.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, type Page } from '@playwright/test';
import { inDays, rule } from './staff.ts';

/** Simulates the rules in force with α times `factor`, and ends on the result. Its path. */
export async function simulated(page: Page, factor: number): Promise<string> {
  await page.goto('/admin/lab');
  const alpha = page.locator('#lab [name="alpha"]');
  await alpha.fill(String(Number(await alpha.inputValue()) * factor));
  const before = page.url();
  await page.locator('#lab .lab-bar button[value=run]').click();
  await page.waitForURL((url) => url.href !== before && url.search.includes('run='));
  await expect(page.locator('.headline')).toBeVisible({ timeout: 25_000 });
  const { pathname, search } = new URL(page.url());
  return pathname + search;
}

/** A run's path as one of those that are compared. */
export function compared(...runs: string[]): string {
  const ids = runs.map((run) => `run=${new URLSearchParams(run.split('?')[1]).get('run')}`);
  return `/admin/lab/compare?${ids.join('&')}`;
}

/** Proposes a publication, as no administrator may change what points are worth alone. Its path. */
export async function proposed(page: Page): Promise<string> {
  await limited(page, '0');
  await page.goto('/admin/rules/draft');
  await rule(page, 'rate').fill(String(Number(await rule(page, 'rate').inputValue()) / 2));
  await page.locator('#editor button[value=publish]').click();
  await page.waitForURL('/admin/rules/publish');
  await page.locator('form[action$="rules/publish"] [type=submit]').first().click();
  await expect(page.getByRole('status')).toBeVisible();
  return linked(page, '/admin/rules/proposals/');
}

/** Sets what an administrator may publish alone: nothing typed is no limit. */
export async function limited(page: Page, worth: string): Promise<void> {
  await page.goto('/admin/rules');
  const limits = page.locator('form[action="/api/admin/rules/limits"]');
  await limits.locator('[name=worth]').fill(worth);
  await limits.getByRole('button').click();
  await expect(page.getByRole('status')).toBeVisible();
}

/** Proposes to give a member more points than one person may. The proposal's path; others than its maker are asked there. */
export async function adjusted(page: Page, file: string): Promise<string> {
  await page.goto(`${file}/adjust?points=5000`);
  await page.locator('[name=reason]').fill('The prize of the autumn draw');
  await page.locator('form:has([name=reason]) [type=submit]').click();
  await expect(page.getByRole('status')).toBeVisible();
  await page.goto('/admin/adjustments');
  return `/admin/adjustments/${await page.locator('input[name=proposal]').first().inputValue()}`;
}

/** Takes back what the page at this path proposes. */
export async function withdraw(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.locator('button[value=withdraw]').first().click();
  await expect(page.getByRole('status')).toBeVisible();
}

/** The first link of a page that leads below a path. */
export async function linked(page: Page, below: string, from?: string, named: RegExp | string = ''): Promise<string> {
  if (from) await page.goto(from);
  const href = await page.locator(`main a[href^="${below}"]`).filter({ hasText: named }).first().getAttribute('href');
  if (!href) throw new Error(`${page.url()} links to nothing below ${below}`);
  return href;
}

/** Gives a draft of twice the points to half of the members for thirty days, and has the results worked out. Its path. */
export async function tried(page: Page, first = async () => {}): Promise<string> {
  await page.goto('/admin/rules/draft');
  const alpha = rule(page, 'alpha');
  await alpha.fill(String(Number(await alpha.inputValue()) * 2));
  await page.locator('#editor button[name=do][value=save]').click();
  await page.goto('/admin/experiments/new');
  await first();
  await page.locator('[name=name]').fill('Double points');
  await page.locator('[name=hypothesis]').fill('Members pay more often.');
  await page.locator('[name=until]').fill(inDays(30));
  await page.locator('form[action$="experiments/start"] button').click();
  await page.waitForURL((url) => url.pathname.startsWith('/admin/experiments/') && !url.pathname.endsWith('/new'));
  const path = new URL(page.url()).pathname;
  await page.locator('form[action$="experiments/results"] button').click();
  await expect(async () => {
    await page.goto(path);
    await expect(page.locator('svg.interval').first()).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 25_000 });
  return path;
}

/** A payout batch of what waits in the demo that nobody has settled, made once. Its path. */
export async function batched(page: Page): Promise<string> {
  await page.goto('/admin/redemptions/batches');
  const made = page.getByRole('row').filter({ hasText: /To be paid|待支付/ }).getByRole('link').first();
  if ((await made.count()) === 0) {
    await page.goto('/admin/redemptions');
    await page.locator('tbody .pick input').first().check();
    await page.getByRole('button', { name: /Make a payout batch…|生成付款批次…/ }).click();
    await page.getByRole('main').getByRole('button', { name: /Make a payout batch|生成付款批次/ }).click();
    return new URL(page.url()).pathname;
  }
  return (await made.getAttribute('href')) ?? '';
}

/** Two events, one of them not in order, as a file that was uploaded and is looked at. Its path. */
export async function uploaded(page: Page): Promise<string> {
  const row = (id: string, amount: string): string => `${id},payment,import-1,${amount},CNY,2026-01-05T10:00:00Z`;
  const rows = ['event_id,kind,member,amount,currency,occurred_at', row('e2e-import-1', '12.00'), row('e2e-import-2', '-1')];
  await page.goto('/admin/imports?kind=events');
  await page.locator('[name=enrol]').check();
  await page.locator('[name=file]').setInputFiles({ name: 'january.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) });
  await page.locator('form[enctype] button').click();
  await page.waitForURL(/\/admin\/imports\/[0-9a-f-]+$/);
  return new URL(page.url()).pathname;
}

/** The members as a file that can be fetched. Its path. */
export async function exported(page: Page): Promise<string> {
  await page.goto('/admin/exports');
  const form = page.locator('form:has([name=what][value=members])');
  await form.locator('[name=keep]').check();
  await form.locator('button').click();
  await page.waitForURL(/\/admin\/exports\/[0-9a-f-]+$/);
  const path = new URL(page.url()).pathname;
  for (let tries = 0; tries < 100 && (await page.locator('a[href$="/file"]').count()) === 0; tries += 1) {
    await page.waitForTimeout(100);
    await page.goto(path);
  }
  return path;
}

/** From here on the server's answers to this form are half a second on their way: what was sent is done meanwhile. */
export async function answersSlowly(page: Page, path: string): Promise<void> {
  await page.route(`**${path}`, async (route) => {
    const response = await route.fetch({ maxRedirects: 0 });
    await sleep(500);
    await route.fulfill({ response });
  });
}
