// What a member's browser downloads: `laurel` sends what the release build compressed, so these hold for the release only.
import { get } from 'node:http';
import type { Page } from '@playwright/test';
import { islands } from '../../pages/islands.ts';
import { payer } from '../../pages/member.ts';
import { staff } from '../../pages/staff.ts';
import { expect, test } from '../../server.ts';

// in brotli: what a phone may have to wait for, and what somebody at a desk may
const most = { portal: 90_000, console: 125_000, prover: 125_000 };

test('the WASM that a member gets is at most 90 kB in brotli, and without the islands of the console', async ({ page, laurel }) => {
  await payer(page, laurel, '150.00');
  const wasm = await fetchedBy(page, '/redeem');
  expect(new URL(wasm).pathname).toBe('/portal/portal.wasm');
  const { encoding, bytes } = await sent(wasm);
  expect(encoding).toBe('br');
  expect(bytes).toBeLessThanOrEqual(most.portal);
});

test('the WASM that the console gets is at most 125 kB in brotli', async ({ page, laurel }) => {
  await staff(page, laurel, 'manager');
  const wasm = await fetchedBy(page, '/admin/rules/draft');
  expect(new URL(wasm).pathname).toBe('/pkg/laurel.wasm');
  const { encoding, bytes } = await sent(wasm);
  expect(encoding).toBe('br');
  expect(bytes).toBeLessThanOrEqual(most.console);
});

test('the WASM that checks statements is at most 125 kB in brotli, and alone on its page', async ({ page }) => {
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(request.url()));
  await page.goto('/statement/verify', { waitUntil: 'networkidle' });
  const wasm = fetched.filter((url) => new URL(url).pathname.endsWith('.wasm'));
  expect(wasm.map((url) => new URL(url).pathname)).toEqual(['/prover/prover.wasm']);
  const { encoding, bytes } = await sent(wasm[0] ?? '');
  expect(encoding).toBe('br');
  expect(bytes).toBeLessThanOrEqual(most.prover);
});

test('pages without an island fetch neither WASM nor its script', async ({ page, laurel }) => {
  await payer(page, laurel, '150.00');
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
  for (const path of ['/', '/activity', '/tiers', '/redemptions', '/redeem/confirm?points=100']) {
    await page.goto(path, { waitUntil: 'networkidle' });
    expect(fetched.filter((file) => /\.(wasm|js)$/.test(file)), path).toEqual([]);
  }
});

/** The address of the WASM that a page with islands fetches, once they answer. */
async function fetchedBy(page: Page, path: string): Promise<string> {
  const wasm = page.waitForRequest(/\.wasm/);
  await page.goto(path);
  await islands(page);
  return (await wasm).url();
}

/** As it is on the wire: Playwright's own requests would decode it. */
function sent(url: string): Promise<{ encoding?: string; bytes: number }> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers: { 'accept-encoding': 'br' } }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.on('end', () => resolve({ encoding: response.headers['content-encoding'], bytes }));
      response.on('error', reject);
    });
    request.on('error', reject);
  });
}
