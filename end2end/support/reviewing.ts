/** What a reviewer of the demo does. */

import { hasScripts } from './answering.ts';
import type { Portal } from './portal.ts';
import { expect, type Page } from './test.ts';

/** The reviewer of the demo who has begun a review, and the one who is asked to the same panel. */
export const reviewers = (portal: Portal) => portal.accounts.filter((a) => a.role === 'reviewer');

/** The address of the first review in somebody's queue. */
export async function openReview(page: Page): Promise<string> {
  await page.goto('/reviews');
  const href = await page.locator('.owed a.alias').first().getAttribute('href');
  expect(href).toMatch(/^\/reviews\/[0-9a-f]{32}$/);
  return href!;
}

/** Waits until the island of the marking form is awake. */
export async function markAwake(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  if (await hasScripts(page)) await page.locator('form#mark[data-listens-input]').waitFor({ state: 'attached' });
}
