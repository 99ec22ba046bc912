/** What a review gains from JavaScript. */

import { markAwake, openReview, reviewers } from '../support/reviewing.ts';
import { expect, signIn, test } from '../support/test.ts';

test.use({ world: 'review' });

test('what is typed is saved by itself', async ({ page, portal }) => {
  await signIn(page, reviewers(portal)[0]!);
  const review = await openReview(page);
  await page.goto(`${review}/criteria/12`);
  await markAwake(page);
  await page.getByLabel('Strengths').fill('A trial a year.');
  await expect(page.locator('form#mark').getByRole('status')).toHaveText(/^Saved \d\d:\d\d$/);
  await page.reload();
  await expect(page.getByLabel('Strengths')).toHaveValue('A trial a year.');
});
