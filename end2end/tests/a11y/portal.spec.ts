import { expectAccessibleIn, languages } from '../../accessible.ts';
import { payer, redeem, register } from '../../pages/member.ts';
import { reward, take } from '../../pages/rewards.ts';
import { portalPages } from '../../pages/routes.ts';
import { expect, test } from '../../server.ts';

for (const language of languages) {
  for (const path of portalPages) {
    test(`${path} is accessible in ${language}`, async ({ page, asDemoMember }) => {
      await asDemoMember();
      await expectAccessibleIn(page, language, async () => void (await page.goto(path)));
    });
  }

  test(`a reward is accessible in ${language}, its form with faults, and a receipt with a code`, async ({ page, laurel, browser }) => {
    const desk = await (await browser.newContext()).newPage();
    const mug = await reward(desk, laurel, 'gift');
    await desk.context().clearCookies();
    const coffee = await reward(desk, laurel, 'voucher');
    await payer(page, laurel, '150.00');
    await expectAccessibleIn(page, language, async () => void (await page.goto(mug.path)));
    await expectAccessibleIn(page, language, async () => {
      await page.locator('form[action$="rewards/redeem"] button').click();
      await expect(page.locator('#field-address-error')).toBeVisible();
    });
    await page.goto(coffee.path);
    const receipt = await take(page);
    await expectAccessibleIn(page, language, async () => void (await page.goto(receipt)));
    await page.locator('form[action$=reveal] button').click();
    await expectAccessibleIn(page, language, async () => void (await page.goto(receipt)));
    await desk.context().close();
  });

  test(`a receipt is accessible in ${language}, waiting and cancelled`, async ({ page, laurel }) => {
    await payer(page, laurel, '150.00');
    const receipt = await redeem(page, '100.50');
    await expectAccessibleIn(page, language, async () => void (await page.goto(receipt)));
    await page.locator('form[action$=cancel] button').click();
    await expectAccessibleIn(page, language, async () => void (await page.goto(receipt)));
  });
}

test('what a new member sees is accessible', async ({ page }) => {
  await register(page);
  for (const path of ['/', '/activity', '/redeem', '/redemptions']) {
    await expectAccessibleIn(page, 'zh', async () => void (await page.goto(path)));
  }
});

test('a refused sign-in is accessible', async ({ page }) => {
  await expectAccessibleIn(page, 'en', async () => {
    await page.goto('/sign-in');
    await page.locator('[name=sign_in_name]').fill('nobody@example.com');
    await page.locator('[name=password]').fill('not the password');
    await page.locator('main button[type=submit]').click();
    await expect(page.getByRole('alert')).toBeVisible();
  });
});
