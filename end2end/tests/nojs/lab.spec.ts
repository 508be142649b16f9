import { staff } from '../../pages/staff.ts';
import { expect, test } from '../../server.ts';

test('a draft is simulated, left and come back to without scripts', async ({ page, laurel }) => {
  await staff(page, laurel, 'manager');
  await page.goto('/admin/lab');
  await page.locator('#lab [name="tiers.1.from"]').fill('130');
  await page.getByRole('button', { name: 'Run exactly' }).click();
  await page.waitForURL(/run=/);
  const run = page.url();
  await page.goto('/admin');
  await expect(async () => {
    await page.goto(run);
    await expect(page.locator('.headline')).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 25_000 });
  await expect(page.getByRole('img', { name: /Worth of outstanding points/ })).toBeVisible();
  await page.locator('#lab').getByText('Earning').first().click();
  await page.getByRole('button', { name: 'Add tier' }).first().click();
  await expect(page.locator('#lab [name="tiers.1.from"]'), 'another tier was put in').toHaveValue('');
});
