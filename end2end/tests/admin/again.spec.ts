// What the staff may do to a form that moves money or points: click twice, have it open in two tabs, go back. It happens once.
import type { Page } from '@playwright/test';
import { payer, redeem } from '../../pages/member.ts';
import { answersSlowly, linked } from '../../pages/states.ts';
import { rule, staff, withoutDraft } from '../../pages/staff.ts';
import { type Laurel, expect, test } from '../../server.ts';

function available(laurel: Laurel, externalId: string): string {
  const shown = JSON.parse(laurel.cli(['member', 'show', externalId, '--format', 'json'])) as { points: { available: string } };
  return shown.points.available.replace(/\.00$/, '');
}

async function file(page: Page, externalId: string): Promise<string> {
  return linked(page, '/admin/members/', `/admin/members?q=${externalId}`);
}

test('points are given once by a double click, and going back gives none', async ({ page, laurel, browser }) => {
  const phone = await browser.newContext();
  const { externalId } = await payer(await phone.newPage(), laurel, '100.00');
  await staff(page, laurel, 'support');
  const path = await file(page, externalId);
  await page.goto(`${path}/adjust?points=25&reason=Twice`);
  await answersSlowly(page, '/api/**');
  await page.getByRole('button', { name: 'Give 25 points' }).dblclick({ delay: 100 });
  await expect(page.getByRole('status')).toHaveText('Adjusted by +25 points.');
  expect(available(laurel, externalId)).toBe('125');
  await page.goBack();
  await page.goForward();
  await page.reload();
  expect(available(laurel, externalId)).toBe('125');
  await phone.close();
});

test('of two tabs that give the same points from the same review the second is no second gift by accident', async ({ page, laurel, browser, context }) => {
  const phone = await browser.newContext();
  const { externalId } = await payer(await phone.newPage(), laurel, '100.00');
  await staff(page, laurel, 'support');
  const path = await file(page, externalId);
  await page.goto(path);
  await page.getByRole('link', { name: 'Reverse entry 1' }).click();
  await page.getByRole('dialog').getByLabel('Reason').press('Control+Enter');
  await expect(page.getByRole('status')).toContainText('Adjusted by −100 points.');
  const other = await context.newPage();
  await other.goto(`${path}/adjust?points=-100&reason=Again&reverses=1`);
  await expect(other.getByRole('alert').or(other.locator('.notice.warn')).first()).toBeVisible();
  expect(available(laurel, externalId)).toBe('0');
  await phone.close();
});

test('what waits for a second person is approved once by a double click, and its other tab posts nothing', async ({ page, laurel, browser }) => {
  const [phone, desk] = [await browser.newContext(), await browser.newContext()];
  const { externalId } = await payer(await phone.newPage(), laurel, '100.00');
  await staff(page, laurel, 'support');
  await page.goto(`${await file(page, externalId)}/adjust?points=5000&reason=A+prize`);
  await page.getByRole('button', { name: 'Send for approval' }).dblclick();
  await expect(page.getByRole('status')).toContainText('Sent for approval.');
  const [second, stale] = [await desk.newPage(), await desk.newPage()];
  await staff(second, laurel, 'manager');
  await second.goto('/admin/adjustments');
  const row = second.getByRole('row').filter({ hasText: externalId });
  await expect(row, 'proposed once').toHaveCount(1);
  await row.getByRole('link', { name: 'Review' }).click();
  await stale.goto(second.url());
  await answersSlowly(second, '/api/**');
  await second.getByRole('button', { name: 'Approve +5,000 points' }).dblclick({ delay: 100 });
  await expect(second.getByRole('status')).toHaveText('Approved and posted: +5,000 points.');
  await stale.getByRole('button', { name: 'Approve +5,000 points' }).click();
  await expect(stale.getByRole('status'), 'it is approved by the same person, as they see').toContainText('Approved and posted');
  expect(available(laurel, externalId)).toBe('5100');
  await Promise.all([phone.close(), desk.close()]);
});

test('a payout is paid once by a double click, and a stale tab cannot fail it', async ({ page, laurel, browser, context }) => {
  const phone = await browser.newContext();
  const portal = await phone.newPage();
  const { externalId } = await payer(portal, laurel, '300.00');
  const id = (await redeem(portal, '100')).split('/').pop() ?? '';
  await staff(page, laurel, 'manager');
  await page.goto(`/admin/redemptions/${id}`);
  const stale = await context.newPage();
  await stale.goto(page.url());
  await page.getByRole('button', { name: 'Mark as paid' }).click();
  await page.getByLabel('Payment reference').fill('B-1');
  await answersSlowly(page, '/api/**');
  await page.getByRole('button', { name: 'Mark as paid: ¥1.00' }).dblclick({ delay: 100 });
  await expect(page.getByRole('status')).toHaveText('1 redemption marked as paid, ¥1.00.');
  await stale.getByRole('button', { name: 'Mark as failed…' }).click();
  await expect(stale.getByRole('alert').or(stale.locator('.notice.warn')).first()).toBeVisible();
  await page.goto(`/admin/redemptions/${id}`);
  await expect(page.locator('.steps')).toContainText('Paid');
  await expect(page.locator('.steps')).not.toContainText('Failed');
  expect(available(laurel, externalId)).toBe('200');
  await phone.close();
});

test('a payout batch is made once and settled once by double clicks', async ({ page, laurel, browser, context }) => {
  const phone = await browser.newContext();
  const portal = await phone.newPage();
  const { externalId } = await payer(portal, laurel, '300.00');
  await redeem(portal, '110');
  await staff(page, laurel, 'manager');
  await page.goto(`/admin/redemptions?q=${externalId}`);
  await page.locator('tbody .pick input').first().check();
  await page.getByRole('button', { name: 'Make a payout batch…' }).click();
  await page.getByRole('main').getByRole('button', { name: 'Make a payout batch' }).dblclick();
  await page.waitForURL(/\/batches\/[0-9a-f-]+$/);
  const batch = page.url();
  await page.goto('/admin/redemptions/batches');
  const numbers = await page.getByRole('rowheader').allInnerTexts();
  expect(numbers.length).toBe(new Set(numbers).size);
  const stale = await context.newPage();
  await stale.goto(batch);
  await page.goto(batch);
  for (const tab of [page, stale]) {
    await tab.getByLabel('Bank reference').fill('B-2');
    await tab.getByRole('button', { name: 'Review' }).click();
  }
  const settle = (tab: Page): ReturnType<Page['locator']> => tab.locator('main form button.main[type=submit], main form .button.main').last();
  await settle(page).dblclick();
  await expect(page.getByRole('status')).toBeVisible();
  await settle(stale).click();
  await expect(stale.getByRole('alert').or(stale.getByRole('status')).first()).toBeVisible();
  expect(available(laurel, externalId)).toBe('190');
  laurel.cli(['verify']);
  await phone.close();
});

test('rules are published once by a double click, and a stale tab is told', async ({ page, laurel, context }) => {
  await staff(page, laurel, 'manager');
  await withoutDraft(page);
  await page.goto('/admin/rules/draft');
  await rule(page, 'gamma').fill(String(Number(await rule(page, 'gamma').inputValue()) + 1));
  await page.getByRole('button', { name: 'Save and publish…' }).click();
  await page.waitForURL('/admin/rules/publish');
  const stale = await context.newPage();
  await stale.goto('/admin/rules/publish');
  await answersSlowly(page, '/api/admin/rules/publish');
  await page.getByRole('button', { name: 'Publish', exact: true }).dblclick({ delay: 100 });
  await expect(page.getByRole('status')).toHaveText(/Version \d+ is in force\./);
  const version = /\d+/.exec(await page.getByRole('status').innerText())?.[0] ?? '';
  await stale.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(stale.getByRole('alert')).toBeVisible();
  await page.goto('/admin/rules/history');
  await expect(page.getByRole('heading', { name: /^Version \d+$/ }).first()).toHaveText(`Version ${version}`);
});

test('a code at the till is used once by a double click, and another till is told', async ({ page, laurel, browser, context }) => {
  const phone = await browser.newContext();
  const portal = await phone.newPage();
  await payer(portal, laurel, '1000.00');
  await portal.goto('/benefits');
  await portal.getByRole('listitem').filter({ hasText: 'Once a quarter' }).getByRole('button', { name: 'Claim' }).click();
  const code = await portal.locator('.code-text').innerText();
  await staff(page, laurel, 'support');
  const other = await context.newPage();
  for (const till of [page, other]) {
    await till.goto('/admin/till');
    await till.getByLabel('Scan or type a code').fill(code);
    await till.keyboard.press('Enter');
    await expect(till.locator('.code-found')).toContainText('Free repair');
  }
  await answersSlowly(page, '/api/**');
  await page.getByRole('button', { name: 'Mark as used' }).dblclick({ delay: 100 });
  await expect(page.getByRole('status')).toHaveText('Marked as used: Free repair.');
  await other.getByRole('button', { name: 'Mark as used' }).click();
  await expect(other.getByRole('alert')).toBeVisible();
  await phone.close();
});

test('a session that ended while an adjustment was typed comes back with it, and nothing was posted', async ({ page, laurel, browser, context }) => {
  const phone = await browser.newContext();
  const { externalId } = await payer(await phone.newPage(), laurel, '100.00');
  const support = await staff(page, laurel, 'support');
  await page.goto(`${await file(page, externalId)}/adjust?points=25`);
  await page.getByLabel('Reason').fill('The payment of Monday was never counted');
  await context.clearCookies({ name: 'laurel_staff' });
  await page.getByRole('button', { name: 'Give 25 points' }).click();
  await expect(page).toHaveURL(/\/admin\/sign-in\?next=/);
  await page.locator('[name=sign_in_name]').fill(support.email);
  await page.locator('[name=password]').fill('laurels grow slowly');
  await page.locator('main button[type=submit]').click();
  await expect(page.getByLabel('Reason')).toHaveValue('The payment of Monday was never counted');
  expect(available(laurel, externalId)).toBe('100');
  await page.getByRole('button', { name: 'Give 25 points' }).click();
  await expect(page.getByRole('status')).toHaveText('Adjusted by +25 points.');
  expect(available(laurel, externalId)).toBe('125');
  await phone.close();
});
