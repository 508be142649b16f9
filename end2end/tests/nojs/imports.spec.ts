import { readFile } from 'node:fs/promises';
import { staff } from '../../pages/staff.ts';
import { exported, uploaded } from '../../pages/states.ts';
import { expect, test } from '../../server.ts';

test('a file is looked at, imported by a job, what was refused put right, and everything exported', async ({ page, laurel }) => {
  test.setTimeout(90_000);
  await staff(page, laurel, 'admin');
  const main = page.getByRole('main');
  await page.goto('/admin/imports?kind=members');
  await page.locator('[name=file]').setInputFiles({ name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from('name,colour\n') });
  await page.getByRole('button', { name: 'Upload and check' }).click();
  await expect(page.getByRole('alert')).toContainText('“colour” is not a column');

  const path = await uploaded(page);
  await expect(main).toContainText('Line 3: amount must be greater than 0');
  await expect(main).toContainText('under the source “default”');
  await page.getByRole('button', { name: 'Import 1 row (1 will be refused)' }).click();
  await expect(page.getByRole('status').first()).toContainText('Import started.');
  await expect(async () => {
    await page.goto(path);
    await expect(page.getByRole('heading', { name: 'Refused rows' })).toBeVisible({ timeout: 500 });
    await expect(page.locator('.console-actions')).toContainText('Done', { timeout: 500 });
  }).toPass({ timeout: 25_000 });
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.goto('/admin/imports');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await expect(page.getByRole('row', { name: /january.csv/ })).toContainText('Done');

  await page.getByRole('link', { name: 'Export', exact: true }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export CSV: Ledger entries' }).click();
  const file = await readFile(await (await download).path(), 'utf8');
  expect(file).toContain(',e2e-import-1,12.00,');
  await page.goto('/admin/audit?action=export.end');
  await expect(main).toContainText('Ledger entries');
});

test('an export is made meanwhile, fetched when it is there, and deleted, without scripts', async ({ page, laurel }) => {
  await staff(page, laurel, 'manager');
  await exported(page);
  await expect(page.getByRole('main')).toContainText(/\d+ rows, \d+ kB/);
  const coming = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download' }).click();
  const file = await coming;
  expect(file.suggestedFilename()).toMatch(/^laurel-members-.*\.csv$/);
  expect((await readFile(await file.path(), 'utf8')).split('\r\n').length).toBeGreaterThan(120);
  await page.getByRole('button', { name: 'Delete file' }).click();
  await expect(page.getByRole('status')).toHaveText('File deleted.');
});
