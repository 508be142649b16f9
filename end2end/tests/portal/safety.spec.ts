import { payer, redeem, register } from '../../pages/member.ts';
import { expect, test } from '../../server.ts';

test('another site cannot make a signed-in browser redeem', async ({ page, laurel }) => {
  await payer(page, laurel, '150.00');
  const form = `<form method="post" action="${laurel.url}/api/portal/redeem">
    <input name="points" value="100"><input name="rules_version" value="1"><input name="key" value="k"><button>Win</button></form>`;
  await page.route('http://evil.example/', (route) => route.fulfill({ contentType: 'text/html', body: form }));
  await page.goto('http://evil.example/');
  const answer = page.waitForResponse('**/api/portal/redeem');
  await page.getByRole('button', { name: 'Win' }).click();
  expect((await answer).status()).toBe(403);
  await page.goto('/');
  await expect(page.locator('.pass-number')).toHaveText('150');
});

test('a POST that says it comes from elsewhere is refused, whatever cookies it has', async ({ page, laurel }) => {
  await payer(page, laurel, '150.00');
  const form = { points: '100', rules_version: '1', key: 'forged' };
  const claims: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    {},
  ];
  for (const headers of claims) {
    const answer = await page.request.post('/api/portal/redeem', { form, headers });
    expect(answer.status(), JSON.stringify(headers)).toBe(403);
  }
  await page.goto('/redemptions');
  await expect(page.getByText('No redemptions yet')).toBeVisible();
});

test('a redemption of somebody else is not there, neither to look at nor to cancel', async ({ page, laurel, browser }) => {
  await payer(page, laurel, '150.00');
  const receipt = await redeem(page, '100');
  const stranger = await browser.newContext();
  const theirs = await stranger.newPage();
  await payer(theirs, laurel, '5.00');
  const seen = await theirs.goto(receipt);
  expect(seen?.status()).toBe(404);
  const cancelled = await theirs.request.post('/api/portal/redemptions/cancel', {
    form: { redemption: receipt.split('/').pop() ?? '' },
    headers: { 'sec-fetch-site': 'same-origin' },
  });
  expect(cancelled.status()).toBe(404);
  await stranger.close();
  await page.reload();
  await expect(page.locator('.receipt')).toContainText('Submitted');
});

test('a member is nobody to the console, and the portal is closed to visitors', async ({ page, context }) => {
  await register(page);
  await page.goto('/admin');
  await expect(page).toHaveURL('/admin/sign-in');
  const answer = await page.request.post('/api/admin/sign-out', { headers: { 'sec-fetch-site': 'same-origin' } });
  expect(answer.status()).toBe(401);
  await context.clearCookies();
  for (const path of ['/', '/activity', '/redeem', '/redemptions', '/tiers', '/profile']) {
    await page.goto(path);
    await expect(page).toHaveURL(/\/sign-in/);
  }
});
