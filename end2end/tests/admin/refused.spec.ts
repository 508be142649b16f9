// Events that payment systems sent and Laurel refused: seen, accepted later, dismissed.
import { pay, unique } from '../../pages/payments.ts';
import { staff } from '../../pages/staff.ts';
import { expect, test, type Laurel } from '../../server.ts';

/** Sends a payment with a key of its own; the answer's status. */
function sender(laurel: Laurel): (id: string, member: string, amount: string) => Promise<number> {
  const key = laurel.cli(['key', 'create', '--name', `till ${unique()}`, '--scope', 'events:write', '--source', `till-${unique()}`]).trim();
  return async (id, member, amount) => {
    const body = JSON.stringify({ id, kind: 'payment', member, amount, currency: 'CNY', occurred_at: new Date().toISOString() });
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    return (await fetch(`${laurel.url}/api/v1/events`, { method: 'POST', headers, body })).status;
  };
}

test('a refused event waits at the desk until it comes in rightly, or somebody dismisses it', async ({ page, laurel }) => {
  const send = sender(laurel);
  const [good, bad, member] = [`e-${unique()}`, `e-${unique()}`, `m-${unique()}`];
  pay(laurel, member, '1.00');
  expect(await send(good, member, '-1')).toBe(422);
  expect(await send(bad, member, '1.234')).toBe(422);
  expect(await send(bad, member, '1.234')).toBe(422);
  await staff(page, laurel, 'manager');
  const row = (id: string): ReturnType<typeof page.locator> => page.getByRole('row').filter({ hasText: id });
  await expect(async () => {
    await page.goto('/admin/refused');
    await expect(row(bad)).toBeVisible({ timeout: 500 });
  }).toPass();
  await expect(row(good)).toContainText('amount: must be greater than 0');
  await expect(row(bad)).toContainText('2 times since');
  await row(good).getByText('Event as sent').click();
  await expect(row(good).locator('pre')).toContainText(`"amount": "-1"`);
  await expect(page.locator('#side').getByRole('link', { name: /Refused events/ })).toContainText(/\d/);
  await page.goto('/admin');
  await page.getByRole('link', { name: /refused events?/ }).first().click();
  await row(bad).getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await expect(page.getByRole('status')).toHaveText('1 event dismissed.');
  await expect(row(bad)).toHaveCount(0);
  await page.goto('/admin/refused?state=dismissed');
  await expect(row(bad)).toBeVisible();
  expect(await send(good, member, '1.00')).toBe(201);
});

test('a viewer sees refused events and has nothing to dismiss them with', async ({ page, laurel }) => {
  const send = sender(laurel);
  const id = `e-${unique()}`;
  expect(await send(id, 'somebody', '0')).toBe(422);
  await staff(page, laurel, 'viewer');
  await expect(async () => {
    await page.goto('/admin/refused');
    await expect(page.getByText(id, { exact: true })).toBeVisible({ timeout: 500 });
  }).toPass();
  await expect(page.getByRole('button', { name: 'Dismiss' })).toHaveCount(0);
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(page.getByText(id, { exact: true })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});
