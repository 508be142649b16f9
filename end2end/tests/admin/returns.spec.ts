import { payer } from '../../pages/member.ts';
import { order, reward } from '../../pages/rewards.ts';
import { expect, test } from '../../server.ts';

test('a gift that came back gives its points back, goes into stock again, and the member reads why', async ({ page, laurel, browser }) => {
  const phone = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const portal = await phone.newPage();
  const mug = await reward(page, laurel, 'gift');
  const member = await payer(portal, laurel, '200.00');
  const receipt = await order(portal, mug.path);
  const id = receipt.split('/').pop() ?? '';

  await page.goto('/admin/redemptions?kind=gift');
  await page.getByRole('row').filter({ has: page.getByTitle(id) }).getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Mark as sent' }).click();
  await page.getByRole('button', { name: 'Mark as sent' }).click();
  await page.goto('/admin/redemptions?kind=gift&state=shipped');
  await page.getByRole('row').filter({ has: page.getByTitle(id) }).getByRole('link', { name: 'Take back…' }).click();
  await expect(page.getByRole('main')).toContainText('gets 80 points back');
  await page.getByLabel('Put it back into stock').check();
  await page.getByLabel('Why it came back').fill('Refused at the door');
  await page.getByRole('button', { name: 'Take back and return 80 points' }).click();
  await expect(page.getByRole('status')).toHaveText('Taken back; the member has 80 points again.');
  await page.goto(`/admin${mug.path}`);
  await expect(page.getByText('3 in stock')).toBeVisible();

  await portal.goto(receipt);
  await expect(portal.getByRole('main')).toContainText('It came back to us; all points were returned.');
  await expect(portal.getByRole('main')).toContainText('Refused at the door');
  await portal.goto('/');
  await expect(portal.locator('.pass-number')).toHaveText('200');
  expect(member.externalId).not.toBe('');
  laurel.cli(['verify']);
  await phone.close();
});
