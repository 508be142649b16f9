import type { Page } from '@playwright/test';
import { payer } from '../../pages/member.ts';
import { order, type Reward, reward, take } from '../../pages/rewards.ts';
import { expect, test } from '../../server.ts';

/** Looks at the card of what is typed, for which nothing is saved. */
async function preview(desk: Page, coffee: Reward): Promise<void> {
  await desk.goto(`/admin${coffee.path}`);
  await desk.getByLabel('Name in English').fill('Coffee & cake');
  await desk.getByLabel('Price in points').fill('1234.5');
  await desk.getByRole('button', { name: 'Preview' }).click();
  const card = desk.getByRole('region', { name: 'As members see it' });
  await expect(card.getByRole('heading', { name: 'Coffee & cake' })).toBeVisible();
  await expect(card).toContainText('1,234.50 points');
  await expect(desk.getByLabel('Name in English')).toHaveValue('Coffee & cake');
  await expect(desk.getByRole('heading', { level: 1 })).toHaveText(coffee.name);
  await desk.getByRole('button', { name: 'Save' }).click();
  await expect(desk.getByRole('heading', { level: 1 })).toHaveText('Coffee & cake');
  await desk.getByLabel('Name in English').fill(coffee.name);
  await desk.getByLabel('Price in points').fill('80');
  await desk.getByRole('button', { name: 'Save' }).click();
  await expect(desk.getByRole('status')).toHaveText('Reward saved. Earlier redemptions keep their price.');
}

test('rewards are made, taken, revealed and cancelled without scripts', async ({ page, laurel, browser }) => {
  const desk = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  const coffee = await reward(desk, laurel, 'voucher');
  await preview(desk, coffee);
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
