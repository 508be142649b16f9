import type { Page } from '@playwright/test';
import { islands } from '../../pages/islands.ts';
import { confirmEmail, payer } from '../../pages/member.ts';
import { staff } from '../../pages/staff.ts';
import { expect, test } from '../../server.ts';

/** By the settings, which the server goes by at once. */
async function call(page: Page, zh: string, one: string, many: string): Promise<void> {
  await page.goto('/admin/settings');
  await page.getByLabel('In English, many').fill(many);
  await page.getByLabel('In English, one').fill(one);
  await page.getByLabel('In Chinese').fill(zh);
  await page.getByRole('button', { name: 'Save' }).first().click();
  await expect(page.getByRole('status')).toHaveText('Settings saved.');
}

/** No page says points of its own accord. */
async function speaksOf(page: Page, path: string, said: string[], never: RegExp): Promise<void> {
  await page.goto(path);
  for (const text of said) await expect(page.locator('body')).toContainText(text);
  await expect(page.locator('body')).not.toContainText(never, { useInnerText: true });
}

test('members collect what the team calls it: pages, quotes and emails, in both languages, with scripts and without', async ({ page, laurel, browser }) => {
  test.slow();
  await staff(page, laurel, 'admin');
  await page.goto('/admin/settings');
  await page.getByLabel('In English, many').fill('st4rs');
  await page.getByRole('button', { name: 'Save' }).first().click();
  await expect(page.locator('#field-unit_many-error')).toBeVisible();
  await expect(page.getByLabel('In English, many')).toHaveValue('st4rs');
  const phone = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const plain = await browser.newContext({ javaScriptEnabled: false });
  const portal = await phone.newPage();
  try {
    await call(page, '星星', 'star', 'stars');
    const member = await payer(portal, laurel, '250.00');
    await confirmEmail(portal, laurel, member.signInName);

    await plain.addCookies(await phone.cookies());
    for (const reader of [portal, await plain.newPage()]) {
      const points = /\bpoints?\b/i;
      await speaksOf(reader, '/', ['Stars available', 'more stars to'], points);
      await speaksOf(reader, '/activity', ['Every star in and out', 'Why 250 stars?'], points);
      await speaksOf(reader, '/rewards', ['Available stars'], points);
      await speaksOf(reader, '/redeem?points=900', ['How many stars?', 'Only 250 stars are available.'], points);
    }
    // computed in the browser, by what the page told it
    await portal.goto('/redeem');
    await islands(portal);
    await portal.getByLabel('How many stars?').fill('251');
    await expect(portal.locator('#points-error')).toHaveText('Only 250 stars are available.');
    await portal.getByLabel('How many stars?').fill('120.50');
    await expect(portal.getByText('¥1.20 is rounded down; the 0.50 stars beyond it stay yours.')).toBeVisible();

    await page.goto(`/admin/members?q=${member.externalId}`);
    await page.getByRole('rowheader').getByRole('link').click();
    await page.getByRole('link', { name: 'Adjust stars…' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByLabel('Stars to add or deduct').fill('1');
    await sheet.getByLabel('Stars to add or deduct').press('Enter');
    await sheet.getByLabel('Reason').fill('For patience');
    await sheet.getByLabel('Reason').press('Control+Enter');
    await expect(page.getByRole('status')).toHaveText('Adjusted by +1 stars.');
    // in the member's own language, which is not that of whoever wrote
    expect(await laurel.email(member.signInName, '您获得 1 星星')).not.toContain('积分');

    await portal.goto('/');
    await portal.locator('form[action="/preferences/language"] button').first().click();
    await expect(portal.locator('html')).toHaveAttribute('lang', 'zh-CN');
    for (const [path, said] of [['/', '可用星星'], ['/activity', '星星明细'], ['/rewards', '星星兑换'], ['/redeem', '兑换多少星星？']] as const) {
      await speaksOf(portal, path, [said], /积分/);
    }
  } finally {
    // as it was, for whoever comes next
    await call(page, '积分', 'point', 'points');
    await phone.close();
    await plain.close();
  }
});
