import { type Page } from '@playwright/test';
import { islands } from '../../pages/islands.ts';
import { enter, newStaff, rule, staff } from '../../pages/staff.ts';
import { expect, test } from '../../server.ts';

const sizes = [
  { width: 390, height: 844 },
  { width: 1440, height: 900 },
];

test('a session that ends while rules are edited is begun again with everything typed', async ({ page, laurel, context }) => {
  const manager = newStaff(laurel, 'manager');
  await page.goto('/admin/sign-in');
  await enter(page, manager);
  await page.waitForURL('/admin');
  await page.goto('/admin/rules/draft');
  await rule(page, 'alpha').fill('2.5');
  await rule(page, 'tiers.3.name.en').fill('Very Important');
  await context.clearCookies({ name: 'laurel_staff' });
  await page.getByRole('button', { name: 'Save draft' }).click();
  await expect(page).toHaveURL(/\/admin\/sign-in/);
  await expect(page.getByRole('status')).toContainText('what you entered is kept');
  await enter(page, manager);
  await expect(page).toHaveURL(/\/admin\/rules\/draft\?form=/);
  await expect(page.getByRole('status').first()).toContainText('You are signed in again.');
  await expect(rule(page, 'alpha')).toHaveValue('2.5');
  await expect(rule(page, 'tiers.3.name.en')).toHaveValue('Very Important');
});

test('Ctrl-S saves the draft from whichever field one is in', async ({ page, laurel }) => {
  await staff(page, laurel, 'manager');
  await page.goto('/admin/rules/draft');
  await islands(page);
  const was = await rule(page, 'beta').inputValue();
  // there and back: others find the draft as it was
  for (const typed of ['12.5', was]) {
    await rule(page, 'beta').fill(typed);
    await page.keyboard.press('Control+s');
    await expect(page.getByRole('status').first()).toBeVisible();
    await page.goto('/admin/rules/draft');
    await islands(page);
    await expect(rule(page, 'beta')).toHaveValue(typed);
  }
});

test('adding a row leads into it, is guarded as unsaved, and going back and reloading keep what was typed', async ({ page, laurel }) => {
  await staff(page, laurel, 'manager');
  await page.goto('/admin/rules/draft');
  await rule(page, 'alpha').fill('1.75');
  const rows = await page.locator('[name^="tiers.3.benefits."][name$=".kind"]').count();
  const added = rule(page, `tiers.3.benefits.${rows}.kind`);
  await page.getByRole('group', { name: 'VIP' }).getByRole('button', { name: 'Add benefit' }).click();
  await expect(page).toHaveURL(/form=/);
  await islands(page);
  await expect(added).toBeFocused();
  await expect(added).toBeInViewport();
  await expect(rule(page, 'alpha')).toHaveValue('1.75');
  const asked = page.waitForEvent('dialog');
  const left = page.getByRole('link', { name: 'Members' }).click();
  await (await asked).dismiss();
  await left;
  await page.getByRole('group', { name: 'VIP' }).getByRole('button', { name: 'Add tier above' }).click();
  await expect(rule(page, 'tiers.4.name.zh')).toBeFocused();
  page.on('dialog', (dialog) => void dialog.accept());
  await page.goBack();
  await expect(page.locator('.tier-sheet')).toHaveCount(4);
  await expect(added).toBeVisible();
  await page.reload();
  await expect(rule(page, 'alpha')).toHaveValue('1.75');
});

test('a slow save says so, and works again after Esc', async ({ page, laurel }) => {
  await staff(page, laurel, 'manager');
  await page.goto('/admin/rules/draft');
  await islands(page);
  await rule(page, 'beta').fill('-3');
  let sent = 0;
  await page.route('**/admin/rules/draft', async (route) => {
    if (route.request().method() === 'POST') sent += 1;
    if (route.request().method() !== 'POST' || sent > 1) return route.continue();
    // the first save is stopped before its answer comes
    await new Promise((resolve) => setTimeout(resolve, 800));
    await route.abort('aborted');
  });
  // Playwright waits for a page that is on its way: what is seen meanwhile is noted in the page, which is stopped there, too
  await page.evaluate(() => {
    const form = document.querySelector('#editor') as HTMLFormElement;
    form.addEventListener('submit', () => {
      setTimeout(() => {
        form.dataset.seen = `${form.getAttribute('aria-busy')} ${form.querySelector('.sending')?.textContent}`;
        document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
      }, 200);
    }, { once: true });
  });
  const save = page.getByRole('button', { name: 'Save draft' });
  await save.click({ noWaitAfter: true });
  await expect(page.locator('#editor')).toHaveAttribute('data-seen', 'true Sending…');
  await expect(page.locator('#editor')).not.toHaveAttribute('aria-busy');
  await expect(page.locator('#editor .sending')).toBeEmpty();
  await save.click();
  await expect(page.getByRole('alert')).toContainText('β · points per referral: must not be negative');
  expect(sent).toBe(2);
});

for (const size of sizes) {
  test(`no field with the focus is covered at ${size.width} px`, async ({ page, laurel }) => {
    await page.setViewportSize(size);
    await staff(page, laurel, 'manager');
    await page.goto('/admin/rules/draft');
    await islands(page);
    const fields = await page.locator('#editor :is(input:not([type=hidden]), select, button:not(.unseen))').count();
    await rule(page, 'alpha').focus();
    const covered: string[] = [];
    for (let at = 0; at < fields + 4; at += 1) {
      covered.push(...(await coveredFocus(page)));
      await page.keyboard.press('Tab');
    }
    await rule(page, 'rate').focus();
    for (let at = 0; at < fields; at += 1) {
      covered.push(...(await coveredFocus(page)));
      await page.keyboard.press('Shift+Tab');
    }
    expect(fields).toBeGreaterThan(60);
    expect(covered).toEqual([]);
  });
}

/** The name of what has the focus, if something that is not part of it lies over it at any corner or its middle. */
async function coveredFocus(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const focus = document.activeElement;
    if (!(focus instanceof HTMLElement) || !focus.closest('#editor') || focus.matches('aside, aside *, .rules-bar *')) return [];
    const box = focus.getBoundingClientRect();
    const inset = 2;
    const points = [
      [box.left + inset, box.top + inset],
      [box.right - inset, box.top + inset],
      [box.left + inset, box.bottom - inset],
      [box.right - inset, box.bottom - inset],
      [(box.left + box.right) / 2, (box.top + box.bottom) / 2],
    ] as const;
    const isOver = ([x, y]: readonly [number, number]): boolean => {
      const top = document.elementFromPoint(x, y);
      return top === null || !(focus.contains(top) || top.contains(focus));
    };
    return points.some(isOver) ? [`${focus.getAttribute('name') ?? focus.textContent} at ${Math.round(box.top)}`] : [];
  });
}
