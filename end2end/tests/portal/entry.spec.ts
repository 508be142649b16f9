import { newMember, register, signIn } from '../../pages/member.ts';
import { answersSlowly } from '../../pages/states.ts';
import { expect, test } from '../../server.ts';

test('a visitor becomes a member, signs out, and comes back to where they wanted to go', async ({ page }) => {
  const member = await register(page);
  await expect(page.getByRole('status')).toContainText(member.name);
  await page.goto('/profile');
  await page.getByRole('button', { name: 'Sign out', exact: true }).last().click();
  await expect(page).toHaveURL('/sign-in');
  await page.goto('/profile');
  await expect(page).toHaveURL('/sign-in?next=%2Fprofile');
  await signIn(page, member);
  await expect(page).toHaveURL('/profile');
});

test('a friend registers by the link of a member', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const inviter = await register(page);
  await page.goto('/');
  await page.getByRole('navigation').getByRole('link', { name: 'Invite' }).click();
  await expect(page).toHaveURL('/invite');
  await expect(page.getByText('No one has joined yet')).toBeVisible();
  await expect(page.getByRole('img', { name: /QR code/ })).toBeVisible();
  const link = await page.locator('.copyable code', { hasText: '/register?ref=' }).innerText();
  await page.locator('.copyable', { hasText: '/register?ref=' }).getByRole('button', { name: 'Copy' }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(link);
  await context.clearCookies();
  const friend = newMember();
  await register(page, friend, new URL(link).searchParams.get('ref') ?? '');
  await expect(page.getByRole('status')).toContainText(friend.name);
  // the inviter sees who joined, and what is still to come
  await context.clearCookies();
  await page.goto('/sign-in?next=/invite');
  await signIn(page, inviter);
  await expect(page.locator('.friends li')).toHaveCount(1);
  await expect(page.locator('.friends li')).toContainText('First payment to come');
  await expect(page.locator('.friends li')).not.toContainText(friend.name);
});

test('leaving a changed form asks first, and a second click sends nothing twice', async ({ page }) => {
  await register(page);
  await page.goto('/profile');
  await page.waitForSelector('html[data-islands]');
  let asked = 0;
  page.on('dialog', (dialog) => {
    asked += 1;
    void dialog.accept();
  });
  await page.locator('[name=name]').pressSequentially(' the second');
  await page.goto('/');
  expect(asked).toBe(1);
  await page.goto('/profile');
  await page.waitForSelector('html[data-islands]');
  let sent = 0;
  page.on('request', (request) => (sent += request.method() === 'POST' ? 1 : 0));
  await page.locator('[name=name]').pressSequentially(' the third');
  await answersSlowly(page, '/api/**');
  await page.getByRole('button', { name: 'Save' }).dblclick({ delay: 100 });
  await expect(page.getByRole('status')).toBeVisible();
  expect(asked).toBe(1);
  expect(sent).toBe(1);
});

test('a page without islands fetches no WASM and no script', async ({ page }) => {
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
  await page.goto('/sign-in');
  await page.waitForLoadState('networkidle');
  expect(fetched.filter((path) => /\.(wasm|js)$/.test(path))).toEqual([]);
});

test('a chosen theme and language are there at once and stay', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Dark' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.getByRole('button', { name: '中文' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await page.goto('/register');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('注册会员');
});
