import { expectAccessible } from '../../accessible.ts';
import { openPages } from '../../pages/routes.ts';
import { test } from '../../server.ts';

for (const path of [...openPages, '/nowhere']) {
  test(`${path} is accessible`, async ({ page }) => expectAccessible(page, path));
}
