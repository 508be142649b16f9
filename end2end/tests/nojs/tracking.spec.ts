import { payer } from '../../pages/member.ts';
import { order, reward } from '../../pages/rewards.ts';
import { expect, test } from '../../server.ts';

test('pasted tracking numbers are reviewed, changed, and those that are good marked as shipped', async ({ page, laurel, browser }) => {
  const phone = await (await browser.newContext()).newPage();
  const mug = await reward(page, laurel, 'gift');
  await payer(phone, laurel, '400.00');
  const [first, second] = [await order(phone, mug.path), await order(phone, mug.path)].map((path) => path.split('/').pop() ?? '');
  await page.goto('/admin/redemptions/tracking');
  const paste = page.getByLabel('Number, tracking number');
  await paste.fill(`${first}, SF-1\nffffffff, SF-2\n${second}\t`);
  await page.getByRole('button', { name: 'Review' }).click();
  await expect(page.getByRole('main')).toContainText('1 gift can be marked as shipped; 2 lines are left out.');
  const line = (number: number): ReturnType<typeof page.locator> => page.getByRole('row').nth(number);
  await expect(line(1)).toContainText(mug.name);
  await expect(line(1)).toContainText('1 Example Road Shanghai');
  await expect(line(1)).toContainText('Ready');
  await expect(line(2)).toContainText('no gift has this number');
  await expect(line(3)).toContainText('the tracking number is missing');

  await page.getByRole('link', { name: 'Change' }).click();
  await expect(paste).toHaveValue(`${first}, SF-1\nffffffff, SF-2\n${second}\t`);
  await paste.fill(`${first}, SF-1\n${second}, SF-3`);
  await page.getByRole('button', { name: 'Review' }).click();
  await page.getByRole('button', { name: 'Mark 2 gifts as shipped' }).click();
  await expect(page.getByRole('status')).toHaveText('2 gifts marked as shipped.');
  await phone.goto(`/redemptions/${second}`);
  await expect(phone.getByRole('main')).toContainText('SF-3');
  await phone.context().close();
});
