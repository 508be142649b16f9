import { payer } from '../../pages/member.ts';
import { codes, reward, take } from '../../pages/rewards.ts';
import { expect, test } from '../../server.ts';

test('a reward is changed by one at a time, retired, and its vouchers are found by their code', async ({ page, laurel, browser }) => {
  const coffee = await reward(page, laurel, 'voucher', { limit: '2' });
  const other = await page.context().newPage();
  await other.goto(`/admin${coffee.path}`);
  await page.getByLabel('Price in points').fill('90');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status')).toHaveText('Reward saved. Earlier redemptions keep their price.');
  await expect(page.getByLabel('Price in points')).toHaveValue('90');
  await other.getByLabel('Price in points').fill('10');
  await other.getByRole('button', { name: 'Save' }).click();
  await expect(other.getByRole('alert')).toContainText('Someone else has changed this reward in the meantime.');
  await expect(other.getByLabel('Price in points')).toHaveValue('10');
  await other.close();

  const phone = await browser.newContext();
  const portal = await phone.newPage();
  await payer(portal, laurel, '200.00');
  await portal.goto(coffee.path);
  await take(portal);
  await portal.getByText('Reveal the code', { exact: true }).click();
  await portal.getByRole('button', { name: 'Yes, show me the code' }).click();
  const code = (await portal.locator('.voucher-code').textContent()) ?? '';
  expect(codes(coffee.name)).toContain(code);

  await page.goto('/admin/redemptions?kind=voucher');
  await page.getByLabel('Find a redemption').fill(code);
  await page.getByRole('main').getByRole('button', { name: 'Search' }).click();
  const row = page.getByRole('row').filter({ hasText: coffee.name });
  await row.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Mark as used' }).click();
  await page.waitForURL(/redemptions\/confirm/);
  await page.getByRole('button', { name: 'Mark as used' }).click();
  await expect(page.getByRole('status')).toHaveText('1 redemption marked as used.');
  await expect(row).toContainText('Used');
  await portal.reload();
  await expect(portal.locator('.receipt')).toContainText('The code has been used.');

  await page.goto(`/admin${coffee.path}`);
  await page.getByText('Retire reward').click();
  await page.getByRole('button', { name: 'Yes, retire it' }).click();
  await expect(page.getByRole('status')).toHaveText('Reward retired.');
  await portal.goto('/rewards');
  await expect(portal.getByText(coffee.name, { exact: true })).toHaveCount(1); // among the member's redemptions
  await portal.goto(coffee.path);
  await expect(portal.getByRole('main')).toContainText('This reward is no longer offered.');
  expect(laurel.cli(['verify'])).toContain('stock and code followed');
  await phone.close();
});

test('a reward is duplicated, with its card beside the form as it is typed', async ({ page, laurel }) => {
  const coffee = await reward(page, laurel, 'voucher', { limit: '2' });
  await page.goto('/admin/rewards');
  const card = page.getByRole('listitem').filter({ hasText: coffee.name });
  await expect(card).toContainText('0 redeemed in 30 days');
  await expect(card.getByRole('progressbar')).toBeVisible();
  await card.getByRole('link', { name: coffee.name }).click();
  await page.getByRole('link', { name: 'Duplicate' }).click();
  const preview = page.getByRole('region', { name: 'As members see it' });
  await expect(preview).toContainText(coffee.name);
  await expect(page.getByRole('button', { name: 'Preview' })).toHaveCount(0); // the card follows what is typed
  await page.getByLabel('Name in English').fill('Two coffees');
  await page.getByLabel('Price in points').fill('1234.5');
  await expect(preview.getByRole('heading', { name: 'Two coffees' })).toBeVisible();
  await expect(preview).toContainText('1,234.50 points');
  await expect(preview).toContainText('1,234.50 积分');
  await page.getByRole('button', { name: 'Create reward' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Two coffees');
  await expect(page.getByLabel('Limit per member')).toHaveValue('2');
});
