import { value } from '../../pages/islands.ts';
import { payer } from '../../pages/member.ts';
import { expect, test } from '../../server.ts';

test('points are redeemed and taken back without scripts: a button asks for the quote', async ({ page, laurel }) => {
  await payer(page, laurel, '150.50');
  await page.goto('/redeem');
  await expect(page.getByRole('slider')).toBeHidden();
  const points = page.getByLabel('How many points?');
  await points.fill('200');
  await page.getByRole('button', { name: 'Show the quote' }).click();
  await expect(page).toHaveURL('/redeem?points=200');
  await expect(page.locator('#points-error')).toHaveText('Only 150.50 points are available.');
  await expect(points).toHaveValue('200');
  await points.fill('120.50');
  await page.getByRole('button', { name: 'Show the quote' }).click();
  await expect(page.locator('.redeem-cash')).toHaveText('¥1.20');
  await expect(value(page, 'Available after')).toHaveText('30.50');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Redeem ¥1.20' }).click();
  await expect(page.getByRole('status')).toHaveText(/Done: ¥1.20/);
  await page.getByText('Cancel this redemption').click();
  await page.getByRole('button', { name: 'Yes, cancel it' }).click();
  await expect(page.getByRole('status')).toHaveText(/Cancelled.*120 points/);
  await page.goto('/');
  await expect(page.locator('.pass-number')).toHaveText('150.50');
});

test('too much is refused with what was typed', async ({ page, laurel }) => {
  await payer(page, laurel, '150.00');
  await page.goto('/redeem');
  await page.getByLabel('How many points?').fill('one hundred');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page).toHaveURL(/\/redeem\/confirm/);
  await expect(page.locator('#points-error')).toHaveText('Please enter a number, like 150 or 150.50.');
  await expect(page.getByLabel('How many points?')).toHaveValue('one hundred');
  await expect(page.getByLabel('How many points?')).toHaveAttribute('aria-invalid', 'true');
});

test('why an entry has its points opens without scripts, and activity is filtered', async ({ page, laurel }) => {
  await payer(page, laurel, '38.50');
  await page.goto('/activity?kind=earn');
  await page.getByText('Why 38.50 points?').click();
  await expect(value(page, 'Points earned')).toHaveText('38.50');
  await page.getByLabel('Kind').selectOption('Given back');
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(page).toHaveURL(/kind=restore/);
  await expect(page.getByText('Nothing matches')).toBeVisible();
});
