import { password, payer } from '../../pages/member.ts';
import { unique } from '../../pages/payments.ts';
import { staff } from '../../pages/staff.ts';
import { expect, test } from '../../server.ts';

test('an administrator adds somebody, who comes in by the link and is disabled again', async ({ page, laurel, browser }) => {
  await staff(page, laurel, 'admin');
  const email = `chen-${unique()}@example.com`;
  await page.getByRole('link', { name: 'Staff' }).click();
  await page.getByLabel('Name').fill('Chen Jing');
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Role', { exact: true }).selectOption('support');
  await page.getByRole('button', { name: 'Send invitation' }).click();
  await expect(page.getByRole('status')).toContainText('Chen Jing has been added.');
  const link = await page.getByRole('status').locator('code').innerText();
  await page.reload();
  await expect(page.getByText('/admin/activate?code='), 'it is shown once').toHaveCount(0);

  const desk = await (await browser.newContext()).newPage();
  await desk.goto(link);
  await desk.locator('[name=password]').fill(password);
  await desk.locator('main button[type=submit]').click();
  await desk.waitForURL('/admin');
  await expect(desk.getByRole('link', { name: 'Staff' })).toHaveCount(0);

  await page.getByRole('row').filter({ hasText: email }).getByRole('link').click();
  await page.getByLabel('Can sign in').uncheck();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('row').filter({ hasText: email })).toContainText('Disabled');
  await desk.reload();
  await expect(desk).toHaveURL(/\/admin\/sign-in/);
});

test('a key is made, copied, used by a till, and revoked', async ({ page, laurel, browser, context }) => {
  const phone = await (await browser.newContext()).newPage();
  await payer(phone, laurel, '1000.00');
  await phone.goto('/benefits');
  await phone.getByRole('listitem').filter({ hasText: 'Once a quarter' }).getByRole('button', { name: 'Claim' }).click();
  const code = await phone.locator('.code-text').innerText();

  await staff(page, laurel, 'admin');
  await page.getByRole('link', { name: 'API keys' }).click();
  const name = `Till ${unique()}`;
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Check and redeem benefit codes').check();
  await page.getByRole('button', { name: 'Create key' }).click();
  const key = await page.getByRole('status').locator('code').innerText();
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('status').getByRole('button').click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(key);

  const use = (idempotency: string, secret = key): Promise<number> =>
    fetch(`${laurel.url}/api/v1/benefits/claims/${code}/use`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'idempotency-key': idempotency },
    }).then((answer) => answer.status);
  expect(await use('u1')).toBe(200);
  expect(await use('u2')).toBe(409);
  await page.goto('/admin/keys');
  const row = page.getByRole('main').getByRole('listitem').filter({ hasText: name });
  await row.getByText('Rotate').first().click();
  await row.getByLabel('Old secret works for').selectOption({ label: '1 hour' });
  await row.getByRole('button', { name: 'Create new secret' }).click();
  const second = await page.getByRole('status').locator('code').innerText();
  const status = (secret: string): Promise<number> =>
    fetch(`${laurel.url}/api/v1/benefits/claims/${code}`, { headers: { authorization: `Bearer ${secret}` } }).then((answer) => answer.status);
  expect([await status(key), await status(second)]).toEqual([200, 200]);
  await expect(row).toContainText('Old secret works until');
  await row.getByRole('button', { name: 'End it now' }).click();
  await expect(page.getByRole('status')).toHaveText('The old secret no longer works.');
  expect([await status(key), await status(second)]).toEqual([401, 200]);
  await row.getByText('Revoke').first().click();
  await row.getByRole('button', { name: 'Revoke key' }).click();
  await expect(page.getByRole('status')).toHaveText('Key revoked.');
  await expect(row).toContainText('Revoked');
  expect(await use('u3', second)).toBe(401);
  await phone.reload();
  await expect(phone.getByRole('listitem').filter({ hasText: code })).toContainText('Used');
});
