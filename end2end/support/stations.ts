/** What people do at the stations of a cycle, each through the pages and forms. */

import { level } from './answering.ts';
import { ALL_REVIEWERS, type Cast, type Reviewer, REVIEWERS } from './cast.ts';
import { markAwake } from './reviewing.ts';
import { expect, type Page } from './test.ts';

const CRITERIA = Array.from({ length: 13 }, (_, index) => index + 1);
const QUESTION = 'Who covers the nights?';
const ANSWER = 'A registrar of the service does, every night.';

/** Presses the button of this name. */
export const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

/** The dates of a cycle: opens, closes, reviews due, decision, award. */
export async function date(page: Page, days: string[]): Promise<void> {
  for (const [place, key] of ['opens', 'closes', 'reviews', 'decision', 'award'].entries()) {
    await page.locator(`#${key}-day`).fill(days[place]!);
  }
}

/** Names the three who sign, confirms in their stead, and declares. */
export async function prepare(page: Page, application: string): Promise<void> {
  await page.goto(`${application}/check`);
  await page.getByText('Name the three people').click();
  for (const key of ['corresponding-physician', 'department-head', 'institute-head']) {
    await page.locator(`[name="${key}-name"]`).fill('Somebody Who Signs');
    await page.locator(`[name="${key}-email"]`).fill(`${key}@hospital.example`);
  }
  await press(page, 'Save, and make the links');
  const links = await page.getByRole('status').getByRole('listitem').locator('code').allInnerTexts();
  expect(links).toHaveLength(3);
  for (const link of links) {
    await page.goto(link);
    await press(page, 'I confirm');
    await expect(page.getByText('You have confirmed.')).toBeVisible();
  }
  await page.goto(`${application}/check`);
  for (const box of await page.locator('#declarations').getByRole('checkbox').all()) await box.check();
  await press(page, 'Save the declarations');
}

/** Submits the application. */
export async function handIn(page: Page, application: string): Promise<void> {
  await page.goto(`${application}/check`);
  await press(page, 'Submit the application');
  await expect(page).toHaveURL(`${application}/receipt`);
}

/** Accepts a seat, declares no conflict, and so opens the file; answers with its address. */
export async function openFile(page: Page, alias: string): Promise<string> {
  const review = await reviewOf(page, alias);
  await page.goto(review);
  await press(page, 'Accept');
  await page.goto(review);
  await page.getByLabel(/^I know of no conflict/).check();
  await page.getByLabel(/^My profile and my ties/).check();
  await press(page, 'Declare this and open the file');
  await expect(page.getByRole('heading', { name: 'Criteria', exact: true })).toBeVisible();
  return review;
}

/** The address of a review, by the alias of its application. */
export async function reviewOf(page: Page, alias: string): Promise<string> {
  await page.goto('/reviews');
  return (await page.locator('a.alias', { hasText: alias }).first().getAttribute('href'))!;
}

/** Marks all 13 criteria, each at level 3 except the fifth. */
export async function mark(page: Page, review: string, fifth: number): Promise<void> {
  await page.goto(`${review}/criteria/1`);
  for (const criterion of CRITERIA) {
    await expect(page).toHaveURL(new RegExp(`/criteria/${criterion}\\b`));
    await markAwake(page);
    await level(page, criterion === 5 ? fifth : 3).check();
    await page.getByLabel('Strengths').fill(`The rota at criterion ${criterion} is kept.`);
    await page.getByLabel('Gap').fill('Nights are not covered.');
    await page.getByLabel('What would satisfy you').fill('A rota that covers nights.');
    await press(page, criterion < 13 ? `Save, next is ${criterion + 1}` : 'Save');
  }
  await expect(page.getByText('Saved.', { exact: true })).toBeVisible();
}

/** Who sits at an application, and under which alias reviewers know it. */
export async function panelOf(page: Page, panel: string): Promise<{ sitting: Reviewer[]; alias: string }> {
  await page.goto(panel);
  const text = await page.locator('section[aria-labelledby="seats"]').innerText();
  const alias = /\b[0-9A-Z]{4}\b/.exec(await page.locator('.page-head').innerText())![0];
  return { sitting: ALL_REVIEWERS.filter((who) => text.includes(REVIEWERS[who])), alias };
}

/** A question goes from a reviewer through the secretariat to the centre, and its answer the same way back. */
export async function ask(cast: Cast, reviewer: Reviewer, review: string, group: string, application: string): Promise<void> {
  const [page, coordinator, north] = [await cast.as(reviewer), await cast.as('coordinator'), await cast.as('north')];
  await page.goto(`${review}/requests`);
  await page.getByLabel('Criterion').selectOption('3');
  await page.getByLabel('Question').fill(QUESTION);
  await press(page, 'Send to the working group');
  await north.goto(`${application}/requests`);
  await expect(north.getByText(QUESTION)).toHaveCount(0);
  await coordinator.goto(`${group}/requests`);
  await press(coordinator, 'Pass it on');
  await north.goto(`${application}/requests`);
  await north.locator('main a[href*="/requests/"]').first().click();
  await expect(north.getByText(QUESTION)).toBeVisible();
  await north.getByLabel('Your answer').fill(ANSWER);
  await press(north, 'Send the answer');
  await page.goto(`${review}/requests`);
  await expect(page.getByText(ANSWER)).toHaveCount(0);
  await coordinator.goto(`${group}/requests`);
  await press(coordinator, 'Pass it on');
  await page.goto(`${review}/requests`);
  await expect(page.getByText(ANSWER)).toBeVisible();
}

/** Words of the certificate that stand outside its frame on the screen of a phone. */
export async function outside(page: Page): Promise<string[]> {
  const usual = page.viewportSize()!;
  await page.setViewportSize({ width: 390, height: 844 });
  const found = await page.locator('.certificate').evaluate((sheet) => {
    const inner = sheet.getBoundingClientRect().right + Number.parseFloat(getComputedStyle(sheet).outlineOffset);
    return [...sheet.querySelectorAll('h2, p, svg')].filter((e) => e.getBoundingClientRect().right > inner).map((e) => e.textContent ?? '');
  });
  await page.setViewportSize(usual);
  return found;
}
