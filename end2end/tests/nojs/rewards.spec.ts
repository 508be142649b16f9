import { payer } from '../../pages/member.ts';
import { order, reward, take } from '../../pages/rewards.ts';
import { expect, test } from '../../server.ts';

test('rewards are made, taken, revealed and cancelled without scripts', async ({ page, laurel, browser }) => {
  const desk = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  const coffee = await reward(desk, laurel, 'voucher');
  await payer(page, laurel, '300.00');
  await page.goto(coffee.path);
  await take(page);
  await page.getByText('Reveal the code', { exact: true }).click();
  await page.getByRole('button', { name: 'Yes, show me the code' }).click();
  await expect(page.locator('.voucher-code')).toBeVisible();
  await desk.context().clearCookies();
  const mug = await reward(desk, laurel, 'gift');
  await order(page, mug.path);
  await page.getByText('Cancel this redemption').click();
  await page.getByRole('button', { name: 'Yes, cancel it' }).click();
  await expect(page.getByRole('status')).toContainText('You got back 80 points');
  await page.goto('/');
  await expect(page.locator('.pass-number')).toHaveText('220');
  await desk.context().close();
});
