import { expectAccessibleIn, languages } from '../../accessible.ts';
import { payer, redeem, register } from '../../pages/member.ts';
import { portalPages } from '../../pages/routes.ts';
import { expect, test } from '../../server.ts';

for (const language of languages) {
  for (const path of portalPages) {
    test(`${path} is accessible in ${language}`, async ({ page, asDemoMember }) => {
      await asDemoMember();
      await expectAccessibleIn(page, language, async () => void (await page.goto(path)));
    });
  }

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
