import { expectAccessibleIn, languages } from '../../accessible.ts';
import { openPages } from '../../pages/routes.ts';
import { test } from '../../server.ts';

for (const language of languages) {
  for (const path of [...openPages, '/api/docs', '/nowhere']) {
    test(`${path} is accessible in ${language}`, async ({ page }) => {
      await expectAccessibleIn(page, language, async () => void (await page.goto(path)));
    });
  }
}
