import { payer, signIn } from '../../pages/member.ts';
import { enter, newStaff, rule } from '../../pages/staff.ts';
import { expect, test } from '../../server.ts';

test('a member whose session ended signs in and finds what was typed, without scripts', async ({ page, laurel, context }) => {
  const member = await payer(page, laurel, '10.00');
  await page.goto('/profile');
  await page.locator('[name=name]').fill('Han Meimei');
  await page.locator('[name=phone]').fill('not a number');
  await context.clearCookies({ name: 'laurel_member' });
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page).toHaveURL(/^[^?]*\/sign-in\?next=/);
  await expect(page.getByRole('status')).toContainText('what you entered is kept');
  await signIn(page, member);
  await expect(page).toHaveURL(/\/profile\?form=/);
  await expect(page.getByRole('status')).toContainText('You are signed in again.');
  await expect(page.locator('[name=name]')).toHaveValue('Han Meimei');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('alert').getByRole('link')).toHaveText(/^Phone: /);
  await page.locator('[name=phone]').fill('');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page).toHaveURL(/\/profile$/);
  await expect(page.locator('[name=name]')).toHaveValue('Han Meimei');
});

test('a new reward and a draft of the rules survive the end of a session of the staff, without scripts', async ({ page, laurel, context }) => {
  const manager = newStaff(laurel, 'manager');
  await page.goto('/admin/sign-in');
  await enter(page, manager);
  await page.goto('/admin/rewards/new?supply=stock');
  const about = '一只很好的杯子。'.repeat(40);
  await page.locator('[name="terms[name_en]"]').fill('Mug');
  await page.locator('[name="terms[about_zh]"]').fill(about);
  await context.clearCookies({ name: 'laurel_staff' });
  await page.locator('form[action$=create] button.main').click();
  await expect(page).toHaveURL(/\/admin\/sign-in\?next=/);
  await enter(page, manager);
  await expect(page.locator('[name="terms[about_zh]"]')).toHaveValue(about);
  await expect(page.locator('[name="terms[name_en]"]')).toHaveValue('Mug');

  await page.goto('/admin/rules/draft');
  await rule(page, 'alpha').fill('2.5');
  await context.clearCookies({ name: 'laurel_staff' });
  await page.getByRole('button', { name: 'Save draft' }).click();
  await enter(page, manager);
  await expect(rule(page, 'alpha')).toHaveValue('2.5');
  await page.getByRole('group', { name: 'VIP' }).getByRole('button', { name: 'Add tier above' }).click();
  await expect(rule(page, 'tiers.4.name.zh')).toBeFocused();
});
