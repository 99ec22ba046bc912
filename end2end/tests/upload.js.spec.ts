/** Sending a file: how far it is, and what becomes of it. */

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { pdf } from '../support/papers.ts';
import { account, awake, draft, expect, signIn, test, type Page } from '../support/test.ts';

test.use({ world: 'upload' });

const form = (page: Page) => page.locator('form#upload');

async function openEvidence(page: Page): Promise<string> {
  const application = await draft(page);
  await page.goto(`${application}/evidence`);
  await awake(page, 'upload');
  return application;
}

/** Every file the portal keeps beside its database. */
async function files(data: string): Promise<string[]> {
  const found = await readdir(data, { recursive: true, withFileTypes: true });
  return found.filter((f) => f.isFile() && f.parentPath !== data).map((f) => `${f.parentPath}/${f.name}`).sort();
}

/** Waits until every file was looked through: that makes copies, which are stored as well. */
async function lookedThrough(page: Page, application: string): Promise<void> {
  await expect(async () => {
    await page.goto(`${application}/evidence`);
    await expect(page.locator('ul.evidence .badge').filter({ hasText: /^(Received|Checking|Cleaned)$/ })).toHaveCount(0, { timeout: 500 });
  }).toPass({ timeout: 30_000 });
}

test.beforeEach(async ({ page, portal }) => {
  await signIn(page, account(portal, 'ingrid.solbergvik@fjellvik.example'));
});

test('the progress of a slow upload is shown, and the file lands', async ({ page, context, watch, accessible }) => {
  const application = await openEvidence(page);
  // A valid PDF of 3 MiB: readers ignore what follows its end.
  const bytes = Buffer.concat([pdf('Audit of response times'), Buffer.alloc(3 * 1024 * 1024, '% padding\n')]);
  await form(page).getByLabel('What is it?').fill('Audit of response times');
  await form(page).getByLabel('What it shows').selectOption('Data');
  await form(page).getByLabel('In force since').fill('31.12.2026');
  await form(page).getByLabel('Document').setInputFiles({ name: 'audit.pdf', mimeType: 'application/pdf', buffer: bytes });
  const seen = page.evaluate(
    () =>
      new Promise<number[]>((resolve) => {
        const values: number[] = [];
        new MutationObserver(() => {
          const value = document.querySelector('.upload progress')?.getAttribute('value');
          if (value) values.push(Number(value));
          if (Number(value) > 20) resolve(values);
        }).observe(document.querySelector('.upload')!, { subtree: true, childList: true, attributes: true, characterData: true });
      }),
  );
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  const line = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 1024 * 1024 };
  await session.send('Network.emulateNetworkConditions', line);
  await form(page).getByRole('button', { name: 'Add' }).click();
  await expect(page.getByRole('progressbar', { name: 'Upload' })).toBeVisible();
  await expect(page.locator('.upload')).toContainText(/\d+ %/);
  await accessible(page, 'evidence, while a file is sent');
  expect((await seen).length, 'steps of the progress').toBeGreaterThan(1);
  await expect(page).toHaveURL(new RegExp(`${application}/evidence/[0-9a-f]{32}\\?done=added$`), { timeout: 20_000 });
  await session.send('Network.emulateNetworkConditions', { ...line, uploadThroughput: -1 });
  await expect(page.getByRole('heading', { level: 1, name: 'Audit of response times' })).toBeVisible();
  await expect(page.getByText(createHash('sha256').update(bytes).digest('hex'))).toBeVisible();
  watch.allow(/^failed request: GET \S+\/file net::ERR_ABORTED$/);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /^Download PDF/ }).click()]);
  expect(Buffer.compare(await readFile(await download.path()), bytes)).toBe(0);
});

const refused = [
  {
    what: 'a program',
    name: 'setup.exe',
    bytes: Buffer.from('MZ\x90\x00 a program', 'latin1'),
    says: 'We take PDF, Word, Excel, PowerPoint, PNG, JPEG, text and CSV. Save it as PDF, then choose it again',
  },
  {
    what: 'a program that calls itself a PDF',
    name: 'minutes.pdf',
    bytes: Buffer.from('MZ\x90\x00 a program', 'latin1'),
    says: 'The content of this file is not what its name says. Save it again from the program that made it',
  },
  {
    what: 'an empty file',
    name: 'empty.pdf',
    bytes: Buffer.alloc(0),
    says: 'This file is empty. Open it to see whether it was saved, then choose it again',
  },
];

for (const { what, name, bytes, says } of refused) {
  test(`${what} is refused with the reason, and nothing is stored`, async ({ page, portal, watch, accessible }) => {
    const application = await openEvidence(page);
    await lookedThrough(page, application);
    await awake(page, 'upload');
    const before = await files(portal.data);
    const pieces = await page.locator('ul.evidence > li').count();
    await form(page).getByLabel('What is it?').fill('Minutes');
    await form(page).getByLabel('Document').setInputFiles({ name, mimeType: 'application/octet-stream', buffer: bytes });
    watch.expectStatus(422);
    await form(page).getByRole('button', { name: 'Add' }).click();
    await expect(page.locator('.upload .field-error')).toHaveText(says);
    await expect(page.getByRole('progressbar')).toHaveCount(0);
    await expect(form(page).getByLabel('What is it?')).toHaveValue('Minutes');
    await accessible(page, 'evidence, refused');
    expect(await files(portal.data)).toEqual(before);
    await page.goto(`${application}/evidence`);
    await expect(page.locator('ul.evidence > li')).toHaveCount(pieces);
  });
}

test('the same content a second time is not stored twice', async ({ page, portal }) => {
  const application = await openEvidence(page);
  const file = { name: 'rota.pdf', mimeType: 'application/pdf', buffer: pdf('Rota of January') };
  await form(page).getByLabel('What is it?').fill('Rota of January');
  await form(page).getByLabel('Document').setInputFiles(file);
  await form(page).getByRole('button', { name: 'Add' }).click();
  await expect(page).toHaveURL(/\?done=added$/);
  await lookedThrough(page, application);
  const before = await files(portal.data);
  await awake(page, 'upload');
  await form(page).getByLabel('What is it?').fill('The rota again');
  await form(page).getByLabel('Document').setInputFiles({ ...file, name: 'other.pdf' });
  await form(page).getByRole('button', { name: 'Add' }).click();
  await expect(page.getByText('nothing was stored twice')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1, name: 'Rota of January' })).toBeVisible();
  expect(await files(portal.data)).toEqual(before);
});
