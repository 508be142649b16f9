import { password } from '../../pages/member.ts';
import { enter, newStaff, staff } from '../../pages/staff.ts';
import { expect, test } from '../../server.ts';

test('staff sign in where they wanted to go, by their own password alone, and out', async ({ page, laurel }) => {
  const manager = newStaff(laurel, 'manager');
  await page.goto('/admin/members?tier=2');
  await expect(page).toHaveURL('/admin/sign-in?next=%2Fadmin%2Fmembers%3Ftier%3D2');
  await enter(page, manager, 'not the password');
  await expect(page.getByRole('alert')).toHaveText('Wrong name or password.');
  await expect(page.locator('[name=sign_in_name]')).toHaveValue(manager.email);
  await enter(page, manager);
  await expect(page).toHaveURL('/admin/members?tier=2');
  await expect(page.getByRole('navigation', { name: 'Console' })).toContainText(manager.name);
  await page.locator('summary.person').click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL('/admin/sign-in');
  await page.goto('/admin/audit');
  await expect(page).toHaveURL('/admin/sign-in?next=%2Fadmin%2Faudit');
});

test('the first link of an invited colleague sets their password, once', async ({ page, laurel }) => {
  const link = laurel.cli(['admin', 'create', '--email', 'chen@example.com', '--role', 'support', '--locale', 'en']).trim();
  await page.goto(link);
  await page.locator('[name=password]').fill('short');
  await page.locator('main button[type=submit]').click();
  await expect(page.locator('[name=password]')).toHaveAttribute('aria-invalid', 'true');
  await page.locator('[name=password]').fill('a password of their own');
  await page.locator('main button[type=submit]').click();
  await expect(page).toHaveURL('/admin');
  await page.goto(link);
  await expect(page.getByRole('main')).toContainText('no longer valid');
  await expect(page.locator('[name=password]')).toHaveCount(0);
});

test('a viewer may look at everything and change nothing', async ({ page, laurel }) => {
  await staff(page, laurel, 'viewer');
  await page.goto('/admin/rules');
  await expect(page.locator('.formula')).toBeVisible();
  await expect(page.getByRole('link', { name: /draft/i })).toHaveCount(0);
  await page.goto('/admin/members?q=demo-007');
  await page.getByRole('rowheader').getByRole('link').click();
  await expect(page.getByRole('link', { name: 'Ledger' })).toHaveAttribute('aria-current', 'page');
  await expect(page.getByRole('button', { name: /link/ })).toHaveCount(0);
  await expect(page.getByText('Suspend…')).toHaveCount(0);
  await page.goto('/admin/redemptions');
  await expect(page.getByRole('row')).not.toHaveCount(0);
  await expect(page.getByRole('checkbox')).toHaveCount(0);
  await page.goto('/admin/audit');
  await expect(page.getByRole('row')).not.toHaveCount(0);
  const looked = await page.goto('/admin/rules/publish');
  expect(looked?.status()).toBe(403);
  // nor by hand
  const headers = { 'sec-fetch-site': 'same-origin' };
  const deeds: [string, Record<string, string>][] = [
    ['/admin/rules/draft', { do: 'save', alpha: '9' }],
    ['/api/admin/rules/publish', { revision: '1' }],
    ['/api/admin/rules/discard', { revision: '1' }],
    ['/api/admin/rules/put-back', { id: '0192aaaa-0000-7000-8000-000000000000' }],
    ['/api/admin/rules/withdraw', { version: '1' }],
    ['/api/admin/rules/schedule', { at: '2026-12-01T00:00' }],
    ['/api/admin/members/suspend', { id: 'x', suspended: 'yes' }],
    ['/api/admin/members/invite', { id: 'x' }],
    ['/api/admin/redemptions/advance', { to: 'paid' }],
    ['/admin/redemptions/tracking', { lines: 'x, y' }],
  ];
  for (const [path, form] of deeds) {
    const answer = await page.request.post(path, { form, headers });
    expect(answer.status(), path).toBe(403);
  }
});

test('support looks after members and does not touch rules', async ({ page, laurel }) => {
  await staff(page, laurel, 'support');
  await page.goto('/admin/rules');
  await expect(page.locator('.formula')).toBeVisible();
  expect((await page.goto('/admin/rules/draft'))?.status()).toBe(403);
  await page.goto('/admin/members?q=demo-009');
  await page.getByRole('rowheader').getByRole('link').click();
  await expect(page.getByText('Suspend…')).toBeVisible();
});

test('a forgotten password of the console is set anew by the link in an e-mail', async ({ page, laurel }) => {
  const { email } = newStaff(laurel, 'viewer');
  await page.goto('/admin/sign-in');
  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await page.locator('[name=email]').fill(email);
  await page.getByRole('button', { name: 'Send the link' }).click();
  await expect(page.getByRole('status')).toContainText('the link is on its way');
  const message = await laurel.email(email, '/admin/activate?code=');
  await page.goto(/http[^\s"<>]*\/admin\/activate\?code=[A-Za-z0-9]+/.exec(message)?.[0] ?? 'no link');
  await expect(page.getByRole('heading', { name: 'Set a new password' })).toBeVisible();
  await page.locator('[name=password]').fill(`${password} again`);
  await page.locator('main button[type=submit]').click();
  await page.waitForURL('/admin');
});
