import { payer } from '../../pages/member.ts';
import { staff } from '../../pages/staff.ts';
import { expect, test } from '../../server.ts';

// without scripts, as nothing about benefits needs one
test('a benefit is claimed, its code shown, checked at the counter and used up', async ({ page, laurel, browser }) => {
  await payer(page, laurel, '1000.00');
  await page.getByRole('link', { name: 'Benefits' }).first().click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('My benefits');
  const repair = page.getByRole('listitem').filter({ hasText: 'Once a quarter' });
  await expect(repair).toContainText('1 left through');
  await repair.getByRole('button', { name: 'Claim' }).click();
  await expect(page.getByRole('status')).toHaveText('Claimed: Free repair. Your code is below.');
  await expect(repair).toContainText('None left; available again on');
  await expect(repair.getByRole('button')).toHaveCount(0);
  const code = await page.locator('.code-text').innerText();

  const counter = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  const support = await staff(counter, laurel, 'support');
  await counter.getByRole('link', { name: 'Till' }).click();
  const typed = counter.getByLabel('Scan or type a code');
  await typed.fill('22222-22222');
  await counter.getByRole('button', { name: 'Look up' }).click();
  await expect(counter.getByText('No such code.')).toBeVisible();
  await typed.fill(code.toLowerCase().replace('-', ' '));
  await counter.getByRole('button', { name: 'Look up' }).click();
  await expect(counter.locator('.code-found')).toContainText('Free repair');
  await counter.getByRole('button', { name: 'Mark as used' }).click();
  await expect(counter.getByRole('status')).toHaveText('Marked as used: Free repair.');
  await expect(counter.locator('.code-found')).toContainText(support.name);
  await expect(counter.getByRole('button', { name: 'Mark as used' })).toHaveCount(0);
  await counter.getByRole('link', { name: 'Benefits' }).click();
  await expect(counter.getByRole('row').filter({ hasText: code })).toContainText(support.name);

  await page.reload();
  await expect(page.getByRole('listitem').filter({ hasText: code })).toContainText('Used');
  await expect(page.locator('.code-text')).toHaveCount(0);
});

test('a claim is given back and can be made again', async ({ page, laurel }) => {
  await payer(page, laurel, '500.00');
  await page.goto('/benefits');
  const gift = page.getByRole('listitem').filter({ hasText: 'Once a year' });
  await gift.getByRole('button', { name: 'Claim' }).click();
  const first = await page.locator('.code-text').innerText();
  await page.locator('.code summary').click();
  await page.getByRole('button', { name: 'Give it back' }).click();
  await expect(page.getByRole('status')).toHaveText('Given back. You can claim it again.');
  await gift.getByRole('button', { name: 'Claim' }).click();
  await expect(page.locator('.code-text')).not.toHaveText(first);
});
