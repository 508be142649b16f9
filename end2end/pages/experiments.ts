// An experiment as an administrator makes it, and the members of its groups.
import { createHash } from 'node:crypto';
import { type Browser, type BrowserContextOptions, expect, type Page } from '@playwright/test';
import type { Laurel } from '../server.ts';
import { activate, newMember } from './member.ts';
import { pay, unique } from './payments.ts';
import { inDays, rule, staff, withoutDraft } from './staff.ts';
import { tried } from './states.ts';

const told = 'Gold starts higher for you; you keep what you have.';

/** Lets half of the members try a second tier that starts 50 later, keep theirs for forty days and be told so. Its path. */
async function stricterForHalf(page: Page): Promise<{ path: string; reached: number }> {
  await withoutDraft(page);
  await page.goto('/admin/rules/draft');
  const from = rule(page, 'tiers.1.from');
  const was = Number(await from.inputValue());
  await from.fill(String(was + 50));
  await page.locator('#editor button[name=do][value=save]').click();
  await page.goto('/admin/experiments/new');
  await page.locator('[name=name]').fill('A higher step to gold');
  await page.locator('[name=hypothesis]').fill('Members pay more to reach it.');
  await page.locator('[name=until]').fill(inDays(30));
  await page.locator('[name=keeps_until]').fill(inDays(-3).slice(0, 10));
  await page.getByText('Tell the variant group').click();
  await page.locator('[name=notice_zh]').fill('您的金牌门槛提高，现有等级保留。');
  const start = page.locator('form[action$="experiments/start"] button');
  await start.click();
  await expect(page.locator('[name=notice_en]'), 'both languages or none').toHaveAttribute('aria-invalid', 'true');
  await page.locator('[name=notice_en]').fill(told);
  await start.click();
  await expect(page.locator('[name=keeps_until]'), 'a day to come').toHaveAttribute('aria-invalid', 'true');
  await page.locator('[name=keeps_until]').fill(inDays(40).slice(0, 10));
  await start.click();
  await page.waitForURL(/\/admin\/experiments\/[0-9a-f-]{36}$/);
  return { path: new URL(page.url()).pathname, reached: was + 20 };
}

/** Members who have paid this much, one of each group: their groups follow from the ids alone, as the manual says. */
function oneOfEach(laurel: Laurel, experiment: string, paid: number): { variant: string; control: string } {
  const found = { variant: '', control: '' };
  while (found.variant === '' || found.control === '') {
    const name = `m-${unique()}`;
    pay(laurel, name, `${paid}.00`);
    const { id } = JSON.parse(laurel.cli(['member', 'show', name, '--format', 'json'])) as { id: string };
    const bytes = Buffer.from((experiment + id).replaceAll('-', ''), 'hex');
    const place = createHash('sha256').update(bytes).digest().readBigUInt64BE(0) % 10_000n;
    found[place < 5_000n ? 'variant' : 'control'] ||= name;
  }
  return found;
}

/** Lets a member into the portal, and ends on their home. */
async function enterAs(page: Page, laurel: Laurel, externalId: string): Promise<void> {
  await activate(page, laurel.cli(['member', 'invite', externalId]).trim(), newMember());
}

/** An experiment that lets its group keep their tier, and tells them and nobody else, until it is stopped. */
export async function keptAndTold(page: Page, laurel: Laurel, browser: Browser, options: BrowserContextOptions): Promise<void> {
  await staff(page, laurel, 'manager');
  const { path, reached } = await stricterForHalf(page);
  const main = page.getByRole('main');
  await expect(main).toContainText('Members who fell short keep their tier through');
  await expect(main).toContainText(told);
  const { variant, control } = oneOfEach(laurel, path.split('/').pop() ?? '', reached);
  const [one, other] = [await browser.newContext(options), await browser.newContext(options)];
  const [variants, controls] = [await one.newPage(), await other.newPage()];
  await enterAs(variants, laurel, variant);
  await expect(variants.getByRole('region', { name: 'News about your membership' })).toContainText(told);
  await enterAs(controls, laurel, control);
  await expect(controls.getByText(told)).toHaveCount(0);
  laurel.cli(['verify']);

  await page.goto(path);
  await page.getByText('Stop…').click();
  await page.getByRole('button', { name: 'Stop the experiment' }).click();
  await expect(page.getByRole('status')).toContainText('The experiment is stopped.');
  await variants.goto('/');
  await expect(variants.getByText(told), 'it holds no more').toHaveCount(0);
  laurel.cli(['verify']);
  await one.close();
  await other.close();
}

/** A draft is tried on half of the members, its results are looked at, and the experiment is stopped. */
export async function triedAndStopped(page: Page, laurel: Laurel): Promise<void> {
  await staff(page, laurel, 'manager');
  const experiment = await tried(page, async () => {
    await page.locator('form[action$="experiments/start"] button').click();
    for (const field of ['name', 'hypothesis', 'until']) {
      await expect(page.locator(`[name=${field}]`), 'every field at fault at once').toHaveAttribute('aria-invalid', 'true');
    }
  });
  const main = page.getByRole('main');
  await expect(main).toContainText('Members pay more often.');
  await expect(page.getByRole('heading', { name: 'Were the groups alike at the start?' })).toBeVisible();
  await expect(page.getByRole('img', { name: /^Payments: difference/ })).toBeVisible();
  await page.goto('/admin/rules');
  await expect(main).toContainText('Nothing else can be published until it has ended.');
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(experiment);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.getByText('Stop…').click();
  await page.getByRole('button', { name: 'Stop the experiment' }).click();
  await expect(page.getByRole('status')).toContainText('The experiment is stopped.');
  await page.goto('/admin/experiments');
  await expect(page.getByRole('row', { name: /Double points/ })).toContainText('Stopped');
}
