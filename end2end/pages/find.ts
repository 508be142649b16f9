// The page that finds rules, as specs use it.
import { expect, type Page } from '@playwright/test';

/** A goal or a range, by its name. */
export function wish(page: Page, name: string): ReturnType<Page['locator']> {
  return page.locator(`#find [name="${name}"]`);
}

/** Sends the form and waits for what was found; without scripts the page is opened again. */
export async function search(page: Page): Promise<void> {
  const before = page.url();
  await page.locator('#find button[name=do]').click();
  await page.waitForURL((url) => url.href !== before && url.search.includes('search='));
  const found = page.url();
  await expect(async () => {
    await page.goto(found);
    await expect(page.locator('.find-reading').first()).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 40_000 });
}

/** How many points are outstanding under the rules it starts from, as the first goal's row says. */
export async function outstanding(page: Page): Promise<number> {
  const told = await page.locator('.find-reading b').first().innerText();
  return Number(told.replaceAll(',', ''));
}

/** Searches for rules with a tenth less outstanding, and ends on what was found. Its path. */
export async function found(page: Page): Promise<string> {
  await page.goto('/admin/lab/find');
  await wish(page, 'goal.outstanding').fill('1');
  await search(page);
  const now = await outstanding(page);
  await wish(page, 'goal.outstanding').fill(String(Math.floor(now * 0.9)));
  await search(page);
  const { pathname, search: query } = new URL(page.url());
  return pathname + query;
}
