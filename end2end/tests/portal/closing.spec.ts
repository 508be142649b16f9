import { password, payer, redeem, signIn } from '../../pages/member.ts';
import { staff } from '../../pages/staff.ts';
import { expect, test } from '../../server.ts';

test('a member closes their account, has their data erased, and cannot come back', async ({ page, laurel, browser }) => {
  const member = await payer(page, laurel, '250.00');
  await redeem(page, '100');
  await page.goto('/profile');
  await page.getByRole('link', { name: 'See what closing does…' }).click();
  await expect(page.getByRole('main')).toContainText('The remaining 250 points will be removed.');
  await page.getByLabel('Your password, once more').fill(password);
  await page.getByRole('button', { name: 'Close my account permanently' }).click();
  await expect(page.getByRole('alert')).toContainText('Tick this box to continue.');
  await page.getByLabel('Erase my personal data, too').check();
  await page.getByLabel('I understand that this permanently closes the account.').check();
  await page.getByLabel('Your password, once more').fill(password);
  await page.getByRole('button', { name: 'Close my account permanently' }).click();
  await expect(page.getByRole('status')).toContainText('your personal data is erased');
  await page.goto('/sign-in');
  await signIn(page, member);
  await expect(page.getByRole('alert')).toContainText('Wrong name or password.');

  const desk = await browser.newContext();
  const console = await desk.newPage();
  await staff(console, laurel, 'viewer');
  await console.goto(`/admin/members?q=${member.externalId}`);
  await expect(console.getByText('No members match.')).toBeVisible();
  await desk.close();
  laurel.cli(['verify']);
});
