import { lostOnTheWay } from '../../pages/focus.ts';
import { islands } from '../../pages/islands.ts';
import { linked } from '../../pages/states.ts';
import { expect, test } from '../../server.ts';

const sizes = [
  { width: 390, height: 660 },
  { width: 1280, height: 640 },
];
const portal = ['/', '/activity', '/rewards', '/redeem', '/redeem/confirm?points=100', '/benefits', '/card', '/invite', '/notifications', '/profile'];
const console = [
  '/admin',
  '/admin/members',
  '/admin/rules',
  '/admin/rules/publish',
  '/admin/rewards',
  '/admin/rewards/new?supply=pool',
  '/admin/redemptions',
  '/admin/redemptions?state=all',
  '/admin/benefits',
  '/admin/till',
  '/admin/staff',
  '/admin/keys',
  '/admin/adjustments',
  '/admin/refused',
  '/admin/imports',
  '/admin/exports',
  '/admin/audit',
  '/admin/settings',
  '/admin/account',
];

for (const size of sizes) {
  for (const path of portal) {
    test(`whoever tabs through ${path} sees where they are at ${size.width} px`, async ({ page, asDemoMember }) => {
      await asDemoMember();
      await page.setViewportSize(size);
      await page.goto(path);
      if ((await page.locator('leptos-island').count()) > 0) await islands(page);
      expect(await lostOnTheWay(page)).toEqual([]);
    });
  }
  for (const path of console) {
    test(`whoever tabs through ${path} sees where they are at ${size.width} px`, async ({ page, asDemoAdmin }) => {
      await asDemoAdmin();
      await page.setViewportSize(size);
      await page.goto(path);
      expect(await lostOnTheWay(page)).toEqual([]);
    });
  }

  test(`whoever tabs through a member's file sees where they are at ${size.width} px`, async ({ page, asDemoAdmin }) => {
    await asDemoAdmin();
    await page.setViewportSize(size);
    await page.goto(await linked(page, '/admin/members/', '/admin/members?q=demo-001'));
    await page.locator('.why > summary').first().click();
    expect(await lostOnTheWay(page)).toEqual([]);
  });
}

test('what the person at the desk may choose opens by keyboard, and is in sight however low the window is', async ({ page, asDemoAdmin }) => {
  await asDemoAdmin();
  await page.setViewportSize({ width: 1280, height: 500 });
  await page.goto('/admin');
  await page.locator('.person-menu > summary').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: /Sign out|退出登录/ })).toBeInViewport();
  await expect(page.locator('.person-choices a').first()).toBeInViewport();
});
