import { triedAndStopped } from '../../pages/experiments.ts';
import { test } from '../../server.ts';

test('without scripts a draft is tried on half of the members, its results looked at, and the experiment stopped', async ({ page, laurel }) => {
  test.setTimeout(90_000);
  await triedAndStopped(page, laurel);
});
