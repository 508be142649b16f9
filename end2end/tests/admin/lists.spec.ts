// A long list stands in a frame of its own: its head and its first column stay in sight, and what has the focus is never below them.
import type { Locator } from '@playwright/test';
import { lostOnTheWay } from '../../pages/focus.ts';
import { expect, test } from '../../server.ts';

async function box(of: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const found = await of.boundingBox();
  if (!found) throw new Error('not there');
  return found;
}

for (const path of ['/admin/members', '/admin/redemptions?state=all', '/admin/audit']) {
  test(`the head and the first column of ${path} stay in sight however far the list is scrolled`, async ({ page, asDemoAdmin }) => {
    await asDemoAdmin();
    await page.setViewportSize({ width: 760, height: 640 });
    await page.goto(path);
    const list = page.locator('.table.cards');
    const [head, first] = [list.locator('thead th:visible'), list.locator('tbody tr').nth(20).locator('> *:visible')];
    const named = (await head.first().getAttribute('class'))?.includes('pick') ? 1 : 0;
    const before = { head: await box(head.nth(named)), cell: await box(first.nth(named)) };
    await list.evaluate((frame) => frame.scrollTo(300, 600));
    const scrolled = await list.evaluate((frame) => ({ left: frame.scrollLeft, top: frame.scrollTop }));
    expect(scrolled.top).toBe(600);
    const after = { head: await box(head.nth(named)), cell: await box(first.nth(named)) };
    expect(Math.abs(after.head.y - before.head.y)).toBeLessThan(2);
    expect(Math.abs(after.head.x - before.head.x)).toBeLessThan(2);
    expect(Math.abs(after.cell.x - before.cell.x)).toBeLessThan(2);
    expect(Math.abs(after.cell.y - before.cell.y + 600)).toBeLessThan(2);
    // nothing shows through: what stays is opaque
    for (const stays of [head.nth(named), first.nth(named)]) {
      const colour = await stays.evaluate((cell) => getComputedStyle(cell).backgroundColor);
      expect(colour).not.toMatch(/transparent|, 0\)|\/ 0/);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(760);
  });
}

test('j and k, and the Tab key, bring a row into sight beside what stays there', async ({ page, asDemoAdmin }) => {
  await asDemoAdmin();
  await page.setViewportSize({ width: 760, height: 640 });
  await page.goto('/admin/members');
  const [list, row] = [page.locator('.table.cards'), page.locator('tbody tr.current')];
  for (let presses = 0; presses < 30; presses += 1) await page.keyboard.press('j');
  for (let presses = 0; presses < 12; presses += 1) await page.keyboard.press('k');
  const [head, current, frame] = [await box(list.locator('thead')), await box(row), await box(list)];
  expect(current.y).toBeGreaterThanOrEqual(head.y + head.height - 1);
  expect(current.y + current.height).toBeLessThanOrEqual(frame.y + frame.height + 1);
  await expect(row).toBeInViewport();
  await page.goto('/admin/redemptions?state=all');
  expect(await lostOnTheWay(page)).toEqual([]);
});

test('on paper a list is whole', async ({ page, asDemoAdmin }) => {
  await asDemoAdmin();
  await page.goto('/admin/members');
  await page.emulateMedia({ media: 'print' });
  const cut = await page.locator('.table.cards').evaluate((frame) => frame.scrollHeight - frame.clientHeight);
  expect(cut).toBeLessThanOrEqual(1);
});
