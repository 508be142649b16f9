// What every page has to pass, in both themes and languages, on a narrow phone and at a desk.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const sizes = [
  { width: 360, height: 780 },
  { width: 1440, height: 900 },
];

/** Opens a page in every guise and expects no violation and nothing that makes it scroll sideways. */
export async function expectAccessible(page: Page, path: string): Promise<void> {
  for (const language of ['zh', 'en']) {
    await page.goto('/sign-in');
    await choose(page, '/preferences/language', language);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const size of sizes) {
        await page.setViewportSize(size);
        await page.goto(path);
        const guise = `${path} ${language} ${colorScheme} ${size.width}`;
        const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
        const found = violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(' ')).join(', ')}`);
        expect(found, guise).toEqual([]);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(overflow, `${guise}: wider than the screen`).toBeLessThanOrEqual(0);
      }
    }
  }
}

async function choose(page: Page, path: string, value: string): Promise<void> {
  const origin = new URL(page.url()).origin;
  const answer = await page.request.post(path, { form: { value }, headers: { origin }, maxRedirects: 0 });
  expect(answer.status()).toBe(303);
}
