import { islands } from '../../pages/islands.ts';
import { discard, inDays, rule, staff } from '../../pages/staff.ts';
import { expect, test } from '../../server.ts';

test('a version is scheduled with its time read back, seen, edited and withdrawn', async ({ page, laurel }) => {
  await staff(page, laurel, 'manager');
  await page.goto('/admin/rules/history');
  const withdrawn = page.getByText('Withdrawn', { exact: true });
  const before = await withdrawn.count();
  await page.goto('/admin/rules/draft');
  // other journeys may have published before
  const was = Number(await rule(page, 'gamma').inputValue());
  await rule(page, 'gamma').fill(String(was + 1));
  await page.getByRole('button', { name: 'Save and publish…' }).click();
  const at = page.locator('[name=at]:not([type=hidden])');
  await at.fill('2126-01-01T00:00');
  await page.getByRole('button', { name: 'Review the time' }).click();
  await expect(page.getByRole('alert')).toContainText('In force from: Rules can be scheduled up to a year ahead');
  await expect(at).toHaveValue('2126-01-01T00:00');
  await at.fill(inDays(9));
  await page.getByRole('button', { name: 'Review the time' }).click();
  const inFull = /\d+ \w+ 20\d\d 00:00 \(Asia\/Shanghai, UTC\+08:00\)/;
  await expect(page.locator('.read-back')).toHaveText(inFull);
  await page.getByRole('button', { name: 'Schedule', exact: true }).click();
  await expect(page.getByRole('status')).toHaveText(inFull);
  const ahead = page.locator('.time-line > .ahead');
  await expect(ahead).toContainText('Scheduled');
  await expect(page.locator('.formula'), 'the page shows what is in force').toContainText(`A review earns ${was} points.`);

  await ahead.getByRole('link', { name: 'Edit' }).click();
  await expect(rule(page, 'gamma')).toHaveValue(String(was + 1));
  await rule(page, 'gamma').fill(String(was + 2));
  await page.getByRole('button', { name: 'Save and publish…' }).click();
  await expect(page.getByRole('main')).toContainText(/Version \d+, scheduled for .*, is withdrawn when you publish/);
  await at.fill(inDays(12));
  await page.getByRole('button', { name: 'Review the time' }).click();
  await page.getByRole('button', { name: 'Schedule', exact: true }).click();
  await expect(ahead).toHaveCount(1);
  await ahead.getByRole('link', { name: /Show version/ }).click();
  await expect(page.locator('.formula')).toContainText(`A review earns ${was + 2} points.`);

  await page.goto('/admin/rules');
  await ahead.getByText('Withdraw…').click();
  await ahead.getByRole('button', { name: /Withdraw version/ }).click();
  await expect(page.getByRole('status')).toHaveText(/Version \d+ is withdrawn/);
  await expect(ahead).toHaveCount(0);
  await page.goto('/admin/rules/history');
  await expect(withdrawn).toHaveCount(before + 2);
  await page.goto('/admin/audit?action=rules.withdraw');
  await expect(page.getByRole('row').nth(1)).toContainText('Scheduled rules withdrawn');
  await page.goto('/admin/rules/draft');
  await expect(rule(page, 'gamma'), 'what it said is the draft').toHaveValue(String(was + 2));
  await discard(page);
});

test('a viewer reads the rules in force and sees nobody\'s draft', async ({ page, laurel, browser }) => {
  const elsewhere = await browser.newContext();
  const manager = await elsewhere.newPage();
  await staff(manager, laurel, 'manager');
  await manager.goto('/admin/rules/draft');
  await rule(manager, 'beta').fill('77');
  await manager.getByRole('button', { name: 'Save draft' }).click();
  await expect(manager.getByRole('status')).toContainText('Draft saved.');
  await staff(page, laurel, 'viewer');
  await page.goto('/admin/rules');
  await expect(page.locator('.formula')).toContainText('A referral earns 10 points.');
  await expect(page.getByRole('main')).not.toContainText('77');
  await expect(page.getByRole('link', { name: /draft/i })).toHaveCount(0);
  await discard(manager);
  await elsewhere.close();
});

test('worked examples count caps, holding, expiry, window and validity', async ({ page, laurel }) => {
  await staff(page, laurel, 'manager');
  await page.goto('/admin/rules/draft');
  await islands(page);
  await rule(page, 'alpha').fill('3');
  await rule(page, 'caps.payment.day').fill('50');
  const cell = page.locator('.preview tbody tr').first().locator('td').first();
  await expect(cell).toHaveText('50of 417.36, capped');
  const told = page.locator('.preview .lasting');
  await expect(told).toContainText(/available at once · good through \d+ \w+ 20\d\d/);
  await rule(page, 'holding.payment').fill('14');
  await rule(page, 'expiry.kind').selectOption('months');
  await rule(page, 'expiry.months').fill('12');
  await rule(page, 'window.kind').selectOption('calendar_year');
  await rule(page, 'validity.months').fill('6');
  await rule(page, 'validity.grace_days').fill('10');
  await expect(told).toContainText(/Payments, points earned on .*available from \d+ \w+ 20\d\d · good through \d+ \w+ 20\d\d/);
  await expect(told).toContainText(/what happened from 1 Jan (20\d\d) through 31 Dec \1/);
  await expect(told).toContainText(/kept until \d+ \w+ 20\d\d · a shortfall can be made up until/);
});
