// Pictures of every page, on a phone and at a desk, in both languages and themes: `make screenshots` writes them to
// target/screenshots/. `make readme-pictures` makes those of the README in end2end/pictures/, when the look has changed.
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, expect, type Page } from '@playwright/test';
import { languages, type Language } from './accessible.ts';
import { islands } from './pages/islands.ts';
import { register } from './pages/member.ts';
import { consolePages, portalPages } from './pages/routes.ts';
import { rule, staff } from './pages/staff.ts';
import { exported, simulated } from './pages/states.ts';
import { named, visits } from './pages/visits.ts';
import { Laurel, test } from './server.ts';

const devices = {
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  desk: { viewport: { width: 1440, height: 900 } },
};
type Device = keyof typeof devices;
const themes = ['light', 'dark'] as const;

const folder = process.env.SCREENSHOTS ?? fileURLToPath(new URL('../target/screenshots', import.meta.url));
const pictures = fileURLToPath(new URL('pictures', import.meta.url));

type Sessions = Record<'member' | 'admin', Parameters<BrowserContext['addCookies']>[0]>;

/** `ONLY=admin-member` takes those with that in their names; the rest is made, as later ones show it, and not looked at. */
const wanted = new RegExp(process.env.ONLY ?? '');

const headers = { 'sec-fetch-site': 'same-origin' };

async function open(browser: Browser, laurel: Laurel, cookies: Sessions['admin'] | null, language: Language, device: Device): Promise<Page> {
  const context = await browser.newContext({ ...devices[device], baseURL: laurel.url, timezoneId: 'Asia/Shanghai' });
  if (cookies) await context.addCookies(cookies);
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  await speak(page, language);
  return page;
}

/** The account keeps the language, so all that are signed in with it speak this one. */
async function speak(page: Page, language: Language): Promise<void> {
  await page.request.post('/preferences/language', { form: { value: language }, headers, maxRedirects: 0 });
}

/** The pages of somebody, one for each device. */
type Desk = Record<Device, Page>;

async function desk(browser: Browser, laurel: Laurel, cookies: Sessions['admin'] | null): Promise<Desk> {
  const [phone, desk] = [await open(browser, laurel, cookies, 'en', 'phone'), await open(browser, laurel, cookies, 'en', 'desk')];
  return { phone, desk };
}

/** A page in all its guises. */
async function shoot(desk: Desk, path: string, name: string): Promise<void> {
  if (!wanted.test(name)) return;
  for (const language of languages) {
    await speak(desk.desk, language);
    // whoever is not signed in is known by a cookie
    await speak(desk.phone, language);
    for (const device of Object.keys(devices) as Device[]) {
      const page = desk[device];
      await page.goto(path);
      // a picture of a whole page is of what is further down, too
      await page.evaluate(async () => {
        const images = [...document.images];
        for (const image of images) image.loading = 'eager';
        await Promise.all(images.map((image) => image.decode().catch(() => {})));
      });
      for (const theme of themes) {
        await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
        await page.screenshot({ path: `${folder}/${language}-${device}-${theme}/${name}.png`, fullPage: true });
      }
    }
  }
  await speak(desk.desk, 'en');
}

test('every page', async ({ browser, laurel, demoSessions }) => {
  test.setTimeout(3_600_000);
  const second = await open(browser, laurel, null, 'en', 'desk');
  await staff(second, laurel, 'admin');
  const desks = {
    nobody: await desk(browser, laurel, null),
    member: await desk(browser, laurel, demoSessions.member),
    admin: await desk(browser, laurel, demoSessions.admin),
  };
  // each as it is made: the next may change what it shows
  for (const visit of visits) {
    await shoot(desks[visit.as], await visit.path(desks[visit.as].desk, second), visit.name);
  }
});

test('every page of a new programme', async ({ browser }) => {
  test.setTimeout(1_200_000);
  const laurel = await Laurel.start({ isEmpty: true });
  try {
    const first = await open(browser, laurel, null, 'en', 'desk');
    await staff(first, laurel, 'admin');
    const admin = await desk(browser, laurel, await first.context().cookies());
    for (const path of consolePages.filter((path) => !path.includes('?'))) await shoot(admin, path, `new-${named(path)}`);
    const member = await open(browser, laurel, null, 'en', 'desk');
    await register(member);
    const portal = await desk(browser, laurel, await member.context().cookies());
    for (const path of portalPages.filter((path) => !path.includes('?'))) await shoot(portal, path, `new-${named(path)}`);
  } finally {
    await laurel.stop();
  }
});

/** Changes the database by hand: what passes in a moment is held, so that there is a picture of it. */
function hold(laurel: Laurel, sql: string): void {
  const code = 'import sqlite3, sys; database = sqlite3.connect(sys.argv[1], timeout=30); database.execute(sys.argv[2]); database.commit()';
  execFileSync('python3', ['-c', code, laurel.databaseUrl.replace('sqlite:', ''), sql]);
}

test('every page that refuses, or passes by', async ({ browser, laurel, demoSessions }) => {
  test.setTimeout(1_200_000);
  const [nobody, member, admin] = [
    await desk(browser, laurel, null),
    await desk(browser, laurel, demoSessions.member),
    await desk(browser, laurel, demoSessions.admin),
  ];
  await shoot(member, '/no/such/page', 'not-found');
  await shoot(admin, '/admin/no/such/page', 'admin-not-found');
  await shoot(nobody, '/activity', 'session-over');
  await shoot(nobody, '/admin/redemptions', 'admin-session-over');
  const second = await open(browser, laurel, null, 'en', 'desk');
  await staff(second, laurel, 'viewer');
  const viewer = await desk(browser, laurel, await second.context().cookies());
  await shoot(viewer, '/admin/staff', 'admin-forbidden');
  await shoot(viewer, '/admin/members', 'admin-members-viewer');

  const [soon, tomorrow] = ['strftime(\'%s\') * 1000000', '(strftime(\'%s\') + 86400) * 1000000'];
  const file = await exported(admin.desk);
  hold(laurel, `update exports set state = 0, ended_at = null, total = 4800, seen = 1900, written = 1900, written_at = ${tomorrow}`);
  await shoot(admin, file, 'admin-export-under-way');
  await shoot(admin, '/admin/exports', 'admin-exports-under-way');
  const run = await simulated(admin.desk, 1.5);
  hold(laurel, `update lab_runs set state = 1, ended_at = null, outcome = null, done = 45, total = 120, beat_at = ${tomorrow}, made_at = ${soon}`);
  await shoot(admin, run, 'admin-lab-under-way');

  await called(admin.desk, { unit_many: 'stars', unit_one: 'star', unit_zh: '星星' });
  for (const path of ['/', '/rewards', '/redeem', '/activity']) await shoot(member, path, `stars-${named(path)}`);
  for (const path of ['/admin', '/admin/rules', '/admin/settings']) await shoot(admin, path, `stars-${named(path)}`);
});

/** What members collect, by the settings. */
async function called(page: Page, names: Record<string, string>): Promise<void> {
  await page.goto('/admin/settings');
  for (const [name, text] of Object.entries(names)) await page.locator(`[name=${name}]`).fill(text);
  await page.locator('form:has([name=unit_many]) [type=submit]').click();
  await expect(page.getByRole('status')).toBeVisible();
}

test('the pictures of the README', async ({ browser, laurel, demoSessions }) => {
  test.skip(process.env.SCREENSHOT !== 'readme', 'they change with every run');
  test.setTimeout(120_000);
  const phone = await open(browser, laurel, demoSessions.member, 'zh', 'phone');
  await phone.goto('/');
  const desk = await open(browser, laurel, demoSessions.admin, 'en', 'desk');
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
