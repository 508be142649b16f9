import { discard, rule, staff } from '../../pages/staff.ts';
import { expect, test } from '../../server.ts';

test('a draft that was discarded is put back, right away or from the history', async ({ page, laurel }) => {
  await staff(page, laurel, 'manager');
  await page.goto('/admin/rules/draft');
  await rule(page, 'gamma').fill('7.5');
  await page.getByRole('button', { name: 'Save draft' }).click();
  await expect(page.getByRole('status')).toContainText('Draft saved.');
  await discard(page);
  await expect(page).toHaveURL(/\/admin\/rules$/);
  await page.getByRole('button', { name: 'Put back' }).click();
  await expect(page.getByRole('status')).toHaveText('The draft is back.');
  await page.goto('/admin/rules/draft');
  await expect(rule(page, 'gamma')).toHaveValue('7.5');

  // as long as there is a draft, another one can’t be put back
  await discard(page);
  await page.goto('/admin/rules/draft');
  await rule(page, 'gamma').fill('8.5');
  await page.getByRole('button', { name: 'Save draft' }).click();
  await page.goto('/admin/rules/history');
  const kept = page.locator('section', { has: page.getByRole('heading', { name: 'Discarded drafts' }) }).locator('.list > li');
  await expect(kept.first()).toContainText('7.5');
  await expect(page.getByRole('button', { name: 'Put back' })).toHaveCount(0);
  await discard(page);
  await page.goto('/admin/rules/history');
  await expect(kept.first()).toContainText('8.5');
  await kept.nth(1).getByRole('button', { name: 'Put back' }).click();
  await page.goto('/admin/rules/draft');
  await expect(rule(page, 'gamma')).toHaveValue('7.5');
  await discard(page);
  await page.goto('/admin/audit?action=rules.put_back');
  await expect(page.getByRole('row').nth(1)).toContainText('Discarded draft put back');
});
