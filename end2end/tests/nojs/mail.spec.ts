import { confirmEmail, payer } from '../../pages/member.ts';
import { now } from '../../pages/payments.ts';
import { staff } from '../../pages/staff.ts';
import { expect, test } from '../../server.ts';

test('the inbox, its choices and a forgotten password need no scripts', async ({ page, laurel }) => {
  const member = await payer(page, laurel, now('150.00'));
  await confirmEmail(page, laurel, member.signInName);
  await page.goto('/notifications');
  await page.getByRole('button', { name: 'Mark all as read' }).click();
  await expect(page.getByRole('status')).toHaveText('1 notification marked as read.');
  await page.goto('/profile');
  await page.locator('#emails').getByLabel('Changes of my tier').uncheck();
  await page.locator('#emails').getByRole('button', { name: 'Keep this choice' }).click();
  await expect(page.getByRole('status')).toHaveText('Your choice is saved.');
  await page.context().clearCookies();
  await page.goto('/forgotten');
  await page.locator('[name=sign_in_name]').fill(member.signInName);
  await page.getByRole('button', { name: 'Send the link' }).click();
  await expect(page.getByRole('status')).toContainText('the link is on its way');
  await laurel.email(member.signInName, '/activate?code=');
});

test('an administrator sees what became of e-mails, without scripts', async ({ page, laurel, browser }) => {
  const phone = await browser.newContext({ javaScriptEnabled: false });
  const portal = await phone.newPage();
  const member = await payer(portal, laurel, '10.00');
  await confirmEmail(portal, laurel, member.signInName);
  await phone.clearCookies();
  await portal.goto('/forgotten');
  await portal.locator('[name=sign_in_name]').fill(member.signInName);
  await portal.getByRole('button', { name: 'Send the link' }).click();
  await laurel.email(member.signInName, '/activate?code=');
  await staff(page, laurel, 'admin');
  await page.getByRole('link', { name: 'Emails' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Emails');
  await page.getByRole('link', { name: /^Sent/ }).click();
  const row = page.getByRole('row').filter({ hasText: 'New password' }).first();
  await expect(row).toContainText('Sent');
  await row.getByRole('link').click();
  await expect(page.getByRole('table', { name: 'Emails' }).or(page.getByRole('region', { name: 'Emails' }))).toContainText('New password');
  await phone.close();
});
