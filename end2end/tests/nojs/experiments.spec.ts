import { staff } from '../../pages/staff.ts';
import { tried } from '../../pages/states.ts';
import { expect, test } from '../../server.ts';

test('a draft is tried on half of the members, its results looked at, and the experiment stopped', async ({ page, laurel }) => {
  test.setTimeout(90_000);
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
});
