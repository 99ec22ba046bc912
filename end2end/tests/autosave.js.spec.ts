/** What is typed is saved by itself, and never lost. */

import { level, narrative, openCriterion, settled } from '../support/answering.ts';
import { account, draft, expect, fillSignIn, signIn, test, type Page } from '../support/test.ts';

test.use({ world: 'autosave' });

const LEAD = 'ingrid.solbergvik@fjellvik.example';
const SAVED = 'Saved 14:32';
const SIGNED_OUT = /^You are signed out\. Your text is kept in this browser/;

const said = (page: Page) => page.locator('#narrative-state').getByRole('status');

const kept = (page: Page) =>
  page.evaluate(() => Object.entries(localStorage).flatMap(([key, text]) => (key.startsWith('kept:') ? [text] : [])));

test.beforeEach(async ({ page, portal }) => {
  await signIn(page, account(portal, LEAD));
});

test('text, level and figures are saved a moment after they are typed', async ({ page }) => {
  const application = await draft(page);
  await openCriterion(page, application, 1);
  await narrative(page).fill('Two words');
  await expect(page.locator('#narrative-state')).toContainText('2 of 400 words');
  await expect(said(page)).toHaveText(SAVED);
  await level(page, 4).check();
  await page.locator('fieldset.figure input[name$=".value"][value="no"]').first().check();
  await settled(page);
  await expect(said(page)).toHaveText(SAVED);
  await page.getByText('Preview as it will be read').click();
  await narrative(page).fill('**Two** words <img src=x>');
  await expect(page.locator('#preview strong')).toHaveText('Two');
  await expect(page.locator('#preview img')).toHaveCount(0);
  expect(await kept(page)).toEqual([]);
  await page.reload();
  await expect(narrative(page)).toHaveValue('**Two** words <img src=x>');
  await expect(level(page, 4)).toBeChecked();
  await expect(page.locator('fieldset.figure input[name$=".value"][value="no"]').first()).toBeChecked();
});

test('without a connection the text stays, and is saved when the connection is back', async ({ page, context, watch, accessible }) => {
  const application = await draft(page);
  await openCriterion(page, application, 2);
  watch.allow(/net::ERR_INTERNET_DISCONNECTED/);
  await context.setOffline(true);
  await narrative(page).fill('Written in a tunnel.');
  await expect(said(page)).toHaveText(/^Not saved yet: no connection\. Your text is kept in this browser/);
  expect((await kept(page)).join()).toContain('Written+in+a+tunnel.');
  await accessible(page, 'a criterion without a connection');
  await context.setOffline(false);
  await expect(said(page)).toHaveText(SAVED);
  expect(await kept(page)).toEqual([]);
  await page.reload();
  await expect(narrative(page)).toHaveValue('Written in a tunnel.');
});

test('a page that is closed without a connection gives its text back when it is opened again', async ({ page, context, watch }) => {
  const application = await draft(page);
  await openCriterion(page, application, 3);
  watch.allow(/net::ERR_INTERNET_DISCONNECTED/);
  await context.setOffline(true);
  await narrative(page).fill('Closed too early.');
  await expect(said(page)).toHaveText(/^Not saved yet/);
  const again = await context.newPage();
  await page.close();
  await context.setOffline(false);
  await again.goto(`${application}/criteria/3`);
  await expect(narrative(again)).toHaveValue('Closed too early.');
  await expect(said(again)).toHaveText(SAVED);
  await again.reload();
  await expect(narrative(again)).toHaveValue('Closed too early.');
  expect(await kept(again)).toEqual([]);
});

test('when the session has ended the text is kept, and saved after signing in', async ({ page, context, portal, watch }) => {
  const application = await draft(page);
  await openCriterion(page, application, 4);
  await context.clearCookies();
  watch.expectStatus(401);
  await narrative(page).fill('Longer than the session.');
  await expect(said(page)).toHaveText(SIGNED_OUT);
  await page.reload();
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  const { email, password, totp_secret } = account(portal, LEAD);
  await fillSignIn(page, email, password, totp_secret);
  await expect(page).toHaveURL(`${application}/criteria/4`);
  await expect(narrative(page)).toHaveValue('Longer than the session.');
  await expect(said(page)).toHaveText(SAVED);
  await settled(page);
  await page.reload();
  await expect(narrative(page)).toHaveValue('Longer than the session.');
});

test('the text is saved by itself after signing in in another tab', async ({ page, context, portal, watch }) => {
  const application = await draft(page);
  await openCriterion(page, application, 5);
  await context.clearCookies();
  watch.expectStatus(401);
  await narrative(page).fill('Signed in next door.');
  await expect(said(page)).toHaveText(SIGNED_OUT);
  const other = await context.newPage();
  await signIn(other, account(portal, LEAD));
  await other.close();
  await page.bringToFront();
  // It tries again every ten seconds.
  await expect(said(page)).toHaveText(SAVED, { timeout: 15_000 });
});

test('two tabs with one answer: both texts are kept, and one is chosen', async ({ page, context, accessible }) => {
  const application = await draft(page);
  const second = await context.newPage();
  await openCriterion(page, application, 6);
  await openCriterion(second, application, 6);
  await narrative(page).fill('From the first tab.');
  await expect(said(page)).toHaveText(SAVED);
  await narrative(second).fill('From the second tab.');
  await expect(said(second)).toHaveText(/Both texts are kept; reload the page to choose$/);
  await second.reload();
  const both = second.locator('#rival');
  await expect(both).toContainText('From the first tab.');
  await expect(both).toContainText('From the second tab.');
  await accessible(second, 'two texts');
  await both.getByRole('button', { name: 'Take the second' }).click();
  await expect(second.getByText('Chosen. The other text is in the history.')).toBeVisible();
  await expect(narrative(second)).toHaveValue('From the second tab.');
  await expect(both).toHaveCount(0);
  await second.getByRole('link', { name: /^Earlier texts of this answer/ }).click();
  await expect(second.getByText('From the first tab.')).toBeVisible();
  await accessible(second, 'earlier texts');
});

test('two tabs without a connection: neither pushes the text of the other out', async ({ page, context, watch }) => {
  const application = await draft(page);
  const second = await context.newPage();
  await openCriterion(page, application, 10);
  await openCriterion(second, application, 10);
  watch.allow(/net::ERR_INTERNET_DISCONNECTED/);
  await context.setOffline(true);
  await narrative(page).fill('Typed in the first tab.');
  await narrative(second).fill('Typed in the second tab.');
  await expect(said(page)).toHaveText(/^Not saved yet/);
  await expect(said(second)).toHaveText(/^Not saved yet/);
  expect(await kept(page)).toHaveLength(2);
  const again = await context.newPage();
  await page.close();
  await second.close();
  await context.setOffline(false);
  const texts: string[] = [];
  for (let visit = 0; visit < 2; visit += 1) {
    await again.goto(`${application}/criteria/10`);
    await expect(said(again)).toHaveText(visit === 0 ? SAVED : /Both texts are kept; reload the page to choose$/);
    texts.push(await narrative(again).inputValue());
  }
  expect(texts.sort()).toEqual(['Typed in the first tab.', 'Typed in the second tab.']);
  expect(await kept(again)).toEqual([]);
  await again.reload();
  for (const text of texts) await expect(again.locator('#rival')).toContainText(text);
});

test('pressing Save while it is being saved makes no second text of one’s own', async ({ page, watch }) => {
  const application = await draft(page);
  await openCriterion(page, application, 8);
  let answered = false;
  await page.route(`**${application}/criteria/8`, async (route) => {
    if ((await route.request().headerValue('accept')) !== 'application/json') return route.fallback();
    // The portal has saved it; its answer is slow, and the page is gone when it comes.
    const response = await route.fetch();
    answered = true;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await route.fulfill({ response }).catch(() => undefined);
  });
  watch.allow(/^failed request: POST \S+\/criteria\/8 net::ERR_ABORTED$/);
  await narrative(page).fill('Half a sentence');
  await expect.poll(() => answered).toBe(true);
  await narrative(page).fill('Half a sentence, and the rest.');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.waitForURL(/\?done=/);
  await expect(page.getByRole('heading', { name: 'Two different texts were saved' })).toHaveCount(0);
  await expect(narrative(page)).toHaveValue('Half a sentence, and the rest.');
});
