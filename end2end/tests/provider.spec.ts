/** Signing in through the identity provider of a hospital: a real one, with and without JavaScript. */

import { type Hospital, hospital } from '../support/hospital.ts';
import { start } from '../support/portal.ts';
import { account, expect, fillCode, signIn, test as base, type Page } from '../support/test.ts';

const test = base.extend<object, { north: Hospital }>({
  north: [
    async ({}, use) => {
      const north = await hospital();
      await use(north);
      await north.close();
    },
    { scope: 'worker' },
  ],
  portal: [
    async ({ engine, north }, use) => {
      const portal = await start(engine, { settings: north.settings });
      await north.open(portal.origin);
      await use(portal);
      await portal.stop();
    },
    { scope: 'worker', timeout: 90_000 },
  ],
});

test.use({ world: 'provider' });

const LEAD = 'ingrid.solbergvik@fjellvik.example';

async function enter(page: Page, staff: string, second: boolean): Promise<void> {
  await page.getByLabel('Staff number').fill(staff);
  if (second) await page.getByLabel('with a second factor').check();
  await page.getByRole('button', { name: 'Enter' }).click();
}

test('an identity is linked, signs in, and is unlinked', async ({ page, context, portal, watch, accessible }, info) => {
  watch.allow(/^console info: Clear-Site-Data header on '\S+\/sign-out'/);
  const staff = `staff-${info.project.name}`;
  const lead = account(portal, LEAD);
  await signIn(page, lead);
  await page.goto('/account/providers');
  await accessible(page, 'providers, nothing linked');
  await page.getByRole('button', { name: 'Link North Hospital' }).click();
  await enter(page, staff, true);
  await expect(page).toHaveURL(/\/account\/providers\?done=linked$/);
  await expect(page.getByRole('status')).toContainText('The identity was linked');
  await accessible(page, 'providers, one linked');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/sign-in$/);

  await page.goto('/sign-in?next=/criteria/3');
  await accessible(page, 'the sign-in page with a provider');
  await page.getByRole('button', { name: 'Sign in with North Hospital' }).click();
  await expect(page, 'the hospital knows the browser still').toHaveURL(/\/criteria\/3$/);
  await page.goto('/home');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();

  await context.clearCookies();
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Sign in with North Hospital' }).click();
  await enter(page, staff, false);
  await expect(page, 'one factor there: ours follows').toHaveURL(/\/sign-in\/code$/);
  await fillCode(page, lead.totp_secret, 'Sign in');
  await expect(page).toHaveURL(/\/home$/);
  await page.goto('/account/providers');
  await page.getByRole('button', { name: /^Take the link/ }).click();
  await expect(page.getByText('Nothing is linked yet.')).toBeVisible();

  await context.clearCookies();
  await page.goto('/sign-in');
  watch.expectStatus(403);
  await page.getByRole('button', { name: 'Sign in with North Hospital' }).click();
  await enter(page, staff, true);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your identity at North Hospital is not linked to an account yet');
  await accessible(page, 'an identity that is not linked');
});

test('whoever cancels at the hospital reads so, and a way back works once', async ({ page, watch, accessible }) => {
  await page.goto('/sign-in');
  watch.expectStatus(403);
  await page.getByRole('button', { name: 'Sign in with North Hospital' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('North Hospital did not let you through');
  await expect(page.getByText(/give the reference [0-9a-f]{16}\./)).toBeVisible();
  await accessible(page, 'cancelled at the hospital');
  watch.expectStatus(403);
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This way back cannot be used');
  await page.getByRole('link', { name: 'Go to the sign-in page' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in');
});
