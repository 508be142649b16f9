// Charts say what they have at a point: to a mouse, to a finger, to arrow keys, and without any of them in their tables.
import type { Locator, Page } from '@playwright/test';
import { islands } from '../../pages/islands.ts';
import { staff } from '../../pages/staff.ts';
import { linked, simulated } from '../../pages/states.ts';
import { expect, test } from '../../server.ts';

/** Below the charts' headings stands one that a heading names. */
function chart(page: Page, heading: string | RegExp): Locator {
  return page.locator('.card').filter({ has: page.getByRole('heading', { name: heading, exact: true }) });
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The middle of an element in the window. */
async function middle(of: Locator): Promise<{ x: number; y: number }> {
  await of.scrollIntoViewIfNeeded();
  const box = await of.boundingBox();
  if (!box) throw new Error('nothing to point at');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

test('a chart of the dashboard says what it has where a mouse points, and no longer when it leaves', async ({ page, laurel }) => {
  await staff(page, laurel, 'manager');
  await page.goto('/admin');
  await islands(page);
  for (const heading of ['Points outstanding', 'Members by tier over time', 'Active members']) {
    const card = chart(page, heading);
    const told = card.locator('.chart-told');
    await expect(told, heading).toBeHidden();
    await card.getByText('Show the numbers').click();
    // the table has the newest first
    const rows = card.locator('.chart-numbers tbody tr');
    const third = rows.nth((await rows.count()) - 3);
    const { x, y } = await middle(card.locator('.hit').nth(2));
    await page.mouse.move(x + 3, y);
    await expect(told, heading).toBeVisible();
    await expect(told.locator('b')).toHaveText(await third.getByRole('rowheader').innerText());
    await expect(told.locator('dd')).toHaveText(await third.getByRole('cell').allInnerTexts());
    await expect(told).toBeInViewport({ ratio: 1 });
    await page.mouse.move(2, 2);
    await expect(told).toBeHidden();
  }
});

test('arrow keys go along a chart, and what is heard is what is seen', async ({ page, laurel }) => {
  await staff(page, laurel, 'manager');
  await page.goto('/admin');
  await islands(page);
  const card = chart(page, 'Points outstanding');
  const slider = card.getByRole('slider');
  const many = await card.locator('.hit').count();
  await expect(slider).toHaveAttribute('aria-valuemax', String(many));
  await expect(slider).toHaveAttribute('aria-valuenow', String(many));
  await slider.focus();
  const told = card.locator('.chart-told');
  await expect(told).toBeVisible();
  const last = await told.locator('b').innerText();
  await page.keyboard.press('ArrowLeft');
  await expect(told.locator('b')).not.toHaveText(last);
  await expect(slider).toHaveAttribute('aria-valuenow', String(many - 1));
  const [name, value] = [await told.locator('b').innerText(), await told.locator('dd').first().innerText()];
  await expect(slider).toHaveAttribute('aria-valuetext', new RegExp(`^${escaped(name)}, .*${escaped(value)}`));
  await page.keyboard.press('Home');
  await expect(slider).toHaveAttribute('aria-valuenow', '1');
  await page.keyboard.press('ArrowLeft');
  await expect(slider).toHaveAttribute('aria-valuenow', '1');
  await page.keyboard.press('End');
  await expect(told.locator('b')).toHaveText(last);
  await page.keyboard.press('Escape');
  await expect(told).toBeHidden();
  await page.keyboard.press('ArrowRight');
  await expect(told).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(told).toBeHidden();
});

test('a finger reads a chart on a phone, and what it pointed at stays until it points elsewhere', async ({ browser, laurel }) => {
  const context = await browser.newContext({ baseURL: laurel.url, viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  const page = await context.newPage();
  await staff(page, laurel, 'viewer');
  await page.goto('/admin');
  await islands(page);
  const card = chart(page, 'Points outstanding');
  const { x, y } = await middle(card.locator('.hit').nth(3));
  await page.touchscreen.tap(x, y);
  const told = card.locator('.chart-told');
  await expect(told).toBeVisible();
  await expect(told).toBeInViewport({ ratio: 1 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  const elsewhere = await middle(page.locator('h1'));
  await page.touchscreen.tap(elsewhere.x, elsewhere.y);
  await expect(told).toBeHidden();
  await context.close();
});

test("a member's balances and what a draft does are read the same way", async ({ page, laurel }) => {
  await staff(page, laurel, 'manager');
  await page.goto(await linked(page, '/admin/members/', '/admin/members?q=demo-001'));
  await islands(page);
  const balances = page.locator('.chart-reader').first();
  await balances.focus();
  await expect(balances.locator('.chart-told dd')).toHaveText(/^[\d,.]+$/);
  await page.goto(await simulated(page, 2));
  await islands(page);
  const drawn = page.locator('.charted .chart-reader');
  await expect(drawn).toHaveCount(2);
  for (const one of await drawn.all()) {
    await one.focus();
    await page.keyboard.press('ArrowLeft');
    await expect(one.locator('.chart-told dt')).toHaveText([/In force/i, /draft/i]);
  }
});
