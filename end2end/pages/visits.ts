// Every page, with a name and who looks at it: what screenshot.ts takes pictures of. Pages about one thing find it in the demo, or
// make it. A spec holds this list against the routes in src/pages.
import { expect, type Page } from '@playwright/test';
import { found } from './find.ts';
import { consolePages, openPages, portalPages } from './routes.ts';
import { adjusted, batched, compared, exported, limited, linked, proposed, simulated, tried, uploaded, withdraw } from './states.ts';

export interface Visit {
  /** The route, as the router has it. */
  route: string;
  name: string;
  as: 'nobody' | 'member' | 'admin';
  /** Where it is; `second` is of somebody else of the staff, who makes what waits for another person. */
  path: (page: Page, second: Page) => Promise<string>;
}

const plain = (as: Visit['as']) => (path: string): Visit => ({
  route: path.split('?')[0] ?? path,
  name: named(path),
  as,
  path: () => Promise.resolve(path),
});

const file = (page: Page): Promise<string> => linked(page, '/admin/members/', '/admin/members?q=demo-001');

/** One that a single person may start: what was proposed is withdrawn, and there are no limits again, which takes two. */
async function startedBy(page: Page, second: Page): Promise<string> {
  await withdraw(second, await linked(second, '/admin/rules/proposals/', '/admin/rules'));
  await limited(second, '');
  await page.goto(await linked(page, '/admin/rules/proposals/', '/admin/rules'));
  await page.locator('button[value=approve]').first().click();
  await expect(page.getByRole('status')).toBeVisible();
  return tried(page);
}

/** In this order: later ones show what earlier ones made. */
const ofOne: [route: string, name: string, as: Visit['as'], path: Visit['path']][] = [
  ['/rewards/:id', 'reward', 'member', (page) => linked(page, '/rewards/', '/rewards')],
  ['/redemptions/:id', 'receipt', 'member', (page) => linked(page, '/redemptions/', '/redemptions')],
  ['/admin/members/:id', 'admin-member', 'admin', file],
  ['/admin/members/:id/adjust', 'admin-member-adjust', 'admin', async (page) => `${await file(page)}/adjust?points=5000`],
  ['/admin/members/:id/edit', 'admin-member-edit', 'admin', async (page) => `${await file(page)}/edit`],
  ['/admin/members/:id/close', 'admin-member-close', 'admin', async (page) => `${await file(page)}/close`],
  ['/admin/members/:id/merge', 'admin-member-merge', 'admin', async (page) => `${await file(page)}/merge`],
  ['/admin/adjustments/:id', 'admin-adjustment', 'admin', async (page, second) => adjusted(second, await file(page))],
  ['/admin/redemptions/:id', 'admin-redemption', 'admin', (page) => linked(page, '/admin/redemptions/0', '/admin/redemptions')],
  ['/admin/redemptions/batches/:id', 'admin-payout-batch', 'admin', batched],
  [
    '/admin/redemptions/:id/return',
    'admin-redemption-return',
    'admin',
    async (page) => `${await linked(page, '/admin/redemptions/0', '/admin/redemptions?kind=gift&state=shipped')}/return`,
  ],
  ['/admin/rewards/:id', 'admin-reward', 'admin', (page) => linked(page, '/admin/rewards/0', '/admin/rewards')],
  [
    '/admin/rewards/:id/codes',
    'admin-reward-codes',
    'admin',
    // the coffee voucher is the demo's only one with a pool
    async (page) => `${await linked(page, '/admin/rewards/0', '/admin/rewards', /Coffee voucher|咖啡券/)}/codes`,
  ],
  ['/admin/imports/:id', 'admin-import', 'admin', uploaded],
  ['/admin/exports/:id', 'admin-export', 'admin', exported],
  ['/admin/staff/:id', 'admin-staff-account', 'admin', (page) => linked(page, '/admin/staff/', '/admin/staff')],
  ['/admin/rules/versions/:version', 'admin-rules-version', 'admin', () => Promise.resolve('/admin/rules/versions/1')],
  ['/admin/lab', 'admin-lab-run', 'admin', (page) => simulated(page, 2)],
  [
    '/admin/lab/explain',
    'admin-lab-explain',
    'admin',
    async (page) => linked(page, '/admin/lab/explain', await simulated(page, 3)),
  ],
  [
    '/admin/lab/compare',
    'admin-lab-compared',
    'admin',
    async (page) => compared(await simulated(page, 2), await simulated(page, 4)),
  ],
  ['/admin/lab/find', 'admin-lab-found', 'admin', found],
  ['/admin/rules/proposals/:id', 'admin-rules-proposal', 'admin', (_page, second) => proposed(second)],
  ['/admin/rules', 'admin-rules-proposed', 'admin', () => Promise.resolve('/admin/rules')],
  ['/admin/rules/publish', 'admin-rules-publish-draft', 'admin', () => Promise.resolve('/admin/rules/publish')],
  ['/admin/experiments/new', 'admin-experiments-new-draft', 'admin', () => Promise.resolve('/admin/experiments/new')],
  // the last, as nothing else is published while it is on
  ['/admin/experiments/:id', 'admin-experiment', 'admin', startedBy],
  ['/admin/experiments', 'admin-experiments-on', 'admin', () => Promise.resolve('/admin/experiments')],
  ['/admin', 'admin-at-last', 'admin', () => Promise.resolve('/admin')],
];

export const visits: Visit[] = [
  ...openPages.map(plain('nobody')),
  ...portalPages.map(plain('member')),
  ...consolePages.map(plain('admin')),
  ...ofOne.map(([route, name, as, path]) => ({ route, name, as, path })),
];

/** `/admin/rules?x=1` is `admin-rules-x-1`. */
export function named(path: string): string {
  return path.replace(/[^\w.]+/g, ' ').trim().replace(/ /g, '-') || 'home';
}
