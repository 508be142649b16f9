import { expect, test } from '@playwright/test';
import { consolePages, openPages, pagesOfOne, portalPages, routes } from '../../pages/routes.ts';

test('no page is left out of the accessibility specs', () => {
  const known = [...openPages, ...portalPages, ...consolePages, ...pagesOfOne].map((path) => path.split('?')[0]);
  expect(routes().filter((route) => !known.includes(route))).toEqual([]);
  expect(known.filter((path) => !routes().includes(path ?? '')), 'gone, or moved').toEqual([]);
});
