// Every page, as the accessibility specs open it; a spec holds these lists against the routes in src/pages.
import { readFileSync } from 'node:fs';

/** Open to everyone. */
export const openPages = [
  '/sign-in',
  '/register?ref=ABCD2345',
  '/activate?code=none',
  '/forgotten',
  '/unsubscribe?member=none',
  '/confirm-email?code=none',
  '/statement/verify',
  '/admin/sign-in',
  '/admin/forgotten',
  '/admin/activate?code=none',
  '/admin/first?code=x',
];

/** For a member. */
export const portalPages = [
  '/',
  '/activity',
  '/activity?kind=expire',
  '/rewards',
  '/redeem',
  '/redeem/confirm?points=100.50',
  '/redeem/confirm?points=none',
  '/redemptions',
  '/benefits',
  '/tiers',
  '/card',
  '/invite',
  '/notifications',
  '/profile',
  '/profile/close',
];

/** For the staff. */
export const consolePages = [
  '/admin',
  '/admin/find',
  '/admin/find?q=demo-00',
  '/admin/find?q=no+such+thing',
  '/admin/members',
  '/admin/members?q=nobody',
  '/admin/members?only=debt&sort=-available',
  '/admin/members/selected',
  '/admin/shortcuts',
  '/admin/rules',
  '/admin/rules/draft',
  '/admin/rules/publish',
  '/admin/rules/history',
  '/admin/lab',
  '/admin/lab/compare',
  '/admin/lab/runs',
  '/admin/lab/find',
  '/admin/experiments',
  '/admin/experiments/new',
  '/admin/benefits',
  '/admin/till',
  '/admin/till?q=22222-22222',
  '/admin/settings',
  '/admin/rewards',
  '/admin/rewards/new',
  '/admin/rewards/new?supply=pool',
  '/admin/redemptions',
  '/admin/redemptions?kind=voucher',
  '/admin/redemptions?kind=gift',
  '/admin/redemptions?state=all',
  '/admin/redemptions/confirm?to=paid',
  '/admin/redemptions?q=demo',
  '/admin/redemptions/batch',
  '/admin/redemptions/batches',
  '/admin/redemptions/tracking',
  '/admin/redemptions/slips',
  '/admin/staff',
  '/admin/keys',
  '/admin/adjustments',
  '/admin/refused',
  '/admin/refused?state=accepted',
  '/admin/mail',
  '/admin/mail?state=sent',
  '/admin/imports',
  '/admin/imports?kind=events',
  '/admin/imports?kind=codes',
  '/admin/exports',
  '/admin/audit',
  '/admin/account',
  '/admin?span=30d',
];

/** Those about one thing, which specs make first. */
export const pagesOfOne = [
  '/rewards/:id',
  '/redemptions/:id',
  '/admin/members/:id',
  '/admin/members/:id/adjust',
  '/admin/members/:id/edit',
  '/admin/members/:id/close',
  '/admin/redemptions/:id',
  '/admin/redemptions/batches/:id',
  '/admin/adjustments/:id',
  '/admin/members/:id/merge',
  '/admin/redemptions/:id/return',
  '/admin/rules/versions/:version',
  '/admin/rules/proposals/:id',
  '/admin/lab/explain',
  '/admin/experiments/:id',
  '/admin/rewards/:id',
  '/admin/rewards/:id/codes',
  '/admin/imports/:id',
  '/admin/exports/:id',
  '/admin/staff/:id',
];

/** The routes of the router, as they stand in the source. */
export function routes(): string[] {
  const areas = { portal: '', admin: '/admin' };
  return Object.entries(areas).flatMap(([area, root]) => {
    const source = readFileSync(new URL(`../../src/pages/${area}/mod.rs`, import.meta.url), 'utf8');
    const paths = [...source.matchAll(/<Route path=path!\("([^"]*)"\)/g)].map((found) => root + found[1] || '/');
    if (paths.length === 0) throw new Error(`no routes in src/pages/${area}/mod.rs`);
    return paths;
  });
}
