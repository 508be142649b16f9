import { expectAccessibleIn, languages } from '../../accessible.ts';
import { search, wish } from '../../pages/find.ts';
import { islands } from '../../pages/islands.ts';
import { consolePages } from '../../pages/routes.ts';
import { register } from '../../pages/member.ts';
import { inDays, rule, staff } from '../../pages/staff.ts';
import { adjusted, compared, exported, linked, proposed, simulated, tried, uploaded, withdraw } from '../../pages/states.ts';
import { expect, test } from '../../server.ts';

for (const language of languages) {
  for (const path of consolePages) {
    test(`${path} is accessible in ${language}`, async ({ page, asDemoAdmin }) => {
      await asDemoAdmin();
      await expectAccessibleIn(page, language, async () => void (await page.goto(path)));
    });
  }

  test(`rules that were found, and a form that was refused, are accessible in ${language}`, async ({ page, asDemoAdmin }) => {
    await asDemoAdmin();
    await page.goto('/admin/lab/find');
    await wish(page, 'goal.outstanding').fill('1');
    await search(page);
    const found = page.url();
    await expectAccessibleIn(page, language, async () => void (await page.goto(found)));
    await expectAccessibleIn(page, language, async () => {
      await page.goto('/admin/lab/find');
      await page.locator('#find button[name=do]').click();
      await expect(page.getByRole('alert')).toBeVisible();
    });
  });

  test(`a member's file is accessible in ${language}`, async ({ page, asDemoAdmin }) => {
    await asDemoAdmin();
    await page.goto('/admin/members?q=demo-001');
    const file = (await page.getByRole('rowheader').getByRole('link').getAttribute('href')) ?? '';
    await expectAccessibleIn(page, language, async () => void (await page.goto(file)));
  });

  test(`adjusting a member's points and closing their account are accessible in ${language}`, async ({ page, asDemoAdmin }) => {
    await asDemoAdmin();
    await page.goto('/admin/members?q=demo-001');
    const file = (await page.getByRole('rowheader').getByRole('link').getAttribute('href')) ?? '';
    await expectAccessibleIn(page, language, async () => void (await page.goto(`${file}/adjust?points=5000`)));
    await expectAccessibleIn(page, language, async () => void (await page.goto(`${file}/close`)));
  });

  test(`merging a registration into a member is accessible in ${language}`, async ({ page, asDemoAdmin }) => {
    const member = await register(page);
    await asDemoAdmin();
    await page.goto(`/admin/members?q=${encodeURIComponent(member.signInName)}`);
    const file = (await page.getByRole('rowheader').getByRole('link').getAttribute('href')) ?? '';
    await expectAccessibleIn(page, language, async () => void (await page.goto(file)));
    await expectAccessibleIn(page, language, async () => void (await page.goto(`${file}/merge?into=nobody`)));
    await expectAccessibleIn(page, language, async () => {
      await page.goto(`${file}/merge?into=demo-001`);
      await expect(page.locator('.confirm')).toBeVisible();
    });
  });

  test(`taking a gift back is accessible in ${language}`, async ({ page, asDemoAdmin }) => {
    await asDemoAdmin();
    await page.goto('/admin/redemptions?kind=gift&state=all');
    const back = (await page.locator('a[href$="/return"]').first().getAttribute('href')) ?? '';
    await expectAccessibleIn(page, language, async () => {
      await page.goto(back);
      await page.locator('form[action$=return] button').click();
      await expect(page.locator('.error').first()).toBeVisible();
    });
  });

  test(`an account and a key just made are accessible in ${language}`, async ({ page, asDemoAdmin }) => {
    await asDemoAdmin();
    await page.goto('/admin/staff');
    const account = (await page.getByRole('rowheader').getByRole('link').first().getAttribute('href')) ?? '';
    await expectAccessibleIn(page, language, async () => void (await page.goto(account)));
    await expectAccessibleIn(page, language, async () => {
      await page.goto('/admin/keys');
      await page.locator('#field-name').fill('Till');
      await page.locator('[value="rules:read"]').check();
      await page.locator('form[action$=make] button').click();
      await islands(page);
      await expect(page.getByRole('status').locator('code')).toBeVisible();
    });
  });

  test(`a redemption and the question before it is paid are accessible in ${language}`, async ({ page, asDemoAdmin }) => {
    await asDemoAdmin();
    await page.goto('/admin/redemptions');
    const row = page.getByRole('main').locator('tbody tr').first();
    const redemption = (await row.locator('td a.mono').getAttribute('href')) ?? '';
    await expectAccessibleIn(page, language, async () => void (await page.goto(redemption)));
    const id = redemption.split('/').pop() ?? '';
    for (const to of ['paid', 'failed']) {
      await expectAccessibleIn(page, language, async () => void (await page.goto(`/admin/redemptions/confirm?to=${to}&ids[]=${id}`)));
    }
  });

  for (const kind of ['stock', 'pool', 'generated']) {
    test(`a reward is accessible in ${language}: ${kind}`, async ({ page, asDemoAdmin }) => {
      await asDemoAdmin();
      await page.goto('/admin/rewards');
      const names = { stock: /White mug|白瓷杯/, pool: /Coffee voucher|咖啡券/, generated: /Airport lounge|机场贵宾厅/ };
      const one = page.getByRole('heading').getByRole('link', { name: names[kind as keyof typeof names] });
      const path = (await one.getAttribute('href')) ?? '';
      await expectAccessibleIn(page, language, async () => void (await page.goto(path)));
      if (kind === 'pool') await expectAccessibleIn(page, language, async () => void (await page.goto(`${path}/codes`)));
    });
  }

  test(`a new reward is accessible in ${language} with faults`, async ({ page, asDemoAdmin }) => {
    await asDemoAdmin();
    await expectAccessibleIn(page, language, async () => {
      await page.goto('/admin/rewards/new?supply=stock');
      await page.locator('form[action$=create] button[type=submit]').click();
      await expect(page.getByRole('alert')).toBeVisible();
    });
  });

  test(`a version of the rules is accessible in ${language}`, async ({ page, asDemoAdmin }) => {
    await asDemoAdmin();
    await expectAccessibleIn(page, language, async () => void (await page.goto('/admin/rules/versions/1')));
  });

  test(`the editor is accessible in ${language} with faults`, async ({ page, asDemoAdmin }) => {
    await asDemoAdmin();
    await expectAccessibleIn(page, language, async () => {
      await page.goto('/admin/rules/draft');
      await islands(page);
      await rule(page, 'alpha').fill('-1');
      await rule(page, 'tiers.2.from').fill('1');
      await page.locator('#editor button[value=save]').click();
      await expect(page.getByRole('alert')).toBeVisible();
    });
  });

  test(`a draft is accessible in ${language}, and the question before it is published`, async ({ page, asDemoAdmin }) => {
    await asDemoAdmin();
    await page.goto('/admin/rules/draft');
    await rule(page, 'gamma').fill(String(Number(await rule(page, 'gamma').inputValue()) + 1));
    await rule(page, 'tiers.1.from').fill('120');
    await page.locator('#editor button[value=save]').click();
    await expect(page.getByRole('status')).toBeVisible();
    await expectAccessibleIn(page, language, async () => void (await page.goto('/admin/rules/draft')));
    await expectAccessibleIn(page, language, async () => void (await page.goto('/admin/rules/publish')));
    await expectAccessibleIn(page, language, async () => void (await page.goto('/admin/rules/publish?at=' + inDays(3))));
    await page.goto('/admin/rules/draft');
    await page.locator('form[action$=discard] button').click();
    await expect(page.getByRole('status')).toBeVisible();
  });

  test(`a run of the lab is accessible in ${language}, explained and beside another`, async ({ page, asDemoAdmin }) => {
    test.slow();
    await asDemoAdmin();
    const [one, other] = [await simulated(page, 2), await simulated(page, 3)];
    const why = await linked(page, '/admin/lab/explain');
    for (const path of [one, why, `${why}&all=1`, compared(one, other)]) {
      await expectAccessibleIn(page, language, async () => void (await page.goto(path)));
    }
  });

  test(`a draft of the lab is accessible in ${language} with faults`, async ({ page, asDemoAdmin }) => {
    await asDemoAdmin();
    await expectAccessibleIn(page, language, async () => {
      await page.goto('/admin/lab');
      await page.locator('#lab [name=alpha]').fill('-1');
      await page.locator('#lab .lab-bar button[value=run]').click();
      await expect(page.getByRole('alert')).toBeVisible();
    });
  });

  test(`what waits for a second person is accessible in ${language}`, async ({ page, browser, laurel, asDemoAdmin }) => {
    test.slow();
    await asDemoAdmin();
    const second = await (await browser.newContext()).newPage();
    await staff(second, laurel, 'admin');
    const proposal = await proposed(second);
    const file = await linked(page, '/admin/members/', '/admin/members?q=demo-002');
    const adjustment = await adjusted(second, file);
    for (const path of [proposal, '/admin/rules', '/admin/rules/publish', adjustment, file]) {
      await expectAccessibleIn(page, language, async () => void (await page.goto(path)));
    }
    await withdraw(second, '/admin/adjustments');
    await withdraw(second, proposal);
    await second.context().close();
    await expectAccessibleIn(page, language, async () => void (await page.goto('/admin/adjustments')));
    await page.goto('/admin/rules/draft');
    await page.locator('form[action$=discard] button').click();
    await expect(page.getByRole('status')).toBeVisible();
  });

  test(`one's own account is accessible in ${language} with a refused password`, async ({ page, asDemoAdmin }) => {
    await asDemoAdmin();
    await expectAccessibleIn(page, language, async () => {
      await page.goto('/admin/account');
      await page.locator('[name=current_password]').fill('not the password');
      await page.locator('[name=password]').fill('a sentence that is long enough');
      await page.locator('form[action$=password] [type=submit]').click();
      await expect(page.getByRole('alert')).toBeVisible();
    });
  });
}

test('an experiment with its results is accessible in both languages', async ({ page, asDemoAdmin }) => {
  test.setTimeout(120_000);
  await asDemoAdmin();
  const experiment = await tried(page);
  for (const language of languages) {
    await expectAccessibleIn(page, language, async () => void (await page.goto(experiment)));
  }
  // other specs of this worker publish
  await page.goto(experiment);
  await page.evaluate(() => document.querySelectorAll('details').forEach((details) => (details.open = true)));
  await page.locator('form[action$="experiments/end"]:has([value=stop]) button').click();
  await expect(page.getByRole('status')).toBeVisible();
});

test('a file that was uploaded, and what came of it, is accessible in both languages', async ({ page, asDemoAdmin }) => {
  test.setTimeout(120_000);
  await asDemoAdmin();
  const path = await uploaded(page);
  for (const language of languages) {
    await expectAccessibleIn(page, language, async () => void (await page.goto(path)));
  }
  await page.goto(path);
  await page.locator('form[action$="imports/start"] button').click();
  await expect(async () => {
    await page.goto(path);
    await expect(page.locator('a[href$="/refused.csv"]')).toBeVisible({ timeout: 500 });
    await expect(page.locator('form[action$="imports/stop"]')).toHaveCount(0, { timeout: 500 });
  }).toPass({ timeout: 25_000 });
  await expectAccessibleIn(page, 'en', async () => void (await page.goto(path)));
});

test('an export that is kept, and the list of them, are accessible in both languages', async ({ page, asDemoAdmin }) => {
  await asDemoAdmin();
  const path = await exported(page);
  for (const language of languages) {
    await expectAccessibleIn(page, language, async () => void (await page.goto(path)));
    await expectAccessibleIn(page, language, async () => void (await page.goto('/admin/exports')));
  }
});

test('pasted tracking numbers that are reviewed are accessible in both languages', async ({ page, asDemoAdmin }) => {
  await asDemoAdmin();
  await page.goto('/admin/redemptions?kind=gift');
  const gift = (await page.getByRole('row').getByRole('link').last().getAttribute('href'))?.split('/').pop() ?? '';
  await page.goto('/admin/redemptions/tracking');
  await page.locator('[name=lines]').fill(`${gift}, SF-1\nffffffff, SF-2`);
  await page.locator('form[action$="/tracking"] button[type=submit]').click();
  await expect(page.locator('main .error').first()).toBeVisible();
  const review = page.url();
  for (const language of languages) await expectAccessibleIn(page, language, async () => void (await page.goto(review)));
});
