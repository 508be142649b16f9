import { approvedByAnother, keptAndReturned } from '../../pages/publishing.ts';
import { test } from '../../server.ts';

test('a stricter threshold is published with tiers kept until a date, and the old version comes back by a click', async ({ page, laurel }) => {
  await keptAndReturned(page, laurel);
});

test('beyond the limit a second person approves what the first proposed', async ({ page, laurel, browser }) => {
  await approvedByAnother(page, laurel, browser, {});
});
