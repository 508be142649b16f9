import { payer, redeem } from '../../pages/member.ts';
import { staff } from '../../pages/staff.ts';
import { expect, test } from '../../server.ts';

test('redemptions are marked as paid and as failed; members and the audit trail see it', async ({ page, laurel, browser }) => {
  const phone = await browser.newContext();
  const portal = await phone.newPage();
  await payer(portal, laurel, '450.00');
  const [paid, failed, cancelled] = [await redeem(portal, '100'), await redeem(portal, '110'), await redeem(portal, '120')];
  const number = (path: string): string => path.split('/').pop() ?? '';
  const row = (path: string): ReturnType<typeof page.locator> => page.getByRole('row').filter({ has: page.getByTitle(number(path)) });

  const manager = await staff(page, laurel, 'manager');
  await page.goto('/admin/redemptions');
  await page.getByRole('button', { name: 'Mark as paid' }).click();
  await expect(page.getByRole('alert')).toHaveText('Select at least one redemption.');
  await page.getByRole('main').getByRole('link', { name: 'Back' }).click();
  await row(paid).getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Mark as paid' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Mark 1 redemption as paid, ¥1.00?');
  await page.getByLabel('Payment reference').fill('B-2026-11-25');
  await page.getByRole('button', { name: 'Mark as paid: ¥1.00' }).click();
  await expect(page.getByRole('status')).toHaveText('1 redemption marked as paid, ¥1.00.');
  await expect(row(paid)).toHaveCount(0);
  await row(failed).getByRole('checkbox').check();
  await row(cancelled).getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Mark as failed…' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Mark 2 payouts as failed and return 230 points?');
  await page.getByLabel('Reason').fill('The bank refused');
  // the member is quicker: none of the two is marked
  await portal.goto(cancelled);
  await portal.getByText('Cancel this redemption').click();
  await portal.getByRole('button', { name: 'Yes, cancel it' }).click();
  await expect(portal.getByRole('status')).toContainText('Cancelled');
  await page.getByRole('button', { name: 'Mark as failed, return 230 points' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByText('1 of the selected redemptions has changed')).toBeVisible();
  await expect(page.getByLabel('Reason')).toHaveValue('The bank refused');
  await page.getByRole('button', { name: 'Mark as failed, return 110 points' }).click();
  await expect(page.getByRole('status')).toHaveText('1 payout marked as failed, 110 points returned.');

  await portal.goto(paid);
  await expect(portal.locator('.receipt')).toContainText('Paid');
  await expect(portal.getByText('Cancel this redemption')).toHaveCount(0);
  await portal.goto(failed);
  await expect(portal.locator('.receipt')).toContainText('Payout failed');
  await portal.goto('/');
  await expect(portal.locator('.pass-number')).toHaveText('350');

  await page.goto('/admin/redemptions?state=all');
  await expect(row(paid)).toContainText('Paid');
  await expect(row(failed)).toContainText('Failed');
  await expect(row(cancelled)).toContainText('Cancelled');
  await row(paid).getByRole('link', { name: '…' }).click();
  await expect(page.locator('.steps')).toContainText(`by ${manager.name}`);
  await expect(page.locator('.steps')).toContainText('Reference: B-2026-11-25');
  await page.goto('/admin/audit?action=redemption.advance');
  await expect(page.getByRole('row').filter({ hasText: manager.name })).not.toHaveCount(0);
  await phone.close();
});
