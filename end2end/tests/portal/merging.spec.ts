import { register } from '../../pages/member.ts';
import { pay, unique } from '../../pages/payments.ts';
import { staff } from '../../pages/staff.ts';
import { expect, test } from '../../server.ts';

test('a registration goes over to the member that the payment system knows, and its sign-in with it', async ({ page, laurel, browser }) => {
  const member = await register(page);
  await page.goto('/profile');
  await expect(page.getByText('If you already have points there, the two accounts are combined.')).toBeVisible();
  const externalId = `m-${unique()}`;
  pay(laurel, externalId, '150.00');

  const desk = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const console = await desk.newPage();
  await staff(console, laurel, 'manager');
  await console.goto(`/admin/members?q=${encodeURIComponent(member.signInName)}`);
  await console.getByRole('rowheader').getByRole('link').click();
  const file = console.url();
  await console.getByLabel('Id of that member in the payment system').fill(externalId);
  await console.locator('form[action$="/merge"]').getByRole('button', { name: 'Review' }).click();
  await expect(console.getByRole('row').filter({ hasText: 'The member afterwards' })).toContainText('150');
  await console.getByLabel('Reason').fill('Showed both at the counter');
  await console.getByRole('button', { name: 'Merge the two' }).click();
  await expect(console.getByRole('status')).toHaveText('Merged. This member now has everything that both had.');
  await console.goto(file);
  await expect(console.getByRole('main')).toContainText('Merged on');
  await desk.close();

  // still signed in, and now as the member
  await page.goto('/');
  await expect(page.locator('.pass-number')).toHaveText('150');
  await page.goto('/activity');
  await expect(page.locator('.entries > li').first()).toContainText('Came from your other account');
  laurel.cli(['verify']);
});
