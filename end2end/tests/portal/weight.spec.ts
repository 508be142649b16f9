// What a member's browser downloads: `laurel` sends what the release build compressed, so these hold for the release only.
import { get } from 'node:http';
import { islands } from '../../pages/islands.ts';
import { payer } from '../../pages/member.ts';
import { expect, test } from '../../server.ts';

const most = 125_000;

test('the WASM that a member gets is under 125 kB in brotli', async ({ page, laurel }) => {
  await payer(page, laurel, '150.00');
  const wasm = page.waitForRequest(/\.wasm/);
  await page.goto('/redeem');
  await islands(page);
  const { encoding, bytes } = await sent((await wasm).url());
  expect(encoding).toBe('br');
  expect(bytes).toBeLessThan(most);
});

test('the WASM that checks statements is under 125 kB in brotli, too, and alone on its page', async ({ page }) => {
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(request.url()));
  await page.goto('/statement/verify', { waitUntil: 'networkidle' });
  const wasm = fetched.filter((url) => new URL(url).pathname.endsWith('.wasm'));
  expect(wasm.map((url) => new URL(url).pathname)).toEqual(['/prover/prover.wasm']);
  const { encoding, bytes } = await sent(wasm[0] ?? '');
  expect(encoding).toBe('br');
  expect(bytes).toBeLessThan(most);
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
