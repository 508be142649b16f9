// Where the focus is: for specs that go through pages by keyboard alone.
import { expect, type Locator, type Page } from '@playwright/test';

const most = 250;

/** Goes on by the Tab key until this has the focus. */
export async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await expect(wanted).toBeVisible();
  for (let presses = 0; presses < most; presses += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the Tab key does not lead to ${wanted}`);
}

/** Goes by the Tab key to this and presses Enter there. */
export async function press(page: Page, wanted: Locator): Promise<void> {
  await tabTo(page, wanted);
  await page.keyboard.press('Enter');
}

/**
 * What is wrong with whatever has the focus as somebody tabs through the page, there and back: not in sight, wholly below something
 * else, or looking as if it had none (WCAG 2.2, 2.4.7 and 2.4.11).
 */
export async function lostOnTheWay(page: Page): Promise<string[]> {
  const lost = new Set<string>();
  for (const key of ['Tab', 'Shift+Tab']) {
    for (let presses = 0; presses < most; presses += 1) {
      await page.keyboard.press(key);
      const found = await focused(page);
      if (found === null) break;
      if (found !== '') lost.add(found);
    }
  }
  return [...lost];
}

/** Nothing that is wrong is ''; null behind the last of the page. */
function focused(page: Page): Promise<string | null> {
  return page.evaluate(() => {
    const focus = document.activeElement;
    if (!(focus instanceof HTMLElement) || focus === document.body) return null;
    const name = `${focus.localName} ${focus.getAttribute('name') ?? focus.getAttribute('aria-label') ?? focus.textContent?.trim().slice(0, 40)}`;
    const whole = focus.getBoundingClientRect();
    // of what is larger than the window the part in sight counts
    const box = {
      left: Math.max(whole.left, 0),
      right: Math.min(whole.right, innerWidth),
      top: Math.max(whole.top, 0),
      bottom: Math.min(whole.bottom, innerHeight),
    };
    const at = (share: number, from: number, to: number): number => from + (to - from) * share;
    const shares = [0.1, 0.3, 0.5, 0.7, 0.9];
    const points = shares.flatMap((x) => shares.map((y) => [at(x, box.left, box.right), at(y, box.top, box.bottom)] as const));
    const isSeen = points.some(([x, y]) => {
      const top = document.elementFromPoint(x, y);
      return top !== null && (focus.contains(top) || top.contains(focus) || top.closest('label')?.htmlFor === focus.id);
    });
    if (!isSeen) return `${name}: covered or out of sight at ${Math.round(whole.left)}, ${Math.round(whole.top)}`;
    const look = getComputedStyle(focus);
    const isMarked = (look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) > 0) || look.boxShadow !== 'none';
    return isMarked ? '' : `${name}: looks as if it had no focus`;
  });
}
