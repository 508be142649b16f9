import { payer } from '../../pages/member.ts';
import { staff } from '../../pages/staff.ts';
import { expect, test } from '../../server.ts';

test('the log is read by person, thing and day, either way round, and saved as a file of just that', async ({ page, laurel, browser }) => {
  const portal = await (await browser.newContext()).newPage();
  const member = await payer(portal, laurel, '20.00');
  const support = await staff(page, laurel, 'support');
  await page.goto(`/admin/members?q=${member.externalId}`);
  await page.getByRole('rowheader').getByRole('link').click();
  const file = page.url();
  await page.goto(`${file}/adjust?points=5`);
  await page.getByLabel('Reason').fill('A favour');
  await page.getByRole('button', { name: 'Give 5 points' }).click();

  await page.goto('/admin/audit');
  await page.getByRole('combobox', { name: 'Who' }).selectOption(support.name);
  await page.getByRole('button', { name: 'Filter' }).click();
  await expect(page).toHaveURL(/actor=/);
  const rows = page.getByRole('main').locator('tbody tr');
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText('Points adjusted');
  await expect(page.getByRole('main').getByText('1–2 of 2')).toBeVisible();
  await page.getByRole('link', { name: 'When' }).click();
  await expect(page.getByRole('columnheader', { name: 'When' })).toHaveAttribute('aria-sort', 'ascending');
  await expect(rows.last()).toContainText('Points adjusted');

  await rows.last().getByRole('link', { name: /^Only what concerns / }).click();
  await expect(rows).toHaveCount(1);
  await expect(page).toHaveURL(/subject=member/);
  const href = await page.getByRole('link', { name: 'Export CSV (1)' }).getAttribute('href');
  const lines = (await (await page.request.get(href ?? '')).text()).split('\r\n').filter(Boolean);
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain(`${support.name},Points adjusted,`);
  await page.getByRole('link', { name: /^Remove filter: Who/ }).click();
  await expect(page).not.toHaveURL(/actor=/);

  // nothing of tomorrow
  await page.goto('/admin/audit?from=2999-01-01');
  await expect(page.getByText('Nothing matches')).toBeVisible();
  await portal.context().close();
});
