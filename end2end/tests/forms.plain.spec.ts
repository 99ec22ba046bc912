/** Forms without JavaScript: what is refused says why, and what was typed stays. */

import { narrative, openCriterion } from '../support/answering.ts';
import { account, draft, expect, fillSignIn, signIn, test } from '../support/test.ts';

test.use({ world: 'forms' });

const LEAD = 'ingrid.solbergvik@fjellvik.example';

test.beforeEach(async ({ page, portal }) => {
  await signIn(page, account(portal, LEAD));
});

test('a file of the wrong type is refused at its field, and the rest stays', async ({ page, watch, accessible }) => {
  const application = await draft(page);
  await page.goto(`${application}/evidence`);
  const pieces = await page.locator('ul.evidence > li').count();
  const form = page.locator('form#upload');
  await form.getByLabel('What is it?').fill('Minutes');
  await form.getByLabel('What it shows').selectOption('Proof of use');
  await form.getByLabel('In force since').fill('1.2.2027');
  await form.getByLabel('Document').setInputFiles({ name: 'minutes.exe', mimeType: 'application/pdf', buffer: Buffer.from('MZ') });
  watch.expectStatus(422);
  await form.getByRole('button', { name: 'Add' }).click();
  await expect(page.getByRole('alert').getByRole('link')).toHaveAttribute('href', '#new-file');
  await expect(page.locator('#new-file-error')).toContainText('We take PDF, Word');
  await expect(form.getByLabel('What is it?')).toHaveValue('Minutes');
  await expect(form.getByLabel('What it shows')).toHaveValue('proof-of-use');
  await expect(form.getByLabel('In force since')).toHaveValue('1.2.2027');
  await accessible(page, 'evidence, refused');
  await page.goto(`${application}/evidence`);
  await expect(page.locator('ul.evidence > li')).toHaveCount(pieces);
});

test('text that is sent after the session has ended is shown for copying', async ({ page, context, watch, portal, accessible }) => {
  const application = await draft(page);
  await openCriterion(page, application, 3);
  await narrative(page).fill('Longer than the session.');
  await context.clearCookies();
  watch.expectStatus(401);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'You were signed out before this was saved' })).toBeVisible();
  await expect(page.getByLabel('How you meet this criterion')).toHaveValue('Longer than the session.');
  await accessible(page, 'signed out before saving');
  await page.getByRole('link', { name: 'Sign in again' }).click();
  const { email, password, totp_secret } = account(portal, LEAD);
  await fillSignIn(page, email, password, totp_secret);
  await expect(page).toHaveURL(/\/home$/);
});

test('two people at one answer: both texts are kept', async ({ page, stranger, portal, accessible }) => {
  const application = await draft(page);
  const colleague = await stranger.newPage();
  await signIn(colleague, account(portal, 'torbjorn.eikhaug@fjellvik.example'));
  await openCriterion(page, application, 4);
  await openCriterion(colleague, application, 4);
  await narrative(page).fill('As the lead sees it.');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved.', { exact: true })).toBeVisible();
  await narrative(colleague).fill('As a contributor sees it.');
  await colleague.getByRole('button', { name: 'Save', exact: true }).click();
  const both = colleague.locator('#rival');
  await expect(both).toContainText('As the lead sees it.');
  await expect(both).toContainText('As a contributor sees it.');
  await accessible(colleague, 'two texts');
  await both.getByRole('button', { name: 'Keep the first' }).click();
  await expect(narrative(colleague)).toHaveValue('As the lead sees it.');
});
