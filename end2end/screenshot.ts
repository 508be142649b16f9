// The README's picture: a member's home on a phone beside the rules in the console. By hand, when the look has changed:
//
//   cd end2end && SCREENSHOT=1 npx playwright test --project screenshot
import { fileURLToPath } from 'node:url';
import { type Browser, expect, type Page } from '@playwright/test';
import { islands } from './pages/islands.ts';
import { rule } from './pages/staff.ts';
import { test } from './server.ts';

test('the picture of the README', async ({ browser, laurel, demoSessions }) => {
  const phone = await open(browser, 390);
  await phone.context().addCookies(demoSessions.member);
  await phone.goto(laurel.url);
  await expect(phone.locator('html')).toHaveAttribute('lang', 'zh-CN');

  const desk = await open(browser, 1380);
  await desk.context().addCookies(demoSessions.admin);
  await desk.goto(`${laurel.url}/admin/rules/draft`);
  await desk.getByRole('button', { name: 'English' }).click();
  await islands(desk);
  const edits = { alpha: '1.2', 'scenes.lending': '0.5', 'tiers.1.from': '120', 'tiers.2.multiplier': '1.5', 'tiers.3.multiplier': '2' };
  for (const [name, typed] of Object.entries(edits)) await rule(desk, name).fill(typed);
  await expect(desk.locator('.preview .changes li')).toHaveCount(5);
  await desk.evaluate(() => window.scrollTo(0, 0));

  const picture = await browser.newPage({ viewport: { width: 1920, height: 924 } });
  const image = async (page: Page): Promise<string> =>
    `<img src="data:image/png;base64,${(await page.screenshot()).toString('base64')}">`;
  await picture.setContent(`
    <style>
      body { margin: 0; padding: 40px; display: flex; gap: 40px; justify-content: center; background: #dfe5e0 }
      img { border-radius: 14px; box-shadow: 0 6px 24px #0002 }
    </style>
    ${await image(phone)}${await image(desk)}`);
  await picture.screenshot({ path: fileURLToPath(new URL('screenshot.png', import.meta.url)) });
});

async function open(browser: Browser, width: number): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 844 } });
  return context.newPage();
}
