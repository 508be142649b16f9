import { pay, unique } from '../../pages/payments.ts';
import { staff } from '../../pages/staff.ts';
import { expect, test } from '../../server.ts';

test('lists are sorted, paged, kept and worked without scripts', async ({ page, laurel }) => {
  const name = `plain-${unique()}`;
  for (const [n, amount] of [['a', '30.00'], ['b', '90.00']] as const) pay(laurel, `${name}-${n}`, amount);
  await staff(page, laurel, 'support');
  await page.goto('/admin/members');
  const rows = page.getByRole('main').locator('tbody tr');
  const first = await rows.first().getByRole('link').first().innerText();
  await page.getByRole('link', { name: 'Next page' }).click();
  await expect(page.getByText(/^51–100 of/)).toBeVisible();
  await page.getByRole('link', { name: 'Previous page' }).click();
  await expect(rows.first()).toContainText(first);
  await page.goto(`/admin/members?q=${name}-`);
  await page.getByRole('link', { name: 'Available' }).click();
  await expect(rows).toContainText([`${name}-b`, `${name}-a`]);
  await page.getByLabel('All 2 of this list').check();
  await page.getByRole('button', { name: 'Suspend…' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Suspend 2 members?');
  await page.getByLabel('Reason').fill('Under review');
  await page.getByRole('button', { name: 'Suspend 2 members' }).click();
  await expect(page.getByRole('status').filter({ hasText: '2 members suspended.' })).toBeVisible();
  await expect(rows.filter({ hasText: 'Suspended' })).toHaveCount(2);
});
