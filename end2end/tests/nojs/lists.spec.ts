import { readFile } from 'node:fs/promises';
import { pay, unique } from '../../pages/payments.ts';
import { staff } from '../../pages/staff.ts';
import { expect, test } from '../../server.ts';

test('lists are sorted, paged, kept and worked without scripts', async ({ page, laurel }) => {
  const name = `plain-${unique()}`;
  for (const [n, amount] of [['a', '30.00'], ['b', '90.00']] as const) pay(laurel, `${name}-${n}`, amount);
  await staff(page, laurel, 'support');
  await page.goto('/admin/members');
  const rows = page.getByRole('main').locator('tbody tr');
  const first = await rows.first().getByRole('link').first().innerText();
  await page.getByRole('link', { name: 'Next page' }).click();
  await expect(page.getByText(/^51–100 of/)).toBeVisible();
  await page.getByRole('link', { name: 'Previous page' }).click();
  await expect(rows.first()).toContainText(first);
  await page.goto(`/admin/members?q=${name}-`);
  await page.getByRole('link', { name: 'Available' }).click();
  await expect(rows).toContainText([`${name}-b`, `${name}-a`]);
  await page.getByLabel('All 2 of this list').check();
  await page.getByRole('button', { name: 'Suspend…' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Suspend 2 members?');
  await page.getByLabel('Reason').fill('Under review');
  await page.getByRole('button', { name: 'Suspend 2 members' }).click();
  await expect(page.getByRole('status').filter({ hasText: '2 members suspended.' })).toBeVisible();
  await expect(rows.filter({ hasText: 'Suspended' })).toHaveCount(2);
});

test('columns and row height are chosen, kept with a view, and what was done is undone, without scripts', async ({ page, laurel }) => {
  const name = `kept-${unique()}`;
  pay(laurel, name, '30.00');
  await staff(page, laurel, 'support');
  await page.goto(`/admin/members?q=${name}`);
  const head = page.getByRole('columnheader');
  await expect(head.filter({ hasText: 'Contact' })).toBeVisible();
  await page.locator('summary').filter({ hasText: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'Contact' }).uncheck();
  await page.getByRole('checkbox', { name: 'Member since' }).uncheck();
  await page.getByLabel('Compact').check();
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page).toHaveURL(`/admin/members?q=${name}`);
  for (const [column, shown] of [['Contact', false], ['Member since', false], ['Tier', true], ['Last activity', true]] as const) {
    await expect(head.filter({ hasText: column }), column).toBeVisible({ visible: shown });
  }
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /^Export CSV/ }).click()]);
  expect((await readFile(await file.path(), 'utf8')).split('\r\n')[0], 'a file has every column').toContain('email');
  await page.getByText('Save this view').first().click();
  await page.getByLabel('Name').fill('Few columns');
  await page.getByRole('button', { name: 'Save this view' }).click();
  // somebody who shows all columns still sees the view as it was saved
  await page.locator('summary').filter({ hasText: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'Contact' }).check();
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(head.filter({ hasText: 'Contact' })).toBeVisible();
  await page.getByRole('link', { name: 'Few columns', exact: true }).click();
  await expect(head.filter({ hasText: 'Contact' })).toBeHidden();
  await page.getByRole('button', { name: 'Remove view Few columns' }).click();
  await expect(page.getByRole('link', { name: 'Few columns', exact: true })).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Undone.' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Few columns', exact: true })).toBeVisible();
});
