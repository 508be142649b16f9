import { outstanding, search, wish } from '../../pages/find.ts';
import { discard, staff } from '../../pages/staff.ts';
import { expect, test } from '../../server.ts';

test('rules are found for goals, looked at closely and taken into the draft', async ({ page, laurel }) => {
  test.setTimeout(90_000);
  await staff(page, laurel, 'manager');
  await page.goto('/admin/lab');
  await page.getByRole('link', { name: 'Find rules…' }).click();
  await page.waitForURL('/admin/lab/find');
  await page.getByRole('button', { name: 'Find rules' }).click();
  await expect(page.getByRole('alert'), 'nothing is searched for without a goal').toContainText('Goals');
  await wish(page, 'goal.outstanding').fill('lots');
  await wish(page, 'move.alpha.most').fill('0.1');
  await page.getByRole('button', { name: 'Find rules' }).click();
  await expect(page.getByRole('alert').getByRole('link')).toHaveCount(2);
  await expect(page.locator('#field-move-alpha-most-error')).toContainText('must be at least');
  await expect(wish(page, 'goal.outstanding')).toHaveValue('lots');

  await page.goto('/admin/lab/find');
  await wish(page, 'goal.outstanding').fill('1');
  await search(page);
  const main = page.getByRole('main');
  await expect(main).toContainText('No rules within these ranges reach every goal');
  await expect(main).toContainText('missed by');
  await expect(page.getByRole('heading', { name: 'Closest' })).toBeVisible();

  const now = await outstanding(page);
  await wish(page, 'goal.outstanding').fill(String(Math.floor(now * 0.9)));
  await search(page);
  await expect(page.getByRole('heading', { name: 'Proposal 1' })).toBeVisible();
  const proposed = page.locator('.find-reading').nth(1);
  await expect(proposed).toContainText('reached');
  await expect(page.getByRole('img', { name: /Members by tier/ }).first()).toBeVisible();
  const found = page.url();
  const told = await proposed.locator('b').innerText();
  await page.getByRole('button', { name: 'Open in the lab' }).first().click();
  await page.waitForURL(/\/admin\/lab\?run=/);
  await expect(page.locator('.figure').filter({ hasText: 'Outstanding' }), 'the very same simulation').toContainText(told);
  await expect(page.getByRole('heading', { name: 'By how members pay (RFM)' })).toBeVisible();
  await page.goto(found);
  await page.getByRole('button', { name: 'Open as draft' }).first().click();
  await page.waitForURL('/admin/rules/publish');
  await expect(page.getByRole('status')).toContainText('The draft is now what you tried.');
  await discard(page);
});

test('the page is no wider than a phone, before and after a search', async ({ page, laurel }) => {
  test.setTimeout(90_000);
  await page.setViewportSize({ width: 390, height: 844 });
  await staff(page, laurel, 'manager');
  const width = async (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth);
  await page.goto('/admin/lab/find');
  expect(await width()).toBeLessThanOrEqual(390);
  await wish(page, 'goal.lowered').fill('0');
  await wish(page, 'goal.outstanding').fill('1');
  await search(page);
  expect(await width()).toBeLessThanOrEqual(390);
});
