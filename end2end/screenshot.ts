// Pictures of every page, on a phone and at a desk, in both languages and themes: `make screenshots` writes them to
// target/screenshots/. `make readme-pictures` makes those of the README in end2end/pictures/, when the look has changed.
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, expect, type Page } from '@playwright/test';
import { languages, type Language } from './accessible.ts';
import { islands } from './pages/islands.ts';
import { rule, staff } from './pages/staff.ts';
import { simulated } from './pages/states.ts';
import { type Visit, visits } from './pages/visits.ts';
import { type Laurel, test } from './server.ts';

const devices = {
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  desk: { viewport: { width: 1440, height: 900 } },
};
type Device = keyof typeof devices;
const themes = ['light', 'dark'] as const;

const folder = fileURLToPath(new URL('../target/screenshots', import.meta.url));
const pictures = fileURLToPath(new URL('pictures', import.meta.url));

type Sessions = Record<'member' | 'admin', Parameters<BrowserContext['addCookies']>[0]>;

async function open(browser: Browser, laurel: Laurel, sessions: Sessions, as: Visit['as'], language: Language, device: Device): Promise<Page> {
  const context = await browser.newContext({ ...devices[device], baseURL: laurel.url, timezoneId: 'Asia/Shanghai' });
  if (as !== 'nobody') await context.addCookies(sessions[as]);
  const headers = { 'sec-fetch-site': 'same-origin' };
  await context.request.post('/preferences/language', { form: { value: language }, headers, maxRedirects: 0 });
  context.setDefaultTimeout(15_000);
  return context.newPage();
}

test('every page', async ({ browser, laurel, demoSessions }) => {
  test.setTimeout(1_800_000);
  const paths = new Map<Visit, string>();
  const second = await open(browser, laurel, demoSessions, 'nobody', 'en', 'desk');
  await staff(second, laurel, 'admin');
  const makers = { nobody: null, member: null, admin: null } as Record<Visit['as'], Page | null>;
  for (const visit of visits) {
    const maker = (makers[visit.as] ??= await open(browser, laurel, demoSessions, visit.as, 'en', 'desk'));
    paths.set(visit, await visit.path(maker, second));
  }
  for (const language of languages) {
    for (const device of Object.keys(devices) as Device[]) {
      for (const as of ['nobody', 'member', 'admin'] as const) {
        const page = await open(browser, laurel, demoSessions, as, language, device);
        for (const visit of visits.filter((visit) => visit.as === as)) {
          await page.goto(paths.get(visit) ?? '/');
          for (const theme of themes) {
            await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
            await page.screenshot({ path: `${folder}/${language}-${device}-${theme}/${visit.name}.png`, fullPage: true });
          }
        }
        await page.context().close();
      }
    }
  }
});

test('the pictures of the README', async ({ browser, laurel, demoSessions }) => {
  test.skip(process.env.SCREENSHOT !== 'readme', 'they change with every run');
  test.setTimeout(120_000);
  const phone = await open(browser, laurel, demoSessions, 'member', 'zh', 'phone');
  await phone.goto('/');
  const desk = await open(browser, laurel, demoSessions, 'admin', 'en', 'desk');
  await desk.goto('/admin/rules/draft');
  await islands(desk);
  const edits = { alpha: '1.2', 'scenes.lending': '0.5', 'tiers.1.from': '120', 'tiers.2.multiplier': '1.5', 'tiers.3.multiplier': '2' };
  for (const [name, typed] of Object.entries(edits)) await rule(desk, name).fill(typed);
  // these, and another weight that the demo's draft has changed
  await expect(desk.locator('.preview .changes li')).toHaveCount(6);
  await desk.evaluate(() => window.scrollTo(0, 0));
  await mkdir(pictures, { recursive: true });
  await side(browser, 'rules', [phone, desk]);
  await phone.goto('/rewards');
  await desk.goto(await simulated(desk, 1.5));
  await side(browser, 'lab', [phone, desk]);
});

/** Pages beside each other, as one WebP. */
async function side(browser: Browser, name: string, pages: Page[]): Promise<void> {
  const shots = await Promise.all(pages.map(async (page) => (await page.screenshot()).toString('base64')));
  const picture = await browser.newPage({ viewport: { width: 1910, height: 980 } });
  const webp = await picture.evaluate(async (shots) => {
    const images = await Promise.all(
      shots.map(async (shot) => {
        const image = new Image();
        image.src = `data:image/png;base64,${shot}`;
        await image.decode();
        return image;
      }),
    );
    const [gap, high] = [40, Math.max(...images.map((image) => image.height))];
    const canvas = document.createElement('canvas');
    canvas.width = images.reduce((sum, image) => sum + image.width + gap, gap);
    canvas.height = high + 2 * gap;
    const draw = canvas.getContext('2d');
    if (!draw) throw new Error('no canvas');
    draw.fillStyle = '#dfe5e0';
    draw.fillRect(0, 0, canvas.width, canvas.height);
    let x = gap;
    for (const image of images) {
      draw.drawImage(image, x, gap);
      x += image.width + gap;
    }
    return canvas.toDataURL('image/webp', 0.85).split(',')[1] ?? '';
  }, shots);
  await writeFile(`${pictures}/${name}.webp`, Buffer.from(webp, 'base64'));
  await picture.close();
}
