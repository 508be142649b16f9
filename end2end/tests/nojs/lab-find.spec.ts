import { outstanding, search, wish } from '../../pages/find.ts';
import { discard, staff } from '../../pages/staff.ts';
import { expect, test } from '../../server.ts';

test('rules are found, left and come back to, and taken into the draft without scripts', async ({ page, laurel }) => {
  test.setTimeout(90_000);
  await staff(page, laurel, 'manager');
  await page.goto('/admin/lab/find');
  await wish(page, 'goal.outstanding').fill('1');
  await search(page);
  const now = await outstanding(page);
  await wish(page, 'goal.outstanding').fill(String(Math.floor(now * 0.8)));
  await search(page);
  const found = page.url();
  await page.goto('/admin');
  await page.goto(found);
  await expect(page.getByRole('heading', { name: 'Proposal 1' })).toBeVisible();
  await page.getByRole('button', { name: 'Open as draft' }).first().click();
  await page.waitForURL('/admin/rules/publish');
  await discard(page);
});
