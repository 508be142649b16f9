import { islands, requestsFrom, value } from '../../pages/islands.ts';
import { payer, redeem } from '../../pages/member.ts';
import { answersSlowly } from '../../pages/states.ts';
import { expect, test } from '../../server.ts';

test('points become cash: a live quote, the last look, the receipt, and the way back', async ({ page, laurel }) => {
  await payer(page, laurel, '38.50', '112.00');
  await page.goto('/redeem');
  await islands(page);
  const [points, cash, error] = [page.getByLabel('How many points?'), page.locator('.redeem-cash'), page.locator('#points-error')];
  const requests = requestsFrom(page);
  await expect(points).toHaveValue('150');
  await expect(cash).toHaveText('¥1.50');
  await points.fill('151');
  await expect(error).toHaveText('Only 150.50 points are available.');
  await expect(cash).toHaveText('–');
  await points.fill('1.234');
  await expect(error).toHaveText('At most two decimals.');
  await points.fill('a lot');
  await expect(error).toHaveText('Please enter a number, like 150 or 150.50.');
  await page.getByRole('button', { name: 'Half' }).click();
  await expect(points).toHaveValue('75');
  await expect(error).toBeEmpty();
  await page.getByRole('slider').fill('100');
  await expect(points).toHaveValue('100');
  await expect(cash).toHaveText('¥1.00');
  await points.fill('');
  await points.pressSequentially('120.50');
  await expect(cash).toHaveText('¥1.20');
  await expect(value(page, 'Points taken')).toHaveText('120');
  await expect(value(page, 'Available after')).toHaveText('30.50');
  await expect(page.getByText('¥1.20 is rounded down; the 0.50 points beyond it stay yours.')).toBeVisible();
  expect(requests, 'a quote needs no request').toEqual([]);

  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page).toHaveURL('/redeem/confirm?points=120.50');
  await expect(value(page, 'Available before')).toHaveText('150.50');
  await expect(value(page, 'Points taken')).toHaveText('−120');
  await expect(value(page, 'Available after')).toHaveText('30.50');
  await page.getByRole('button', { name: 'Redeem ¥1.20' }).click();
  await expect(page).toHaveURL(/\/redemptions\/[0-9a-f-]{36}$/);
  await expect(page.getByRole('status')).toHaveText(/Done: ¥1.20/);
  const receipt = page.url();
  await expect(page.locator('.receipt')).toContainText('Submitted');
  await expect(page.locator('.receipt-number')).toHaveText(new URL(receipt).pathname.split('/').pop() ?? '');
  await page.goto('/');
  await expect(page.locator('.pass-number')).toHaveText('30.50');

  await page.goto('/activity');
  await page.getByRole('link', { name: 'Receipt' }).click();
  await expect(page).toHaveURL(receipt);
  await expect(page.getByRole('button', { name: 'Yes, cancel it' })).toBeHidden();
  await page.getByText('Cancel this redemption').click();
  await page.getByRole('button', { name: 'Yes, cancel it' }).click();
  await expect(page.getByRole('status')).toHaveText(/Cancelled.*120 points/);
  await expect(page.locator('.receipt')).toContainText('Cancelled');
  await expect(page.getByText('Cancel this redemption')).toHaveCount(0);
  await page.goto('/');
  await expect(page.locator('.pass-number')).toHaveText('150.50');
});

test('a second click on the last button takes the points once', async ({ page, laurel }) => {
  await payer(page, laurel, '500.00');
  await page.goto('/redeem/confirm?points=200');
  await answersSlowly(page, '/api/**');
  await page.getByRole('button', { name: 'Redeem ¥2.00' }).dblclick({ delay: 100 });
  await expect(page).toHaveURL(/\/redemptions\//);
  await page.goto('/redemptions');
  await expect(page.getByRole('link', { name: '¥2.00' })).toHaveCount(1);
  await page.goto('/');
  await expect(page.locator('.pass-number')).toHaveText('300');
});

test('points that were spent in another tab meanwhile are not spent twice', async ({ page, laurel, context }) => {
  await payer(page, laurel, '150.00');
  await page.goto('/redeem/confirm?points=150');
  await redeem(await context.newPage(), '100');
  await page.getByRole('button', { name: 'Redeem ¥1.50' }).click();
  await expect(page.getByRole('alert')).toContainText('That needs 150 points; 50 are available.');
  await expect(page.getByLabel('How many points?')).toHaveValue('150');
  await page.goto('/redemptions');
  await expect(page.getByRole('main').getByRole('listitem')).toHaveCount(1);
});
