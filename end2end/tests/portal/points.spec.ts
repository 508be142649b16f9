import { islands, value } from '../../pages/islands.ts';
import { payer, signIn } from '../../pages/member.ts';
import { daysAgo, pay } from '../../pages/payments.ts';
import { expect, test } from '../../server.ts';

test('home says what there is, what it is worth, and how far it is to the next tier', async ({ page, laurel }) => {
  const member = await payer(page, laurel, '38.50', '60.00');
  await page.goto('/');
  const pass = page.locator('.pass');
  await expect(pass.locator('.pass-number')).toHaveText('98.50');
  await expect(pass).toContainText('worth ¥0.98 in cash');
  await expect(pass).toContainText('Standard');
  await expect(pass).toContainText('1.50 more points to Gold');
  await expect(page.locator('.entries > li')).toHaveCount(2);
  await expect(page.locator('.entries > li').first()).toContainText('+60');
  pay(laurel, member.externalId, '1.50');
  await page.reload();
  await expect(pass.locator('.pass-number')).toHaveText('100');
  await expect(pass.locator('.tier')).toHaveText('Gold');
  await expect(pass).toContainText('400 more points to Diamond');
  await expect(page.getByText('5% off everything').first()).toBeVisible();
});

test('somebody new is told what to do first', async ({ page, laurel }) => {
  await payer(page, laurel, { amount: '0.01', at: daysAgo(1) });
  await page.goto('/redeem');
  await expect(page.getByText('Redeeming starts at 1 point: ¥0.01.')).toBeVisible();
  await expect(page.locator('.redeem-form')).toHaveCount(0);
});

test('every entry says why it has its points', async ({ page, laurel }) => {
  await payer(page, laurel, '38.50');
  await page.goto('/activity');
  const entry = page.locator('.entries > li').first();
  await expect(entry).toContainText('+38.50');
  await expect(entry).toContainText('balance 38.50');
  await expect(entry.locator('.why-sum')).toBeHidden();
  await entry.getByText('Why 38.50 points?').click();
  await expect(value(page, 'Paid')).toHaveText('¥38.50');
  await expect(value(page, 'points for each ¥1.00')).toHaveText('1');
  await expect(value(page, 'tier multiplier · Standard')).toHaveText('1');
  await expect(value(page, 'Points earned')).toHaveText('38.50');
  await expect(entry).toContainText(/Version \d+ of the rules/);
});

test('activity pages back to the first entry, and filters by kind and month', async ({ page, laurel }) => {
  const days = Array.from({ length: 25 }, (_, index) => 50 - 2 * index);
  await payer(page, laurel, ...days.map((day) => ({ amount: `${100 - day}.00`, at: daysAgo(day) })));
  await page.goto('/activity');
  const entries = page.locator('.entries > li');
  await expect(entries).toHaveCount(20);
  await expect(entries.first()).toContainText('+98');
  await page.getByRole('link', { name: 'Older' }).click();
  await expect(entries).toHaveCount(5);
  await expect(entries.last()).toContainText('+50');
  await expect(page.getByRole('link', { name: 'Older' })).toHaveCount(0);
  await page.getByRole('link', { name: 'Back to the newest' }).click();
  await expect(entries).toHaveCount(20);

  // the programme's months, whatever the browser's are
  const month = (day: number): string => daysAgo(day).toLocaleDateString('sv', { timeZone: 'Asia/Shanghai' }).slice(0, 7);
  const wanted = month(40);
  await page.getByLabel('Month').selectOption(wanted);
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(page).toHaveURL(new RegExp(`month=${wanted}`));
  await expect(entries).toHaveCount(days.filter((day) => month(day) === wanted).length);
  await expect(page.locator('.month')).toHaveCount(1);
  await page.getByLabel('Kind').selectOption('Redeemed');
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(page.getByText('Nothing matches')).toBeVisible();
  await expect(page.getByLabel('Month')).toHaveValue(wanted);
  await page.getByRole('link', { name: 'Clear the filter' }).click();
  await expect(page).toHaveURL('/activity');
  await expect(entries).toHaveCount(20);
});

test('one click changes the language, for the account, too; one click the theme', async ({ page, laurel, context }) => {
  const member = await payer(page, laurel, '20.00');
  await page.goto('/activity');
  await page.getByRole('button', { name: '中文' }).click();
  await expect(page).toHaveURL('/activity');
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await expect(page.getByText('为什么是 20 积分').first()).toBeVisible();
  await page.goto('/profile');
  await page.getByRole('button', { name: '深色' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.goto('/redeem');
  await islands(page);
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.getByLabel('兑换多少积分').fill('21');
  await expect(page.locator('#points-error')).toContainText('20');
  // another browser, whose own language is English
  await context.clearCookies();
  await page.goto('/sign-in?next=/tiers');
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await signIn(page, member);
  await expect(page).toHaveURL('/tiers');
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
});

test('home leads to what the points are good for today, and draws the year', async ({ page, asDemoMember }) => {
  await asDemoMember();
  await page.goto('/');
  const reach = page.locator('.reach li');
  await expect(reach.first()).toBeVisible();
  const name = await reach.first().locator('.reach-name').innerText();
  await expect(page.locator('.year svg[role=img]')).toBeVisible();
  await page.locator('.chart-numbers summary').click();
  await expect(page.locator('.chart-numbers tbody tr')).toHaveCount(12);
  await reach.first().getByRole('link').click();
  await expect(page).toHaveURL(/\/rewards\/[0-9a-f-]+$/);
  await expect(page.getByRole('main')).toContainText(name);
});
