import { approvedByAnother, keptAndReturned } from '../../pages/publishing.ts';
import { test } from '../../server.ts';

test('without scripts a stricter threshold is published with tiers kept until a date, and the old version comes back', async ({ page, laurel }) => {
  await keptAndReturned(page, laurel);
});

test('without scripts a second person approves what the first proposed', async ({ page, laurel, browser }) => {
  await approvedByAnother(page, laurel, browser, { javaScriptEnabled: false });
});
