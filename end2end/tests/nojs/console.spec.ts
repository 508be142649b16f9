import { payer, redeem } from '../../pages/member.ts';
import { now, pay } from '../../pages/payments.ts';
import { rule, staff } from '../../pages/staff.ts';
import { answersSlowly } from '../../pages/states.ts';
import { expect, test } from '../../server.ts';

test('rules are previewed, refused, saved and published without scripts', async ({ page, laurel, browser }) => {
  const phone = await browser.newContext();
  const portal = await phone.newPage();
  const member = await payer(portal, laurel, '10.00');
  await staff(page, laurel, 'manager');
  await page.goto('/admin/rules/draft');
  await rule(page, 'alpha').fill('2');
  await page.getByRole('button', { name: 'Preview' }).click();
  await expect(page.locator('.preview tbody tr').first()).toContainText('278.24');
  await expect(page.locator('.preview .changes')).toHaveText(/α.*1 2/);
  await rule(page, 'alpha').fill('-2');
  await rule(page, 'tiers.2.from').fill('50');
  await page.getByRole('button', { name: 'Save draft' }).click();
  await expect(page.getByRole('alert').getByRole('link')).toHaveCount(2);
  await expect(page.locator('#field-alpha-error')).toHaveText('must not be negative');
  await expect(rule(page, 'alpha')).toHaveValue('-2');
  await expect(rule(page, 'tiers.2.from')).toHaveValue('50');
  await rule(page, 'alpha').fill('2');
  await rule(page, 'tiers.2.from').fill('500');
  await page.getByRole('button', { name: 'Save draft' }).click();
  await expect(page.getByRole('status')).toContainText('Draft saved.');
  await page.getByRole('button', { name: 'Save and publish…' }).click();
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(page.getByRole('status')).toHaveText(/Version \d+ is in force\./);
  pay(laurel, member.externalId, now('30.00'));
  await portal.goto('/activity');
  await expect(portal.locator('.entries > li').first()).toContainText('+60');
  await phone.close();
});

test('without scripts a second click on Publish is answered as the first was', async ({ page, laurel }) => {
  await staff(page, laurel, 'manager');
  await page.goto('/admin/rules/draft');
  await rule(page, 'gamma').fill(String(Number(await rule(page, 'gamma').inputValue()) + 2));
  await page.getByRole('button', { name: 'Save and publish…' }).click();
  await answersSlowly(page, '/api/admin/rules/publish');
  await page.getByRole('button', { name: 'Publish', exact: true }).dblclick({ delay: 100 });
  await expect(page.getByRole('status')).toHaveText(/Version \d+ is in force\./);
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('a redemption is marked as paid without scripts', async ({ page, laurel, browser }) => {
  const phone = await browser.newContext();
  const portal = await phone.newPage();
  await payer(portal, laurel, '150.00');
  const receipt = await redeem(portal, '100');
  await staff(page, laurel, 'manager');
  await page.goto('/admin/redemptions');
  await page.getByRole('row').filter({ has: page.getByTitle(receipt.split('/').pop() ?? '') }).getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Mark as paid' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Mark 1 redemption as paid, ¥1.00?');
  await page.getByRole('button', { name: 'Mark as paid: ¥1.00' }).click();
  await expect(page.getByRole('status')).toHaveText('1 redemption marked as paid, ¥1.00.');
  await portal.reload();
  await expect(portal.locator('.receipt')).toContainText('Paid');
  await phone.close();
});
