import { payer } from '../../pages/member.ts';
import { reward } from '../../pages/rewards.ts';
import { staff } from '../../pages/staff.ts';
import { expect, test } from '../../server.ts';

/** A picture, as a phone would send it. */
async function picture(page: import('@playwright/test').Page, width: number, height: number): Promise<Buffer> {
  const url = await page.evaluate(([width, height]) => {
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const context = canvas.getContext('2d');
    if (context === null) return '';
    context.fillStyle = '#c0392b';
    context.fillRect(width / 4, height / 4, width / 2, height / 2);
    return canvas.toDataURL('image/png');
  }, [width, height] as const);
  return Buffer.from(url.split(',')[1] ?? '', 'base64');
}

test('a reward gets a picture that members see, and another file is refused with the reason', async ({ page, laurel, browser }) => {
  const mug = await reward(page, laurel, 'gift');
  await page.goto(`/admin${mug.path}`);
  const file = page.locator('input[name=picture]');
  await file.setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('GIF89a nothing') });
  await page.getByRole('button', { name: 'Upload picture' }).click();
  await expect(page.locator('#field-picture-error')).toContainText('PNG, JPEG or WebP');
  await file.setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: await picture(page, 900, 600) });
  await page.getByRole('button', { name: 'Upload picture' }).click();
  await expect(page.getByRole('status')).toHaveText('Picture saved.');
  const shown = page.getByRole('img', { name: mug.name });
  await expect.poll(() => shown.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth > 0)).toBe(true);

  const phone = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const portal = await phone.newPage();
  await payer(portal, laurel, '200.00');
  await portal.goto('/rewards');
  await expect(portal.getByRole('img', { name: mug.name })).toBeVisible();
  await portal.goto(mug.path);
  await expect(portal.getByRole('img', { name: mug.name })).toBeVisible();
  await phone.close();
  await page.getByRole('button', { name: 'Remove picture' }).click();
  await expect(page.getByRole('status')).toHaveText('Picture removed.');
});

test('the accent and the logo of the programme are worn by the portal, with contrast kept', async ({ page, laurel, browser }) => {
  await staff(page, laurel, 'admin');
  await page.goto('/admin/settings');
  await page.getByLabel('Accent colour').fill('#ffd54f');
  await page.getByRole('button', { name: 'Save' }).nth(1).click();
  await expect(page.getByRole('main')).toContainText('#ffd54f can’t be read everywhere');
  await page.locator('input[name=picture]').setInputFiles({ name: 'l.png', mimeType: 'image/png', buffer: await picture(page, 256, 256) });
  await page.getByRole('button', { name: 'Upload logo' }).click();
  await expect(page.getByRole('status')).toHaveText('Logo saved.');
  const portal = await (await browser.newContext()).newPage();
  await portal.goto('/sign-in');
  await expect(portal.locator('.brand-logo')).toBeVisible();
  const button = portal.getByRole('button', { name: 'Sign in' });
  const white = await button.evaluate((element) => getComputedStyle(element).color);
  expect(white).toBe('rgb(255, 255, 255)');
  await portal.context().close();
  // as it was, for whoever comes next
  await page.getByRole('button', { name: 'Remove logo' }).click();
  await page.getByLabel('Accent colour').fill('');
  await page.getByRole('button', { name: 'Save' }).nth(1).click();
  await expect(page.getByRole('main')).toContainText('Laurel’s own green.');
});
