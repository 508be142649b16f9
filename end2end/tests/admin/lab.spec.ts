import { staff } from '../../pages/staff.ts';
import { simulated } from '../../pages/states.ts';
import { expect, test } from '../../server.ts';

test('a threshold is tried, the flow looked at, a member explained and the draft taken over', async ({ page, laurel }) => {
  await staff(page, laurel, 'manager');
  await page.goto('/admin/lab');
  const from = page.locator('#lab [name="tiers.3.from"]');
  await from.fill('50');
  await page.getByRole('button', { name: 'Run exactly' }).click();
  await expect(page.getByRole('alert'), 'nothing is run of a draft that is not valid').toContainText('must be greater than');
  await expect(from).toHaveValue('50');
  const alpha = page.locator('#lab [name="alpha"]');
  await from.fill('600');
  const was = Number(await alpha.inputValue());
  await alpha.fill(String(was * 2));
  await page.getByRole('button', { name: 'Run exactly' }).click();
  await page.waitForURL(/run=/);
  await expect(page.getByRole('img', { name: /Members by tier/ })).toBeVisible({ timeout: 25_000 });
  await expect(page.locator('.headline')).toContainText('in a higher');
  await expect(alpha, 'the form says what was run').toHaveValue(String(was * 2));
  const flow = page.locator('.charted').first();
  await flow.getByText('As a table').click();
  await expect(flow.getByRole('table')).toBeVisible();
  const [file] = await Promise.all([page.waitForEvent('download'), flow.getByRole('link', { name: 'CSV' }).click()]);
  expect(file.suggestedFilename()).toMatch(/^laurel-lab-tiers-.*\.csv$/);
  const run = page.url();
  await page.getByRole('link', { name: 'Why?' }).first().click();
  await expect(page.locator('tr.differs').first()).toBeVisible();
  await page.getByRole('link', { name: 'Back to the run' }).click();
  await page.waitForURL(run);

  await alpha.fill(String(was * 3));
  await page.getByRole('button', { name: 'Run exactly' }).click();
  await page.waitForURL((url) => url.href !== run && url.search.includes('run='));
  await expect(page.locator('.headline')).toBeVisible({ timeout: 25_000 });
  const picks = page.locator('form[action="/admin/lab/compare"] input[type=checkbox]');
  await picks.nth(0).check();
  await picks.nth(1).check();
  await page.getByRole('button', { name: 'Compare' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Drafts side by side');
  await expect(page.getByRole('img')).toHaveCount(2);

  await page.goto(run);
  await page.getByText('Use as the draft…').click();
  await page.getByRole('button', { name: 'Make the draft' }).click();
  await page.waitForURL('/admin/rules/publish');
  await expect(page.getByRole('main')).toContainText('Exactly this draft was simulated');
  await page.goto('/admin/rules/draft');
  await page.getByRole('button', { name: 'Discard' }).click();
});

test('the rules in force differ for nobody', async ({ page, laurel }) => {
  await staff(page, laurel, 'manager');
  await page.goto('/admin/lab');
  await page.getByRole('button', { name: 'Check the rules in force' }).click();
  await expect(page.getByRole('main')).toContainText(/0 of [\d,]+ members differ/, { timeout: 25_000 });
});

test('while somebody types, the estimate follows; sliders move numbers, and what is wrong is told by field', async ({ page, laurel }) => {
  await staff(page, laurel, 'manager');
  await page.goto('/admin/lab');
  const live = page.locator('#lab-live');
  await expect(live.locator('.headline')).toBeVisible();
  const alpha = page.locator('#lab [name="alpha"]');
  const was = Number(await alpha.getAttribute('data-was'));
  const slider = page.getByRole('slider').first();
  for (let step = 0; step < 25; step += 1) await slider.press('ArrowRight');
  const slid = Number(await alpha.inputValue());
  expect(slid).toBeGreaterThan(was);
  await expect(live.locator('ins').first()).toHaveText(String(slid));
  await alpha.press('Shift+ArrowUp');
  await expect(live.locator('ins').first()).toHaveText(String(Number((slid + 1).toFixed(6))));
  await expect(live.getByRole('img', { name: /Members by tier/ })).toBeVisible();

  await page.locator('#lab [name="tiers.3.from"]').fill('1');
  const fault = live.getByRole('link', { name: /must be greater/ });
  await expect(fault).toContainText('Starts at: ');
  await fault.click();
  await expect(page.locator('#lab [name="tiers.3.from"]')).toBeInViewport();

  await page.getByRole('button', { name: 'Check the rules in force' }).click();
  await expect(page.locator('#lab-run')).toContainText(/members differ/, { timeout: 25_000 });
  await expect(live, 'a run is shown until something is typed').toBeEmpty();
  await alpha.fill('2');
  await expect(live.locator('.headline')).toBeVisible();
  await expect(page.locator('#lab-run')).toBeHidden();
});

test('an exact run begins by itself after a pause; what was typed comes back, and the run is kept', async ({ page, laurel }) => {
  await staff(page, laurel, 'manager');
  await page.goto('/admin/lab');
  const [alpha, live, typing] = [page.locator('#lab [name="alpha"]'), page.locator('#lab-live'), page.locator('#lab-typing')];
  await expect(live.locator('.headline')).toBeVisible();
  await expect(typing).toBeHidden();
  const was = await alpha.inputValue();
  const keep = page.getByRole('button', { name: 'Keep this run' });
  await alpha.fill(String(Number(was) * 2.5));
  await expect(typing).toContainText('Not saved yet');
  await expect(live.getByText('An estimate from').or(live.locator('.headline'))).toBeVisible();
  await expect(keep, 'not while somebody may still type').toBeHidden();
  await expect(live.locator(keep)).toBeVisible({ timeout: 25_000 });
  await expect(live, 'the exact result says who gains most').toContainText('Gain most');

  await page.goto('/admin');
  await page.goBack();
  await expect(alpha).toHaveValue(String(Number(was) * 2.5));
  await expect(typing).toContainText('has been restored');
  await expect(keep, 'the run is there for whoever comes back').toBeVisible();
  await alpha.fill('a lot');
  await expect(live.getByRole('link', { name: /plain number/ })).toBeVisible();
  await expect(keep).toBeHidden();
  await expect(async () => {
    await page.goto('/admin/lab');
    await expect(alpha, 'also what is not right yet').toHaveValue('a lot', { timeout: 500 });
  }).toPass();
  await alpha.fill(String(Number(was) * 2.5));
  await keep.click({ timeout: 25_000 });
  await page.waitForURL(/run=/);
  await expect(page.getByRole('status').first()).toContainText('The run is kept');
  await expect(page.locator('form[action="/admin/lab/compare"] tr[aria-current]')).toBeVisible();

  await alpha.fill('9');
  await expect(typing).toBeVisible();
  await page.getByRole('button', { name: 'Drop it' }).click();
  await expect(alpha).toHaveValue(was);
  await expect(typing).toBeHidden();
});

test('what was typed comes back though the page was left while it was on its way to the server', async ({ page, laurel }) => {
  await staff(page, laurel, 'manager');
  await page.goto('/admin/lab');
  const alpha = page.locator('#lab [name="alpha"]');
  const was = await alpha.inputValue();
  const sent: string[] = [];
  // as on a slow network: the first does not arrive before the page is left
  await page.route('**/admin/lab/typing', async (route) => {
    sent.push(new URLSearchParams(route.request().postData() ?? '').get('alpha') ?? '');
    if (sent.length > 1) await route.continue();
  });
  await alpha.fill('7');
  await expect.poll(() => sent).toEqual(['7']);
  await page.goto('/admin');
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await expect(async () => {
    await page.goto('/admin/lab');
    await expect(alpha).toHaveValue('7', { timeout: 500 });
  }).toPass({ timeout: 10_000 });
  await page.getByRole('button', { name: 'Drop it' }).click();
  await expect(alpha).toHaveValue(was);
});

test('the exact run that began by itself is stopped, and the estimate stays', async ({ page, laurel }) => {
  await staff(page, laurel, 'manager');
  await page.goto('/admin/lab');
  const beside = page.locator('#lab-exact');
  const running = '<div data-exact="open"><p>Running</p><button type="button" data-stop>Stop</button></div>';
  const asked: string[] = [];
  // a run on the demo is over before anybody could stop it: it is held here, and what the page sends to stop it is answered
  await page.route('**/admin/lab/exact*', async (route) => {
    const { search } = new URL(route.request().url());
    asked.push(`${search} ${new URLSearchParams(route.request().postData() ?? '').get('alpha')}`);
    await route.fulfill({ contentType: 'text/html', body: search === '?stop' ? '<div data-exact="over">Stopped</div>' : running });
  });
  await page.locator('#lab [name="alpha"]').fill('2.25');
  await beside.getByRole('button', { name: 'Stop' }).click({ timeout: 10_000 });
  await expect(beside).toHaveText('Stopped');
  await expect(page.locator('#lab-live .headline'), 'the estimate').toBeVisible();
  expect(asked[0]).toBe(' 2.25');
  expect(asked.at(-1), 'and it is not asked for any more').toBe('?stop 2.25');
  const sent = asked.length;
  await page.unroute('**/admin/lab/exact*');
  await page.locator('#lab [name="alpha"]').fill('2.75');
  await expect(page.locator('#lab-live').getByRole('button', { name: 'Keep this run' }), 'the next draft runs').toBeVisible({ timeout: 25_000 });
  expect(asked).toHaveLength(sent);
});

test('on a phone the result is one tap away from the form, in one piece and beside what is explained', async ({ page, laurel }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await staff(page, laurel, 'manager');
  await page.goto(await simulated(page, 1.5));
  const headline = page.locator('#lab-run .headline');
  await expect(headline).not.toBeInViewport();
  await page.locator('.lab-bar').getByRole('link', { name: 'Result' }).click();
  await expect(headline).toBeInViewport();
  await page.getByRole('link', { name: 'Why?' }).first().click();
  await expect(page.locator('.explained th', { hasText: 'Change' }), 'without scrolling to the side').toBeInViewport({ ratio: 1 });
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto('/admin/lab');
  await expect(page.locator('.lab-bar').getByRole('link', { name: 'Result' })).toBeHidden();
  await page.request.post('/preferences/language', { form: { value: 'zh' }, headers: { 'sec-fetch-site': 'same-origin' } });
  await page.goto('/admin/lab');
  const find = page.getByRole('link', { name: '寻找规则…' });
  expect(await find.evaluate((link) => link.getClientRects().length)).toBe(1);
});
