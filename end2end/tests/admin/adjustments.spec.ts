import { payer } from '../../pages/member.ts';
import { staff } from '../../pages/staff.ts';
import { expect, test } from '../../server.ts';

test('support gives points, proposes many, and somebody else approves; the member reads why', async ({ page, laurel, browser }) => {
  const [phone, desk] = [await browser.newContext(), await browser.newContext()];
  const [portal, second] = [await phone.newPage(), await desk.newPage()];
  const member = await payer(portal, laurel, '150.00');

  await staff(page, laurel, 'support');
  await page.goto(`/admin/members?q=${member.externalId}`);
  await page.getByRole('rowheader').getByRole('link').click();
  const file = page.url();
  await page.getByRole('link', { name: 'Adjust points…' }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByLabel('Points to add or deduct').fill('-200');
  await sheet.getByLabel('Points to add or deduct').press('Enter');
  await expect(sheet.getByRole('alert')).toContainText('150 are available');
  await sheet.getByLabel('Points to add or deduct').fill('12.50');
  await sheet.getByLabel('Points to add or deduct').press('Enter');
  await expect(sheet.locator('.confirm')).toContainText('162.50');
  await expect(sheet.getByLabel('Reason')).toBeFocused();
  // refused, it is a page of its own, which knows what was typed
  await sheet.getByRole('button', { name: 'Give 12.50 points' }).click();
  await expect(page).toHaveURL(/\/adjust\?points=12.50/);
  await expect(page.getByLabel('Reason')).toHaveAttribute('aria-invalid', 'true');
  await page.getByLabel('Reason').fill('The payment of Monday was never counted');
  await page.getByLabel('Reason').press('Control+Enter');
  await expect(page.getByRole('status')).toHaveText('Adjusted by +12.50 points.');
  await expect(page).toHaveURL(file);
  await expect(page.locator('.ledger tbody tr').first()).toContainText('The payment of Monday was never counted');
  await expect(page.getByRole('slider', { name: 'Balance over the entries below' })).toBeVisible();

  // a mistake is mended by another entry
  await page.getByRole('link', { name: 'Reverse entry 2' }).click();
  await expect(sheet.locator('.confirm')).toContainText('150');
  await expect(sheet.getByLabel('Reason')).toHaveValue(/^Reverses entry 2 /);
  await sheet.getByLabel('Reason').press('Control+Enter');
  await expect(page.getByRole('status')).toHaveText('Adjusted by −12.50 points.');
  await expect(page.locator('.ledger tbody tr').first()).toContainText('Reverses entry 2');

  // taking it back once more is said to be that, and has to be meant
  await expect(page.locator('#entry-2').getByRole('link', { name: 'Reversed by entry 3' })).toBeVisible();
  await page.getByRole('link', { name: 'Reverse entry 2' }).click();
  await expect(sheet.locator('.notice')).toContainText('Entry 2 has been reversed already: by entry 3 (−12.50)');
  await sheet.getByRole('button', { name: 'Take 12.50 points' }).click();
  await expect(page.getByRole('alert')).toContainText('This entry has been reversed already');
  await expect(page.getByLabel('Reverse it again anyway')).not.toBeChecked();
  await page.getByLabel('Reverse it again anyway').check();
  await page.getByRole('button', { name: 'Take 12.50 points' }).click();
  await expect(page.getByRole('status')).toHaveText('Adjusted by −12.50 points.');
  await page.goto(`${file}/adjust?points=12.5&reason=Not+meant`);
  await page.getByRole('button', { name: 'Give 12.50 points' }).click();
  await expect(page.getByRole('status')).toHaveText('Adjusted by +12.50 points.');

  await page.goto(`${file}/adjust?points=-200`);
  await expect(page.getByRole('alert')).toContainText('150 are available');
  await page.getByLabel('Points to add or deduct').fill('5000');
  await page.getByRole('button', { name: 'Review' }).click();
  await expect(page.getByText('This is over the 975 left of the 1,000 limit within 24 hours')).toBeVisible();
  await page.getByLabel('Reason').fill(`A prize for ${member.externalId}`);
  await page.getByRole('button', { name: 'Send for approval' }).click();
  await expect(page.getByRole('status')).toContainText('Sent for approval.');
  await expect(page.locator('.figures')).toContainText('150');

  const manager = await staff(second, laurel, 'manager');
  await second.goto('/admin/adjustments');
  const row = second.getByRole('row').filter({ hasText: member.externalId });
  await row.getByRole('link', { name: 'Review' }).click();
  await expect(second.locator('.confirm')).toContainText('5,150');
  await second.getByRole('button', { name: 'Approve +5,000 points' }).click();
  await expect(second.getByRole('status')).toHaveText('Approved and posted: +5,000 points.');
  await expect(row).toContainText(manager.name);
  await second.goto('/admin/adjustments?state=rejected');
  await expect(second.getByRole('link', { name: 'Remove filter: State Rejected' })).toBeVisible();
  await expect(row).toHaveCount(0);

  await portal.goto('/activity');
  await expect(portal.locator('.entries > li').first()).toContainText(`A prize for ${member.externalId}`);
  await portal.goto('/');
  await expect(portal.locator('.pass-number')).toHaveText('5,150');
  await Promise.all([phone.close(), desk.close()]);
});

test('small gifts count together, and another administrator has to agree to a higher limit', async ({ page, laurel, browser }) => {
  const contexts = [await browser.newContext(), await browser.newContext()] as const;
  const [admin, other] = [await contexts[0].newPage(), await contexts[1].newPage()];
  const portal = await (await browser.newContext()).newPage();
  const member = await payer(portal, laurel, '10.00');

  await staff(page, laurel, 'support');
  await page.goto(`/admin/members?q=${member.externalId}`);
  await page.getByRole('rowheader').getByRole('link').click();
  const file = page.url();
  for (const points of ['600', '400']) {
    await page.goto(`${file}/adjust?points=${points}`);
    await page.getByLabel('Reason').fill('A favour');
    await page.getByRole('button', { name: `Give ${points} points` }).click();
    await expect(page.getByRole('status')).toHaveText(`Adjusted by +${points} points.`);
  }
  await page.goto(`${file}/adjust?points=1`);
  await expect(page.getByText('This is over the 0 left of the 1,000 limit within 24 hours')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Send for approval' })).toBeVisible();

  await staff(admin, laurel, 'admin');
  await admin.goto('/admin/adjustments');
  await admin.getByLabel('Points, given and taken each').fill('1500');
  await admin.getByLabel('Why it is raised').fill('The festival week');
  await admin.getByRole('button', { name: 'Save' }).click();
  await expect(admin.getByRole('status')).toContainText('Proposed. The limit changes as soon as');
  await expect(admin.getByRole('button', { name: 'Approve' })).toHaveCount(0);

  await staff(other, laurel, 'admin');
  await other.goto('/admin/adjustments');
  await expect(other.getByText('From 1,000 points within 24 hours to 1,500 points within 24 hours')).toBeVisible();
  await other.locator('form[action$="limit-decide"]').getByRole('button', { name: 'Approve' }).click();
  await expect(other.getByRole('status')).toHaveText('Approved: the new limit is in force.');
  await page.goto(`${file}/adjust?points=1`);
  await expect(page.getByRole('button', { name: 'Give 1 point' })).toBeVisible();

  // stricter again, at once
  await other.goto('/admin/adjustments');
  await other.getByLabel('Points, given and taken each').fill('1000');
  await other.getByRole('button', { name: 'Save' }).click();
  await expect(other.getByRole('status')).toHaveText('Limit saved.');
  await Promise.all([portal.context().close(), ...contexts.map((context) => context.close())]);
});
