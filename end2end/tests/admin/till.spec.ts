import { payer } from '../../pages/member.ts';
import { staff } from '../../pages/staff.ts';
import { expect, test } from '../../server.ts';

test('a scanner reads a member card and uses up what was claimed, without a mouse', async ({ page, laurel, browser }) => {
  const phone = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const portal = await phone.newPage();
  await payer(portal, laurel, '1000.00');
  await portal.goto('/benefits');
  await portal.getByRole('listitem').filter({ hasText: 'Once a quarter' }).first().getByRole('button', { name: 'Claim' }).click();
  await portal.goto('/');
  await portal.getByRole('link', { name: 'Show member card' }).click();
  await expect(portal.getByRole('img', { name: 'QR code of your member card' })).toBeVisible();
  const digits = await portal.locator('.card-digits').innerText();
  expect(digits).toMatch(/^(\d{4} ){4}\d{4}$/);

  await staff(page, laurel, 'support');
  await page.goto('/admin/till');
  // a scanner types into the field that has the focus, and presses Enter
  await expect(page.getByLabel('Scan or type a code')).toBeFocused();
  await page.keyboard.type(digits.replaceAll(' ', ''));
  await page.keyboard.press('Enter');
  await expect(page.locator('.till-member')).toContainText('VIP');
  await expect(page.getByLabel('Scan or type a code')).toBeFocused();
  const claimed = page.getByRole('listitem').filter({ hasText: 'Valid through' });
  await claimed.getByRole('button', { name: 'Mark as used' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status')).toHaveText(/^Marked as used: /);
  await expect(page.getByLabel('Scan or type a code')).toBeFocused();
  await page.keyboard.type('no such code');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('No such code.');
  await phone.close();
});
