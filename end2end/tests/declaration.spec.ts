/** A reviewer who is asked: the answer, the declaration, and a conflict. It uses the seat up, so its world is its own. */

import { reviewers } from '../support/reviewing.ts';
import { expect, signIn, test } from '../support/test.ts';

test.use({ world: 'declaration' });

test('the file stays closed until there is a declaration, and a conflict takes it away', async ({ page, portal, watch }) => {
  await signIn(page, reviewers(portal)[1]!);
  await page.goto('/reviews');
  const review = await page.locator('.owed a.alias', { has: page.locator('xpath=ancestor::li[.//button]') }).first().getAttribute('href');
  expect(review, 'a seat that waits for its answer').not.toBeNull();
  watch.expectStatus(404);
  expect((await page.goto(`${review}/criteria/1`))?.status()).toBe(404);
  await page.goto(review!);
  await page.getByRole('button', { name: 'Accept' }).click();
  await expect(page.getByText(/^You have accepted/)).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.goto(review!);
  await page.getByRole('button', { name: 'Accept' }).click();
  await page.goto(review!);
  watch.expectStatus(422);
  await page.getByRole('button', { name: 'Declare this and open the file' }).click();
  await expect(page.getByRole('heading', { name: 'There is a problem' })).toBeVisible();
  await page.getByLabel(/^I know of no conflict/).check();
  await page.getByLabel(/^My profile and my ties/).check();
  await page.getByRole('button', { name: 'Declare this and open the file' }).click();
  await expect(page.getByRole('heading', { name: 'Criteria', exact: true })).toBeVisible();
  await page.getByRole('link', { name: 'I recognise this centre, or have a conflict' }).click();
  await page.getByLabel(/^Co-author/).check();
  await page.getByRole('button', { name: 'Declare the conflict' }).click();
  await expect(page.getByText('You will not see that application again.')).toBeVisible();
  watch.expectStatus(404);
  expect((await page.goto(review!))?.status()).toBe(404);
});
