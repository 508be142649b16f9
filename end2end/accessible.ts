// What every page has to pass, in both themes and languages, on a narrow phone and at a desk.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
// a theme changes colours and nothing else
const ofColour = ['color-contrast', 'link-in-text-block'];
const sizes = [
  { width: 360, height: 780 },
  { width: 1440, height: 900 },
];

const themes = ['light', 'dark'] as const;

export const languages = ['zh', 'en'] as const;
export type Language = (typeof languages)[number];

/** Expects no violation where `open` leads, and nothing that makes it scroll sideways. What is folded away is looked at, too. */
export async function expectAccessibleIn(page: Page, language: Language, open: () => Promise<void>): Promise<void> {
  const headers = { 'sec-fetch-site': 'same-origin' };
  const answer = await page.request.post('/preferences/language', { form: { value: language }, headers, maxRedirects: 0 });
  expect(answer.status()).toBe(303);
  await open();
  // but the menu of whoever is at the desk, which opens over what stands beside it
  await page.evaluate(() => document.querySelectorAll<HTMLDetailsElement>('details:not(.person-menu)').forEach((details) => (details.open = true)));
  for (const colorScheme of themes) {
    for (const size of sizes) {
      await page.setViewportSize(size);
      const guise = `${page.url()} ${language} ${colorScheme} ${size.width}`;
      await expectNoViolation(page, colorScheme, guise);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow, `${guise}: wider than the screen`).toBeLessThanOrEqual(0);
    }
  }
}

/** The same of a page as it stands: something has been opened on it that another look at it would close. */
export async function expectAccessibleNow(page: Page, what: string): Promise<void> {
  for (const colorScheme of themes) await expectNoViolation(page, colorScheme, `${what}, ${colorScheme}`);
}

async function expectNoViolation(page: Page, colorScheme: (typeof themes)[number], guise: string): Promise<void> {
  await page.emulateMedia({ colorScheme });
  const axe = new AxeBuilder({ page });
  const { violations } = await (colorScheme === 'light' ? axe.withTags(tags) : axe.withRules(ofColour)).analyze();
  const found = violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(' ')).join(', ')}`);
  expect(found, guise).toEqual([]);
}
