import { expectAccessible } from '../../accessible.ts';
import { register } from '../../pages/member.ts';
import { test } from '../../server.ts';

for (const path of ['/sign-in', '/register?ref=ABCD2345', '/activate?code=none', '/admin/sign-in', '/admin/first?code=x', '/nowhere']) {
  test(`${path} is accessible`, async ({ page }) => expectAccessible(page, path));
}

test('the profile is accessible', async ({ page }) => {
  await register(page);
  await expectAccessible(page, '/profile');
});
