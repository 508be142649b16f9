import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

const systemChromium = process.env.LAUREL_CHROMIUM ?? '/usr/bin/chromium';
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const desktop = { viewport: { width: 1440, height: 900 } };

export default defineConfig({
  outputDir: 'test-results',
  // What lands is not held up by one race in four hundred journeys; which passed only at the second try is told at the end
  // (.ci/test), and is a defect to find. Whoever works on a journey sees it fail.
  retries: process.env.CI ? 1 : 0,
  forbidOnly: !!process.env.CI,
  workers: 2,
  timeout: 30_000,
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ? [['list'], ['json']] : [['list']],
  // baseURL comes from server.ts: each worker has a server of its own.
  use: {
    browserName: 'chromium',
    locale: 'en-US',
    timezoneId: 'Asia/Shanghai',
    colorScheme: 'light',
    contextOptions: { reducedMotion: 'reduce' },
    screenshot: 'only-on-failure',
    launchOptions: {
      // Debian's, else the one that Playwright downloaded
      executablePath: existsSync(systemChromium) ? systemChromium : undefined,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'portal', testDir: 'tests/portal', use: phone },
    { name: 'admin', testDir: 'tests/admin', use: desktop },
    { name: 'nojs', testDir: 'tests/nojs', use: { ...desktop, javaScriptEnabled: false } },
    // a look with axe takes a second or two, and each spec takes four or eight
    { name: 'a11y', testDir: 'tests/a11y', use: desktop, timeout: 120_000 },
    // see screenshot.ts
    ...(process.env.SCREENSHOT ? [{ name: 'screenshot', testMatch: 'screenshot.ts' }] : []),
  ],
});
