import { keptAndTold } from '../../pages/experiments.ts';
import { test } from '../../server.ts';

test('without scripts an experiment lets its group keep their tier, and tells nobody else', async ({ page, laurel, browser }) => {
  test.setTimeout(90_000);
  await keptAndTold(page, laurel, browser, { javaScriptEnabled: false });
});
