// What opens over a page: it is looked at as it stands open, in both themes, at a desk and on a phone.
import { expectAccessibleNow } from '../../accessible.ts';
import { islands } from '../../pages/islands.ts';
import { linked } from '../../pages/states.ts';
import { expect, test } from '../../server.ts';

const sizes = [
  { width: 390, height: 844 },
  { width: 1280, height: 800 },
];

for (const size of sizes) {
  test(`the person menu is accessible at ${size.width} px`, async ({ page, asDemoAdmin }) => {
    await asDemoAdmin();
    await page.setViewportSize(size);
    await page.goto('/admin');
    if (size.width < 900) await page.locator('[popovertarget]').first().click();
    await page.locator('.person-menu > summary').click();
    await expect(page.locator('.person-choices a').first()).toBeVisible();
    await expectAccessibleNow(page, 'the person menu');
  });

  test(`the palette is accessible at ${size.width} px, with hits and without`, async ({ page, asDemoAdmin }) => {
    await asDemoAdmin();
    await page.setViewportSize(size);
    await page.goto('/admin/members');
    await page.keyboard.press('Control+k');
    const palette = page.locator('#palette');
    await expect(palette.getByRole('option').first()).toBeVisible();
    await expectAccessibleNow(page, 'the palette as it opens');
    await page.keyboard.type('demo-00');
    await expect(palette.getByRole('option').filter({ hasText: 'demo-00' }).first()).toBeVisible();
    await expectAccessibleNow(page, 'the palette with members');
    await page.keyboard.type('no such thing');
    await expect(palette.getByRole('option').filter({ hasText: 'demo-00' })).toHaveCount(0);
    await expectAccessibleNow(page, 'the palette with nothing');
  });

  test(`what a chart tells is accessible at ${size.width} px`, async ({ page, asDemoAdmin }) => {
    await asDemoAdmin();
    await page.setViewportSize(size);
    await page.goto('/admin');
    await islands(page);
    const chart = page.getByRole('slider').nth(2);
    await chart.focus();
    await page.keyboard.press('ArrowLeft');
    await expect(page.locator('.chart-told:visible')).toBeVisible();
    await expectAccessibleNow(page, 'a chart that is read');
  });

  test(`the list of keys is accessible at ${size.width} px`, async ({ page, asDemoAdmin }) => {
    await asDemoAdmin();
    await page.setViewportSize(size);
    await page.goto('/admin');
    await page.keyboard.press('?');
    await expect(page.locator('#keys')).toBeVisible();
    await expectAccessibleNow(page, 'the list of keys');
  });

  test(`the sheet that adjusts points is accessible at ${size.width} px, asked, refused and reviewed`, async ({ page, asDemoAdmin }) => {
    await asDemoAdmin();
    await page.setViewportSize(size);
    await page.goto(await linked(page, '/admin/members/', '/admin/members?q=demo-004'));
    await page.locator('.console-actions a[data-sheet]').click();
    const sheet = page.getByRole('dialog');
    const points = sheet.locator('[name=points]').first();
    await expect(points).toBeFocused();
    await expectAccessibleNow(page, 'the sheet');
    await points.fill('many');
    await points.press('Enter');
    await expect(sheet.locator('[aria-invalid=true]')).toBeVisible();
    await expectAccessibleNow(page, 'the sheet, refused');
    await sheet.locator('[name=points]').first().fill('5');
    await sheet.locator('[name=points]').first().press('Enter');
    await expect(sheet.locator('[name=reason]')).toBeVisible();
    await expectAccessibleNow(page, 'the sheet, reviewed');
  });

  test(`what is ticked and which columns are shown is accessible at ${size.width} px`, async ({ page, asDemoAdmin }) => {
    await asDemoAdmin();
    await page.setViewportSize(size);
    await page.goto('/admin/members');
    await page.locator('tbody .pick input').first().check();
    await expectAccessibleNow(page, 'a member ticked');
    if (size.width < 600) return;
    await page.locator('.column-choice > summary').click();
    await expect(page.locator('.column-choice fieldset').first()).toBeVisible();
    await expectAccessibleNow(page, 'the choice of columns');
  });

  test(`a member's explanation and question are accessible at ${size.width} px`, async ({ page, asDemoMember }) => {
    await asDemoMember();
    await page.setViewportSize(size);
    await page.goto('/activity');
    await page.locator('.why > summary').first().click();
    await expectAccessibleNow(page, 'an explanation');
    await page.goto(await linked(page, '/redemptions/', '/redemptions'));
    const ask = page.locator('.ask > summary').first();
    if (await ask.isVisible()) {
      await ask.click();
      await expectAccessibleNow(page, 'a question');
    }
  });
}
