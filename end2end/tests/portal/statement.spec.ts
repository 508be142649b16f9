// Checking a statement: in the browser, without the network, by whoever holds the file.
import { readFileSync, writeFileSync } from 'node:fs';
import type { Page, TestInfo } from '@playwright/test';
import { expectAccessibleIn, languages } from '../../accessible.ts';
import { requestsFrom } from '../../pages/islands.ts';
import { payer } from '../../pages/member.ts';
import { daysAgo, send, unique } from '../../pages/payments.ts';
import { expect, test } from '../../server.ts';

const reviews = ['event_id,kind,member,subject,occurred_at'];

/** Downloads the statement of the member who is signed in. */
async function download(page: Page, info: TestInfo): Promise<string> {
  await page.goto('/activity');
  const saved = page.waitForEvent('download');
  await page.getByRole('link', { name: 'With proofs (JSON)' }).click();
  const file = info.outputPath('statement.json');
  await (await saved).saveAs(file);
  return file;
}

/** The same file with something changed. */
function changed(file: string, from: string | RegExp, to: string): string {
  const text = readFileSync(file, 'utf8');
  const other = text.replace(from, to);
  expect(other).not.toBe(text);
  const path = file.replace('.json', `-${unique()}.json`);
  writeFileSync(path, other);
  return path;
}

async function ready(page: Page): Promise<void> {
  await expect(page.locator('html')).toHaveAttribute('data-prover', 'ready');
}

async function check(page: Page, file: string): Promise<void> {
  await page.locator('#statement').setInputFiles(file);
}

test('a statement is whole, also when the connection is gone, and nothing of it is sent', async ({ page, laurel, context }, info) => {
  await payer(page, laurel, '38.50', '60.00');
  const file = await download(page, info);
  await context.clearCookies();
  await page.goto('/statement/verify');
  await ready(page);
  await context.setOffline(true);
  const sent = requestsFrom(page);
  await check(page, file);
  await expect(page.getByText('This statement is whole')).toBeVisible();
  await expect(page.getByText('2 entries: every hash follows')).toBeVisible();
  const { head } = JSON.parse(readFileSync(file, 'utf8')) as { head: string };
  await expect(page.locator('dd', { hasText: head })).toBeVisible();
  await expect(page.locator('dd', { hasText: /^98\.50$/ })).toHaveCount(2);
  expect(sent).toEqual([]);
  await context.setOffline(false);
});

test('a changed digit is found and named, whatever it is in', async ({ page, laurel }, info) => {
  const { externalId } = await payer(page, laurel, { amount: '38.50', at: daysAgo(3) }, { amount: '60.00', at: daysAgo(2) });
  laurel.cli(['import', '-'], [...reviews, `v-${unique()},review,${externalId},tea,${daysAgo(1).toISOString()}`].join('\n'));
  const file = await download(page, info);
  await page.goto('/statement/verify');
  await ready(page);
  const findings = page.locator('#verify-said li');
  const last = (text: string): string => text.slice(0, -1) + (text.endsWith('0') ? '1' : '0');
  const { entries } = JSON.parse(readFileSync(file, 'utf8')) as { entries: { hash: string; occurred: string }[] };
  const [first, second] = entries;
  for (const [from, to, entry, words] of [
    ['"points": "38.50"', '"points": "98.50"', 'Entry 1', 'Changed points: it was 38.50 and now says 98.50.'],
    ['"amount": "60.00"', '"amount": "61.00"', 'Entry 2', 'Changed amount: it was 60.00 CNY'],
    [first!.hash, last(first!.hash), 'Entry 1', `its hash was changed: it was ${first!.hash}`],
    [second!.occurred, second!.occurred.replace(/^20/, '30'), 'Entry 2', `Changed time it occurred: it was ${second!.occurred}`],
    ['"text": "tea"', '"text": "ten"', 'Entry 3', 'Changed what was reviewed: “ten” is not the text that was recorded'],
    ['"available": "103.50"', '"available": "203.50"', 'The statement', 'it was 103.50 and now says 203.50'],
    ['"seq": 2', '"seq": 2, "bonus": 1', 'The statement', 'unknown field `bonus`'],
  ] as const) {
    await check(page, changed(file, from, to));
    await expect(page.getByText('This statement was changed')).toBeVisible();
    await expect(findings.first(), to).toContainText(entry);
    await expect(findings.first(), to).toContainText(words);
  }
  // and a good one after a bad one is good
  await check(page, file);
  await expect(page.getByText('This statement is whole')).toBeVisible();
  await expect(findings).toHaveCount(0);
});

test('an entry that was left out is missed', async ({ page, laurel }, info) => {
  await payer(page, laurel, '1.00', '2.00', '3.00');
  const file = await download(page, info);
  const statement = JSON.parse(readFileSync(file, 'utf8')) as { entries: unknown[] };
  statement.entries.splice(1, 1);
  writeFileSync(file, JSON.stringify(statement));
  await page.goto('/statement/verify');
  await ready(page);
  await check(page, file);
  await expect(page.locator('#verify-said li').first()).toContainText('Has number 3 where 2 is next');
});

for (const language of languages) {
  test(`what was found is accessible in ${language}, and in its words`, async ({ page, laurel }, info) => {
    await payer(page, laurel, '38.50');
    const file = await download(page, info);
    const broken = changed(file, '"points": "38.50"', '"points": "38.60"');
    for (const [chosen, heading] of [
      [file, { zh: '这份对账单完好无损', en: 'This statement is whole' }],
      [broken, { zh: '这份对账单被改动过', en: 'This statement was changed' }],
    ] as const) {
      await expectAccessibleIn(page, language, async () => {
        await page.goto('/statement/verify');
        await ready(page);
        await check(page, chosen);
        await expect(page.getByText(heading[language])).toBeVisible();
      });
    }
  });
}

test('the statement is there for a spreadsheet, with the same filter as the page', async ({ page, laurel }) => {
  const { externalId } = await payer(page, laurel, '38.50');
  await send(laurel, externalId, '10.00');
  await page.goto('/activity?kind=earn');
  const saved = page.waitForEvent('download');
  await page.getByRole('link', { name: 'For a spreadsheet (CSV)' }).click();
  const text = readFileSync(await (await saved).path(), 'utf8');
  expect(text.startsWith('\ufeffNo.,Time,Kind')).toBe(true);
  expect(text.trim().split('\r\n')).toHaveLength(3);
  await page.goto('/activity?kind=redeem');
  const none = page.waitForEvent('download');
  await page.getByRole('link', { name: 'For a spreadsheet (CSV)' }).click();
  expect(readFileSync(await (await none).path(), 'utf8').trim().split('\r\n')).toHaveLength(1);
});
