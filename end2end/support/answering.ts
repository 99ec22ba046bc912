/** What a lead does on the page of a criterion. */

import type { Locator, Page } from '@playwright/test';
import { awake, expect } from './test.ts';

export const CASE =
  'Every Tuesday the oncologists, the palliative physician and two nurses see all new admissions together. ' +
  'The list is kept in the record, a named nurse calls each family within two days, and the quarterly audit shows who was missed and why.';

/** Whether this run has JavaScript; what islands do is then waited for. */
export async function hasScripts(page: Page): Promise<boolean> {
  return page.evaluate(() => matchMedia('(scripting: enabled)').matches);
}

/** Waits until an island has saved the newest text of the form. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const form = document.querySelector('form#answer');
    const kept = `kept:${form?.getAttribute('action')}#`;
    return form && !Object.keys(localStorage).some((key) => key.startsWith(kept));
  });
}

export const level = (page: Page, number: number) => page.locator(`input[name="level"][value="${number}"]`);

export const narrative = (page: Page) => page.getByLabel('How do you meet this criterion?');

export const figures = (page: Page) => page.locator('fieldset.figure');

/** Fills every part of one indicator. */
export async function measure(figure: Locator): Promise<void> {
  const yes = figure.locator('input[type="radio"][value="yes"]');
  if (await yes.count()) {
    await yes.check();
    return;
  }
  const values = { numerator: '81', denominator: '120', value: '168', from: '2026-01', to: '2026-12' };
  for (const [part, value] of Object.entries(values)) {
    const input = figure.locator(`input[name$=".${part}"]`);
    if (await input.count()) await input.fill(value);
  }
}

/** Presses a button of the answer's form; with an island awake, after it has saved. */
export async function press(page: Page, button: string): Promise<void> {
  if (await hasScripts(page)) {
    // As somebody who comes back to the window: it saves at once instead of after a pause.
    await page.evaluate(() => dispatchEvent(new Event('focus')));
    await settled(page);
  }
  await page.locator('form#answer').getByRole('button', { name: button, exact: true }).click();
}

/** Opens the page of a criterion and waits until its islands are awake. */
export async function openCriterion(page: Page, application: string, number: number): Promise<void> {
  await page.goto(`${application}/criteria/${number}`);
  await ready(page);
}

/** Waits until the islands of the page of a criterion are awake. */
export async function ready(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  if (await hasScripts(page)) {
    await awake(page, 'answer');
    await awake(page, 'upload');
  }
}

/** Uses a piece of evidence that was added before. */
export async function reuse(page: Page, title: string, pages: string): Promise<void> {
  await page.getByText('Use a piece you already added').click();
  const form = page.locator('form', { has: page.getByRole('button', { name: 'Use it here' }) });
  await form.getByLabel('Evidence').selectOption({ label: title });
  await form.getByLabel('Pages that matter here').fill(pages);
  await form.getByRole('button', { name: 'Use it here' }).click();
  await expect(page.getByText('The evidence is used here now.')).toBeVisible();
}
