import { expect, type Page } from '@playwright/test';

/** Until every island of the page answers. */
export async function islands(page: Page): Promise<void> {
  await expect(page.locator('html')).toHaveAttribute('data-islands', 'ready');
}

/** What the page sends from now on, as `METHOD path`. */
export function requestsFrom(page: Page): string[] {
  const sent: string[] = [];
  page.on('request', (request) => sent.push(`${request.method()} ${new URL(request.url()).pathname}`));
  return sent;
}

/** The value beside a name in a list of names and values. */
export function value(page: Page, name: string): ReturnType<Page['locator']> {
  return page.locator('dt', { hasText: name }).locator('xpath=following-sibling::dd[1]');
}
