/** A reviewer at work, one screen a criterion; with and without JavaScript. */

import { hasScripts } from '../support/answering.ts';
import { markAwake, openReview, reviewers } from '../support/reviewing.ts';
import { expect, fitsWidth, SCREENS, signIn, test } from '../support/test.ts';

test.use({ world: 'review' });

test('every page of a review, looked at', async ({ page, portal, accessible }, info) => {
  await signIn(page, reviewers(portal)[0]!);
  const review = await openReview(page);
  const pages = ['/reviews', review, `${review}/criteria/5`, `${review}/criteria/6`, `${review}/preview`, `${review}/submit`, `${review}/conflict`];
  for (const [place, path] of pages.entries()) {
    await page.goto(path);
    await accessible(page, path);
    await fitsWidth(page, path);
    await page.screenshot({ path: `${SCREENS}/review-${place}-${info.project.name}.png`, fullPage: true, animations: 'disabled' });
  }
});

test('a level, and then the one that the centre gave itself', async ({ page, portal }) => {
  await signIn(page, reviewers(portal)[0]!);
  const review = await openReview(page);
  await page.goto(`${review}/criteria/8`);
  await markAwake(page);
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
  await signIn(page, reviewers(portal)[0]!);
  const review = await openReview(page);
  await page.goto(`${review}/criteria/10`);
  await markAwake(page);
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
  await markAwake(page);
  await page.keyboard.press('p');
  await expect(page).toHaveURL(/\/criteria\/10$/);
  await markAwake(page);
  await expect(page.locator('#strengths')).toHaveValue('s n p 0 are letters here');
  await page.getByRole('button', { name: 'Turn keys off' }).click();
  await page.keyboard.press('1');
  await expect(page.locator('input[name="level"][value="3"]')).toBeChecked();
  await page.reload();
  await expect(page.getByRole('button', { name: 'Turn keys on' })).toBeVisible();
  await page.getByRole('button', { name: 'Turn keys on' }).click();
});
