// What a member may do to a form that moves points: click twice, go back, have it open in two tabs, be slower than the network, or
// have no mouse. The points move once.
import { press, tabTo } from '../../pages/focus.ts';
import { islands, value } from '../../pages/islands.ts';
import { payer, redeem, signIn } from '../../pages/member.ts';
import { answersSlowly } from '../../pages/states.ts';
import { expect, test } from '../../server.ts';

test('going back after a redemption and sending it again leads to one receipt for each that was asked for', async ({ page, laurel }) => {
  await payer(page, laurel, '300.00');
  await page.goto('/redeem');
  const receipt = await redeem(page, '100');
  await page.goBack();
  await page.goForward();
  await expect(page).toHaveURL(receipt);
  await page.reload();
  await page.goto('/');
  await expect(page.locator('.pass-number'), 'neither back, forward nor reload sends anything').toHaveText('200');
  await page.goto(receipt);
  await page.goBack();
  await page.goBack();
  await page.goto('/redeem/confirm?points=150');
  await expect(value(page, 'Available before')).toHaveText('200');
  await page.getByRole('button', { name: 'Redeem ¥1.50' }).click();
  await page.waitForURL(/\/redemptions\//);
  await page.goBack();
  // the page that asks is made anew, and says what is left by now
  await page.getByRole('main').getByRole('button').first().or(page.getByText('50 are available')).first().waitFor();
  await page.goto('/');
  await expect(page.locator('.pass-number')).toHaveText('50');
});

test('a second click cancels once, and the page of another tab says what became of it', async ({ page, laurel, context }) => {
  await payer(page, laurel, '300.00');
  const receipt = await redeem(page, '100');
  const other = await context.newPage();
  await other.goto(receipt);
  await other.getByText('Cancel this redemption').click();
  await page.getByText('Cancel this redemption').click();
  await answersSlowly(page, '/api/**');
  await page.getByRole('button', { name: 'Yes, cancel it' }).dblclick({ delay: 100 });
  await expect(page.getByRole('status')).toContainText('Cancelled');
  await other.getByRole('button', { name: 'Yes, cancel it' }).click();
  await expect(other.locator('.receipt')).toContainText('Cancelled');
  await expect(other.getByText('Cancel this redemption')).toHaveCount(0);
  await page.goto('/');
  await expect(page.locator('.pass-number')).toHaveText('300');
});

test('a benefit is claimed once by a double click, and a stale tab is told', async ({ page, laurel, context }) => {
  await payer(page, laurel, '500.00');
  await page.goto('/benefits');
  const other = await context.newPage();
  await other.goto('/benefits');
  const gift = (tab: typeof page): ReturnType<typeof page.getByRole> => tab.getByRole('listitem').filter({ hasText: 'Once a year' });
  await answersSlowly(page, '/api/**');
  await gift(page).getByRole('button', { name: 'Claim' }).dblclick({ delay: 100 });
  await expect(page.locator('.code-text')).toHaveCount(1);
  await gift(other).getByRole('button', { name: 'Claim' }).click();
  await expect(other.getByRole('alert')).toBeVisible();
  await other.goto('/benefits');
  await expect(other.locator('.code-text')).toHaveCount(1);
});

test('a session that ended before the last click asks to sign in, takes nothing, and comes back', async ({ page, laurel, context }) => {
  const member = await payer(page, laurel, '300.00');
  await page.goto('/redeem/confirm?points=100');
  await context.clearCookies({ name: 'laurel_member' });
  await page.getByRole('button', { name: 'Redeem ¥1.00' }).click();
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await signIn(page, member);
  await expect(page, 'back to the question, not past it').toHaveURL(/\/redeem/);
  await page.goto('/redemptions');
  await expect(page.getByRole('link', { name: '¥1.00' })).toHaveCount(0);
  await page.goto('/');
  await expect(page.locator('.pass-number')).toHaveText('300');
});

test('a form is sent before its island has arrived, and without it where the network loses it', async ({ page, laurel }) => {
  await payer(page, laurel, '300.00');
  let release = (): void => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(/\.wasm/, async (route) => {
    await held;
    await route.continue().catch(() => {});
  });
  await page.goto('/redeem', { waitUntil: 'commit' });
  await page.getByLabel('How many points?').fill('120');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page).toHaveURL('/redeem/confirm?points=120');
  await expect(value(page, 'Points taken')).toHaveText('−120');
  // it comes late: what was typed meanwhile stays, and the quote is of it
  await page.goto('/redeem', { waitUntil: 'commit' });
  await page.getByLabel('How many points?').fill('130');
  release();
  await islands(page);
  await expect(page.getByLabel('How many points?')).toHaveValue('130');
  await expect(page.locator('.redeem-cash')).toHaveText('¥1.30');
});

test('points become cash, and come back, by keyboard alone', async ({ page, laurel }) => {
  await payer(page, laurel, '300.00');
  await press(page, page.locator('.portal-nav').getByRole('link', { name: 'Redeem' }));
  await expect(page).toHaveURL('/rewards');
  await press(page, page.getByRole('link', { name: 'Redeem for cash' }));
  await islands(page);
  await tabTo(page, page.getByLabel('How many points?'));
  await page.keyboard.press('Control+a');
  await page.keyboard.type('120');
  await press(page, page.getByRole('button', { name: 'Continue' }));
  await press(page, page.getByRole('button', { name: 'Redeem ¥1.20' }));
  await expect(page.getByRole('status')).toHaveText(/Done: ¥1.20/);
  await press(page, page.getByText('Cancel this redemption'));
  await press(page, page.getByRole('button', { name: 'Yes, cancel it' }));
  await expect(page.getByRole('status')).toContainText('Cancelled');
  await page.goto('/');
  await expect(page.locator('.pass-number')).toHaveText('300');
});
