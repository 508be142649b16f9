import { newMember, password, register } from '../../pages/member.ts';
import { expect, test } from '../../server.ts';

test('registering works without scripts: errors beside fields, and what was typed is kept', async ({ page }) => {
  const member = newMember();
  await page.goto('/register?ref=NOBODY99');
  await page.locator('[name=name]').fill(member.name);
  await page.locator('[name=sign_in_name]').fill('not an address');
  await page.locator('[name=password]').fill(password);
  await page.locator('main button[type=submit]').click();
  await expect(page).toHaveURL('/register?ref=NOBODY99');
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.locator('[name=sign_in_name]')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.locator('[name=sign_in_name]')).toHaveValue('not an address');
  await expect(page.locator('[name=name]')).toHaveValue(member.name);
  await expect(page.locator('[name=password]')).toHaveValue('');
  await page.reload();
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('a profile is edited and a device signed out without scripts', async ({ page }) => {
  await register(page);
  await page.goto('/profile');
  await expect(page.getByRole('button', { name: 'Copy' })).toHaveCount(0);
  await page.locator('[name=name]').fill('Han Meimei');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status')).toBeVisible();
  await expect(page.locator('[name=name]')).toHaveValue('Han Meimei');
  await page.getByRole('button', { name: 'Sign out everywhere' }).click();
  await expect(page).toHaveURL('/sign-in');
});
