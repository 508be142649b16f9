import { value } from '../../pages/islands.ts';
import { activate, newMember, payer, put } from '../../pages/member.ts';
import { pay, unique } from '../../pages/payments.ts';
import { staff } from '../../pages/staff.ts';
import { expect, test } from '../../server.ts';

test('members are found by name, contact, id and tier, page by page', async ({ page, laurel }) => {
  await staff(page, laurel, 'viewer');
  await page.goto('/admin/members');
  const rows = page.getByRole('main').locator('tbody tr');
  await expect(rows).toHaveCount(50);
  const first = await rows.first().innerText();
  await page.getByRole('link', { name: 'Next page' }).click();
  await expect(page).toHaveURL(/page=.*at=51/);
  await expect(rows.first()).not.toHaveText(first);
  await page.getByRole('link', { name: 'Previous page' }).click();
  await expect(rows).toHaveCount(50);
  for (const wanted of ['林晓', 'xiao.lin.1@example.com', 'demo-001']) {
    await page.getByRole('searchbox').fill(wanted);
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(rows.filter({ hasText: 'demo-001' }), wanted).toHaveCount(1);
  }
  await expect(page).toHaveURL(/q=demo-001/);
  await page.getByRole('searchbox').fill('');
  await page.getByRole('combobox', { name: 'Tier' }).selectOption('Diamond');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(rows.filter({ hasText: 'Diamond' })).not.toHaveCount(0);
  await expect(rows.filter({ hasNotText: 'Diamond' })).toHaveCount(0);
  await page.getByRole('searchbox').fill("%' or 1=1 --");
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page.getByText('No members match.')).toBeVisible();
  await expect(page.getByRole('searchbox')).toHaveValue("%' or 1=1 --");
  await expect(page.locator('.filter-chip')).toHaveCount(2);
  await page.getByRole('link', { name: 'Remove filter: Tier Diamond' }).click();
  await expect(page.locator('.filter-chip')).toHaveCount(1);
  await page.getByRole('link', { name: 'Show all members' }).click();
  await expect(rows).toHaveCount(50);
});

test('a member is found by a number with spaces, a name with a space and the beginning of an id', async ({ page, laurel }) => {
  const externalId = `wallet-${unique()}`;
  const digits = String(Date.now() % 100_000_000).padStart(8, '0');
  await put(laurel, externalId, { name: '胡伟', phone: `+86139${digits}` });
  await staff(page, laurel, 'viewer');
  const rows = page.getByRole('main').locator('tbody tr').filter({ hasText: externalId });
  const number = `+86 139 ${digits.slice(0, 4)} ${digits.slice(4)}`;
  for (const wanted of [number, number.replace('+86 ', ''), '胡 伟', externalId.slice(0, -3), `${externalId.slice(0, -3)} `]) {
    await page.goto('/admin/members');
    await page.getByRole('searchbox').fill(wanted);
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(rows, wanted).toHaveCount(1);
  }
});

test('what is not there and what a role may not see is said in the frame of the console', async ({ page, laurel }) => {
  await staff(page, laurel, 'viewer');
  for (const [path, status, title] of [
    ['/admin/nowhere', 404, 'Page not found'],
    ['/admin/members/00000000-0000-0000-0000-000000000000', 404, 'Page not found'],
    ['/admin/staff', 403, 'No access'],
  ] as const) {
    const answer = await page.goto(path);
    expect(answer?.status(), path).toBe(status);
    await expect(page.getByRole('heading', { level: 1 }), path).toHaveText(title);
    await page.getByRole('navigation', { name: 'Console' }).getByRole('link', { name: 'Members' }).click();
    await expect(page).toHaveURL('/admin/members');
  }
});

test('an entry of another year says its year, one of this year does not but to the staff', async ({ page, laurel, browser }) => {
  const [now, before] = [new Date(), new Date()];
  before.setUTCFullYear(now.getUTCFullYear() - 1);
  const phone = await browser.newContext();
  const portal = await phone.newPage();
  const member = await payer(portal, laurel, { amount: '10.00', at: before }, { amount: '20.00', at: new Date(now.getTime() - 60_000) });
  await portal.goto('/activity');
  await staff(page, laurel, 'viewer');
  await page.goto(`/admin/members?q=${member.externalId}`);
  await page.getByRole('rowheader').getByRole('link').click();
  const year = String(before.getUTCFullYear());
  const entry = portal.locator('.entries > li');
  await expect(entry.filter({ hasText: '+10' })).toContainText(year);
  await expect(entry.filter({ hasText: '+20' })).not.toContainText(String(now.getUTCFullYear()));
  // whoever works with the ledger reads every year
  const row = page.locator('.ledger tbody tr');
  await expect(row.filter({ hasText: '+10' })).toContainText(year);
  await expect(row.filter({ hasText: '+20' })).toContainText(String(now.getUTCFullYear()));
  await phone.close();
});

test('a member is looked at, suspended and let go on', async ({ page, laurel, browser }) => {
  const phone = await browser.newContext();
  const portal = await phone.newPage();
  const member = await payer(portal, laurel, '150.00');
  const support = await staff(page, laurel, 'support');
  await page.goto(`/admin/members?q=${member.externalId}`);
  await page.getByRole('rowheader').getByRole('link').click();
  await expect(page.locator('.figures')).toContainText('150');
  const entry = page.locator('.ledger tbody tr');
  await expect(entry).toHaveText(/¥150\.00.*\+150/s);
  await entry.getByText('Why 150 points?').click();
  await expect(value(page, 'Points earned')).toHaveText('150');
  await expect(value(page, 'Signs in with')).toHaveText(member.signInName);
  await page.getByText('Suspend…').click();
  await page.getByLabel('Reason').fill('Stolen phone');
  await page.getByRole('button', { name: 'Suspend' }).click();
  await expect(page.getByRole('status')).toHaveText('Member suspended.');
  await portal.goto('/redeem');
  await expect(portal.getByText('Your account is suspended')).toBeVisible();
  await expect(portal.locator('.redeem-form')).toHaveCount(0);
  await expect(page.locator('.notes > li')).toContainText('Suspended · Stolen phone');
  await page.getByText('Reactivate…').click();
  await page.getByLabel('Reason').fill('Found again');
  await page.getByRole('button', { name: 'Reactivate' }).click();
  await expect(page.getByRole('status')).toHaveText('Member reactivated.');
  // the tabs of the file, each at an address of its own
  await page.getByRole('link', { name: 'Log', exact: true }).click();
  await expect(page).toHaveURL(/tab=log/);
  await expect(page.getByRole('main').getByRole('row').filter({ hasText: support.name })).toHaveCount(2);
  await page.getByRole('link', { name: 'Tier history' }).click();
  await expect(page.getByRole('main').getByRole('cell', { name: 'Gold' })).toBeVisible();
  await page.getByRole('main').getByRole('link', { name: /entry 1/i }).click();
  await expect(page.locator('#entry-1')).toBeVisible();
  await portal.reload();
  await expect(portal.locator('.redeem-form')).toBeVisible();
  await page.goto('/admin/audit?action=member.suspend');
  await expect(page.getByRole('row').filter({ hasText: support.name })).toHaveCount(2);
  await phone.close();
});

test('support makes the link by which an enrolled member comes in and sees their history', async ({ page, laurel, browser }) => {
  const externalId = `m-${unique()}`;
  pay(laurel, externalId, '42.00');
  await staff(page, laurel, 'support');
  await page.goto(`/admin/members?q=${externalId}`);
  await page.getByRole('rowheader').getByRole('link').click();
  await page.getByRole('button', { name: 'Create activation link' }).click();
  const link = /http:\S+\/activate\?code=\S+/.exec(await page.getByRole('status').innerText())?.[0] ?? 'no link';
  await page.reload();
  await expect(page.getByText('/activate?code='), 'it is shown once').toHaveCount(0);
  const phone = await browser.newContext();
  const portal = await phone.newPage();
  await activate(portal, link, newMember());
  await expect(portal.locator('.pass-number')).toHaveText('42');
  await phone.close();
});

test('Ctrl-K finds members, pages and what can be done, by keyboard alone', async ({ page, laurel }) => {
  await staff(page, laurel, 'support');
  await page.keyboard.press('Control+k');
  const field = page.getByRole('combobox', { name: 'Find pages and members' });
  await expect(field).toBeFocused();
  await page.keyboard.type('demo-001');
  await expect(page.getByRole('option').filter({ hasText: 'demo-001' })).toHaveCount(1);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/admin\/members\/[0-9a-f-]{36}/);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('adjust points of');
  await expect(page.getByRole('option', { name: /^Adjust points of/ })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/adjust$/);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('no such thing');
  await expect(page.getByText('Nothing found')).toBeVisible();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/admin\/find\?q=no\+such\+thing/);
});
