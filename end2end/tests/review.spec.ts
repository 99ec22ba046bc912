/** A reviewer at work: declaration, one screen a criterion, handing in; with and without JavaScript. */

import { expect, fitsWidth, SCREENS, signIn, test, type Page } from '../support/test.ts';
import { hasScripts } from '../support/answering.ts';
import type { Portal } from '../support/portal.ts';

test.use({ world: 'review' });

/** The reviewer of the demo who has begun a review, and the one who is asked to the same panel. */
const reviewers = (portal: Portal) => portal.accounts.filter((a) => a.role === 'reviewer');

async function openReview(page: Page): Promise<string> {
  await page.goto('/reviews');
  const href = await page.locator('.owed a.alias').first().getAttribute('href');
  expect(href).toMatch(/^\/reviews\/[0-9a-f]{32}$/);
  return href!;
}

async function awake(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  if (await hasScripts(page)) await page.locator('form#mark[data-listens-input]').waitFor({ state: 'attached' });
}

test('every page of a review, looked at', async ({ page, portal, accessible }, info) => {
  await signIn(page, reviewers(portal)[0]);
  const review = await openReview(page);
  const pages = ['/reviews', review, `${review}/criteria/5`, `${review}/criteria/6`, `${review}/preview`, `${review}/submit`, `${review}/conflict`];
  for (const [place, path] of pages.entries()) {
    await page.goto(path);
    await accessible(page, path);
    await fitsWidth(page, path);
    await page.screenshot({ path: `${SCREENS}/review-${place}-${info.project.name}.png`, fullPage: true, animations: 'disabled' });
  }
});

test('the file stays closed until there is a declaration, and a conflict takes it away', async ({ page, portal, watch }) => {
  await signIn(page, reviewers(portal)[1]);
  await page.goto('/reviews');
  const review = await page.locator('.owed a.alias', { has: page.locator('xpath=ancestor::li[.//button]') }).first().getAttribute('href');
  test.skip(review === null, 'answered in another run of this world');
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

test('a level, and then the one that the centre gave itself', async ({ page, portal }) => {
  await signIn(page, reviewers(portal)[0]);
  const review = await openReview(page);
  await page.goto(`${review}/criteria/8`);
  await awake(page);
  const own = page.getByText('The centre’s own level:');
  await expect(own).toHaveCount(0);
  await page.locator('input[name="level"][value="2"]').check();
  await page.getByLabel('Gap').fill('Bereaved families are not called.');
  await page.getByLabel('What would satisfy you').fill('A call within six weeks, and a list of who was called.');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(own).toBeVisible();
  await page.locator('input[name="level"][value="3"]').check();
  await page.getByRole('button', { name: 'Save, next is 9' }).click();
  await expect(page).toHaveURL(/\/criteria\/9$/);
  await page.goto(`${review}/criteria/8`);
  await expect(page.getByText('You marked 2 Partial before you saw it, and 3 Established after. Both are kept.')).toBeVisible();
});

test('with the keyboard alone', async ({ page, portal }) => {
  await signIn(page, reviewers(portal)[0]);
  const review = await openReview(page);
  await page.goto(`${review}/criteria/10`);
  await awake(page);
  if (!(await hasScripts(page))) {
    await expect(page.locator('#keys')).toBeHidden();
    return;
  }
  await expect(page.locator('#keys')).toBeVisible();
  await page.keyboard.press('?');
  await expect(page.locator('#all-keys')).toHaveAttribute('open', '');
  await page.keyboard.press('?');
  await expect(page.locator('#all-keys')).not.toHaveAttribute('open');
  await page.keyboard.press('3');
  await expect(page.locator('input[name="level"][value="3"]')).toBeChecked();
  await page.keyboard.press('t');
  await expect(page.locator('#strengths')).toBeFocused();
  await page.keyboard.type('s n p 0 are letters here');
  await expect(page.locator('#strengths')).toHaveValue('s n p 0 are letters here');
  await expect(page.locator('input[name="level"][value="3"]')).toBeChecked();
  await page.keyboard.press('Escape');
  await expect(page.locator('input[name="level"][value="3"]')).toBeFocused();
  await page.keyboard.press('n');
  await expect(page).toHaveURL(/\/criteria\/11$/);
  await awake(page);
  await page.keyboard.press('p');
  await expect(page).toHaveURL(/\/criteria\/10$/);
  await awake(page);
  await expect(page.locator('#strengths')).toHaveValue('s n p 0 are letters here');
  await page.getByRole('button', { name: 'Turn keys off' }).click();
  await page.keyboard.press('1');
  await expect(page.locator('input[name="level"][value="3"]')).toBeChecked();
  await page.reload();
  await expect(page.getByRole('button', { name: 'Turn keys on' })).toBeVisible();
  await page.getByRole('button', { name: 'Turn keys on' }).click();
});

test('what is typed is saved by itself', async ({ page, portal }) => {
  await signIn(page, reviewers(portal)[0]);
  const review = await openReview(page);
  await page.goto(`${review}/criteria/12`);
  await awake(page);
  test.skip(!(await hasScripts(page)), 'nothing saves by itself without JavaScript');
  await page.getByLabel('Strengths').fill('A trial a year.');
  await expect(page.locator('form#mark').getByRole('status')).toHaveText(/^Saved \d\d:\d\d$/);
  await page.reload();
  await expect(page.getByLabel('Strengths')).toHaveValue('A trial a year.');
});
