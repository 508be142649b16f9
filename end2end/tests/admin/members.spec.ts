import { value } from '../../pages/islands.ts';
import { activate, newMember, payer } from '../../pages/member.ts';
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
  await expect(page).toHaveURL(/before=/);
  await expect(rows.first()).not.toHaveText(first);
  await page.getByRole('link', { name: 'First page' }).click();
  await expect(rows).toHaveCount(50);
  for (const wanted of ['林晓', 'xiao.lin.1@example.com', 'demo-001']) {
    await page.getByLabel('Search').fill(wanted);
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(rows.filter({ hasText: 'demo-001' }), wanted).toHaveCount(1);
  }
  await expect(page).toHaveURL(/q=demo-001/);
  await page.getByLabel('Search').fill('');
  await page.getByLabel('Tier').selectOption('Diamond');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(rows.filter({ hasText: 'Diamond' })).not.toHaveCount(0);
  await expect(rows.filter({ hasNotText: 'Diamond' })).toHaveCount(0);
  await page.getByLabel('Search').fill("%' or 1=1 --");
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page.getByText('No members match.')).toBeVisible();
  await expect(page.getByLabel('Search')).toHaveValue("%' or 1=1 --");
  await page.getByRole('link', { name: 'Show all members' }).click();
  await expect(rows).toHaveCount(50);
});

test('a member is looked at, suspended and let go on', async ({ page, laurel, browser }) => {
  const phone = await browser.newContext();
  const portal = await phone.newPage();
  const member = await payer(portal, laurel, '150.00');
  const support = await staff(page, laurel, 'support');
  await page.goto(`/admin/members?q=${member.externalId}`);
  await page.getByRole('rowheader').getByRole('link').click();
  await expect(page.locator('.figures')).toContainText('150');
  const entry = page.locator('.entries > li');
  await expect(entry).toHaveText(/¥150\.00.*\+150/);
  await entry.getByText('Why 150 points?').click();
  await expect(value(page, 'Points earned')).toHaveText('150');
  await expect(value(page, 'Signs in with')).toHaveText(member.signInName);
  await page.getByRole('button', { name: 'Suspend' }).click();
  await expect(page.getByRole('status')).toHaveText('Member suspended.');
  await portal.goto('/redeem');
  await expect(portal.getByText('Your account is suspended')).toBeVisible();
  await expect(portal.locator('.redeem-form')).toHaveCount(0);
  await page.getByRole('button', { name: 'Reactivate' }).click();
  await expect(page.getByRole('status')).toHaveText('Member reactivated.');
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
