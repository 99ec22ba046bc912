/** Signing in with two factors, setting them up, showing one again, and ending a session: with and without JavaScript. */

import { account, draft, enrol, expect, fillCode, fillSignIn, signIn, test } from '../support/test.ts';

test.use({ world: 'sign-in' });

const LEAD = 'duarte.salvaterra@vilaferrim.example';
const OTHER = 'catalina.rozalen@quillamar.example';

test.beforeEach(({ watch }) => {
  // Chromium says what signing out has cleared.
  watch.allow(/Clear-Site-Data header on/);
});

test('an invitation, an app, and signing in with both', async ({ page, portal, stranger, watch, accessible }, info) => {
  await signIn(page, account(portal, LEAD));
  const application = await draft(page);
  await page.goto(`${application}/team`);
  await page.getByLabel('Name', { exact: true }).fill('Inés Quintanar');
  const email = `ines.${info.project.name}@vilaferrim.example`;
  await page.getByLabel('Email address').fill(email);
  await page.getByRole('button', { name: 'Make an invitation link' }).click();
  const link = await page.getByRole('status').locator('code').innerText();

  const colleague = await stranger.newPage();
  await colleague.goto(link);
  const choose = async (password: string) => {
    await colleague.getByLabel('Choose a password').fill(password);
    await colleague.getByLabel('The same password again').fill(password);
    await colleague.getByRole('button', { name: 'Accept' }).click();
  };
  watch.expectStatus(422);
  await choose('password1234');
  await expect(colleague.getByRole('alert')).toContainText('Many people use this password');
  watch.expectStatus(422);
  await choose('ines quintanar 27');
  await expect(colleague.getByRole('alert')).toContainText('mostly your name');
  await accessible(colleague, 'a password that is refused');
  const password = 'a lemon tree in the yard';
  await choose(password);

  await expect(colleague).toHaveURL(/\/account\/factors\/code$/);
  await accessible(colleague, 'enrolment');
  await colleague.goto('/home');
  await expect(colleague, 'nothing opens before').toHaveURL(/\/account\/factors\/code$/);
  watch.expectStatus(422);
  await colleague.getByLabel('Code from your app').fill('000000');
  await colleague.getByRole('button', { name: 'Finish' }).click();
  await expect(colleague.getByRole('alert')).toContainText('This code does not fit');
  const { secret, recovery } = await enrol(colleague);
  expect(recovery).toHaveLength(10);
  await accessible(colleague, 'recovery codes');
  await colleague.getByRole('link', { name: 'I have kept them: go on' }).click();
  await expect(colleague).toHaveURL(/\/home$/);

  await colleague.getByRole('button', { name: 'Sign out' }).click();
  await fillSignIn(colleague, email, password);
  await accessible(colleague, 'the code');
  watch.expectStatus(422);
  await colleague.getByLabel('Code from your app').fill('123 456');
  await colleague.getByRole('button', { name: 'Sign in' }).click();
  await expect(colleague.getByRole('alert')).toContainText('Two or three tries are sensible');
  await expect(colleague.getByLabel('Code from your app')).toHaveValue('');
  await accessible(colleague, 'the code, refused');
  await fillCode(colleague, secret, 'Sign in');
  await expect(colleague).toHaveURL(/\/home$/);
});

test('a recovery code works once', async ({ page, portal, watch, accessible }) => {
  const lead = account(portal, OTHER);
  await signIn(page, lead);
  await page.goto('/account/factors');
  await accessible(page, 'second factors');
  await page.getByRole('button', { name: 'Make new recovery codes' }).click();
  const recovery = await page.locator('ul.codes code').allInnerTexts();
  expect(recovery).toHaveLength(10);
  const use = async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await fillSignIn(page, lead.email, lead.password);
    await page.getByRole('link', { name: 'I do not have my phone: use a recovery code' }).click();
    await page.getByLabel('Recovery code').fill(recovery[0]!.toUpperCase());
    await page.getByRole('button', { name: 'Sign in' }).click();
  };
  await use();
  await expect(page.getByText('You have signed in with a recovery code')).toBeVisible();
  await expect(page.getByText('9 left. Each works once.')).toBeVisible();
  await accessible(page, 'after a recovery code');
  watch.expectStatus(422);
  await use();
  await expect(page.getByRole('alert')).toContainText('This code was not taken');
  await accessible(page, 'a recovery code, used twice');
});

test('a recovery code does not open what needs a fresh factor; a code does', async ({ page, portal, watch, accessible }) => {
  const lead = account(portal, OTHER);
  await signIn(page, lead);
  await page.goto('/account/factors');
  await page.getByRole('button', { name: 'Make new recovery codes' }).click();
  const [recovery] = await page.locator('ul.codes code').allInnerTexts();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await fillSignIn(page, lead.email, lead.password);
  await page.getByRole('link', { name: 'I do not have my phone: use a recovery code' }).click();
  await page.getByLabel('Recovery code').fill(recovery!);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.goto('/account/password');
  await expect(page).toHaveURL(/\/account\/confirm\?next=%2Faccount%2Fpassword$/);
  await accessible(page, 'confirm');
  watch.expectStatus(422);
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByRole('alert')).toContainText('Enter the six digits');
  await fillCode(page, lead.totp_secret, 'Go on');
  await expect(page).toHaveURL(/\/account\/password$/);
  await accessible(page, 'password');
  watch.expectStatus(422);
  await page.getByRole('button', { name: 'Change the password' }).click();
  await expect(page.getByRole('alert').getByRole('link').first()).toHaveAttribute('href', '#old');
  await accessible(page, 'password, refused');
});

test('two sessions, and ending one from the other', async ({ page, portal, stranger, accessible }) => {
  const lead = account(portal, 'maeve.thornbury@pinenarrows.example');
  const other = await stranger.newPage();
  await signIn(other, lead);
  await signIn(page, lead);
  await page.getByRole('link', { name: 'Maeve Thornbury' }).click();
  await expect(page.getByRole('heading', { name: 'Your account' })).toBeVisible();
  await accessible(page, 'account');
  await page.getByRole('link', { name: 'Sessions' }).click();
  await expect(page.getByText('This one')).toBeVisible();
  await accessible(page, 'sessions');
  await page.getByRole('button', { name: /^End the session/ }).first().click();
  await expect(page.getByText('That session has ended.')).toBeVisible();
  await other.goto('/home');
  await expect(other).toHaveURL(/\/sign-in\?next=%2Fhome$/);
  await page.goto('/home');
  await expect(page).toHaveURL(/\/home$/);
});

test('after five failures one has to wait, and what was typed stays', async ({ page, watch, accessible }, info) => {
  await page.goto('/sign-in');
  const email = `nobody.${info.project.name}@example.org`;
  for (let n = 0; n < 5; n += 1) {
    watch.expectStatus(422);
    await fillSignIn(page, email, 'not the password');
    await expect(page.getByRole('alert')).toContainText('do not fit together');
  }
  watch.expectStatus(429);
  await fillSignIn(page, email, 'not the password');
  await expect(page.getByRole('alert')).toContainText('Try again in');
  await expect(page.getByLabel('Email address')).toHaveValue(email);
  await expect(page.getByLabel('Password')).toHaveValue('');
  await accessible(page, 'wait');
});
