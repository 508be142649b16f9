import { payer } from '../../pages/member.ts';
import { rule, staff } from '../../pages/staff.ts';
import { expect, test } from '../../server.ts';

// without scripts, as nothing about notices needs one
test('members are told of new rules until they put it aside', async ({ page, laurel, browser }) => {
  const phone = await browser.newContext({ javaScriptEnabled: false });
  const portal = await phone.newPage();
  await payer(portal, laurel, '10.00');
  await staff(page, laurel, 'manager');
  await page.goto('/admin/rules/draft');
  const gamma = Number(await rule(page, 'gamma').inputValue());
  await rule(page, 'gamma').fill(String(gamma + 1));
  await page.getByRole('button', { name: 'Save and publish…' }).click();
  await page.getByText('Tell members').click();
  await page.locator('[name=notice_zh]').fill('评价现在可得更多积分。');
  await page.locator('[name=notice_en]').fill('Reviews now earn more.');
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(page.getByRole('status')).toHaveText(/Version \d+ is in force\./);
  await portal.goto('/tiers');
  const news = portal.getByRole('region', { name: 'News about your membership' });
  await expect(news).toContainText('Reviews now earn more.');
  await portal.goto('/');
  await expect(news).toContainText('Reviews now earn more.');
  const count = await news.getByRole('button', { name: 'Got it' }).count();
  await news.getByRole('button', { name: 'Got it' }).first().click();
  await expect(news.getByText('Reviews now earn more.')).toHaveCount(0);
  await expect(portal.getByRole('button', { name: 'Got it' })).toHaveCount(count - 1);
  await phone.close();
});
