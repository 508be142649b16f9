// Rewards as specs need them: made at the console by somebody who may, with a name of their own.
import { expect, type Page } from '@playwright/test';
import type { Laurel } from '../server.ts';
import { unique } from './payments.ts';
import { staff } from './staff.ts';

export interface Reward {
  name: string;
  path: string;
}

/** Makes a reward for 80 points as a manager, in a browser of its own, and gives it codes or stock. */
export async function reward(page: Page, laurel: Laurel, kind: 'gift' | 'voucher', more: Record<string, string> = {}): Promise<Reward> {
  await staff(page, laurel, 'manager');
  const name = `${kind === 'gift' ? 'Mug' : 'Coffee'} ${unique()}`;
  await page.goto(`/admin/rewards/new?supply=${kind === 'gift' ? 'stock' : 'pool'}`);
  for (const [field, value] of Object.entries({ name_zh: `${name} 中文`, name_en: name, price: '80', ...more })) {
    await page.locator(`[name="terms[${field}]"]`).fill(value);
  }
  await page.getByRole('button', { name: 'Create reward' }).click();
  await expect(page.getByRole('status')).toContainText('Reward created.');
  const path = new URL(page.url()).pathname.replace('/admin', '');
  if (kind === 'gift') {
    await page.getByLabel('Change', { exact: true }).fill('3');
    await page.getByLabel('Why').fill('first delivery');
    await page.getByRole('button', { name: 'Update stock' }).click();
    await expect(page.getByText('3 in stock')).toBeVisible();
  } else {
    const file = { name: 'codes.csv', mimeType: 'text/csv', buffer: Buffer.from(`code,worth\n${codes(name).join(',50\n')},50\n`) };
    await page.getByLabel('CSV file').setInputFiles(file);
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await expect(page.getByRole('status')).toHaveText('2 codes added, 0 already existed.');
  }
  return { name, path };
}

/** The codes of a voucher that `reward` has made. */
export function codes(name: string): string[] {
  return ['A', 'B'].map((letter) => `${name.replaceAll(' ', '-').toUpperCase()}-${letter}`);
}

/** Redeems one for a gift; ends on the receipt, whose path it returns. */
export async function order(page: Page, path: string): Promise<string> {
  await page.goto(path);
  await page.locator('[name=recipient]').fill('Wang Fang');
  await page.locator('[name=phone]').fill('+86 138 0000 0000');
  await page.locator('[name=address]').fill('1 Example Road\nShanghai');
  return take(page);
}

/** Sends the form of a page that takes a reward; ends on the receipt, whose path it returns. */
export async function take(page: Page): Promise<string> {
  await page.locator('form[action="/api/portal/rewards/redeem"] button').click();
  await page.waitForURL(/\/redemptions\/[^/]+$/);
  return new URL(page.url()).pathname;
}
