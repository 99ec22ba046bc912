/** Whoever is removed from a centre loses its pages at once, also those that are open; the text stays in the browser. */

import { narrative, openCriterion } from '../support/answering.ts';
import { account, draft, expect, signIn, test } from '../support/test.ts';

test.use({ world: 'removed' });

const LEAD = 'ingrid.solbergvik@fjellvik.example';

test('a contributor who is removed loses an open page, and no word', async ({ page, portal, stranger, watch, accessible }) => {
  const lead = account(portal, LEAD);
  const colleague = portal.accounts.find((one) => one.role === 'contributor' && one.centre === lead.centre)!;
  const theirs = await stranger.newPage();
  await signIn(theirs, colleague);
  const application = await draft(theirs);
  await openCriterion(theirs, application, 4);

  await signIn(page, lead);
  await page.goto(`${application}/team`);
  const line = page.getByRole('listitem').filter({ has: page.getByRole('button', { name: /^Remove/ }) });
  const before = await line.count();
  const name = (await theirs.locator('.site-header .account').innerText()).split('\n')[0].trim();
  await line.filter({ hasText: name }).getByRole('button', { name: /^Remove/ }).click();
  await expect(line).toHaveCount(before - 1);

  watch.expectStatus(404);
  await narrative(theirs).fill('Written a moment too late.');
  await expect(theirs.locator('#narrative-state').getByRole('status')).toHaveText(
    'This application is no longer open to you. Your text is kept in this browser; copy it',
  );
  await accessible(theirs, 'an open page of somebody who was removed');
  const kept = await theirs.evaluate(() => Object.values(localStorage).join());
  expect(kept).toContain('Written+a+moment+too+late.');
  watch.expectStatus(404);
  await theirs.goto(`${application}/criteria/4`);
  await expect(theirs.getByRole('heading', { level: 1 })).toHaveText('We cannot show this page');
});
