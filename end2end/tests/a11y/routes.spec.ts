import { expect, test } from '@playwright/test';
import { consolePages, openPages, pagesOfOne, portalPages, routes } from '../../pages/routes.ts';
import { visits } from '../../pages/visits.ts';

test('no page is left out of the accessibility specs', () => {
  const known = [...openPages, ...portalPages, ...consolePages, ...pagesOfOne].map((path) => path.split('?')[0]);
  expect(routes().filter((route) => !known.includes(route))).toEqual([]);
  expect(known.filter((path) => !routes().includes(path ?? '')), 'gone, or moved').toEqual([]);
});

test('no page is left out of the screenshots', () => {
  const known = visits.map((visit) => visit.route);
  expect(routes().filter((route) => !known.includes(route))).toEqual([]);
  expect(known.filter((route) => !routes().includes(route)), 'gone, or moved').toEqual([]);
  expect(new Set(visits.map((visit) => visit.name)).size, 'each has a name of its own').toBe(visits.length);
});
