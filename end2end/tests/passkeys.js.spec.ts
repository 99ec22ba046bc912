/** Passkeys, with an authenticator that the browser plays: adding, signing in, confirming, and what is refused. */

import { type CDPSession } from '@playwright/test';
import { account, expect, fillSignIn, signIn, test, type Page } from '../support/test.ts';

test.use({ world: 'passkeys', host: 'localhost' });

const LEAD = 'ingrid.solbergvik@fjellvik.example';
const OTHER = 'lakshmi.varadakumar@meghaloor.example';

interface Authenticator {
  session: CDPSession;
  id: string;
}

/** After a refusal the browser offers passkeys again, and this device answers at once: going on leaves that behind. */
const LEFT = /^failed request: POST \S+\/sign-in\/passkey(?:\/begin)? net::ERR_ABORTED$/;

const SIGNED_OUT = /^console info: Clear-Site-Data header on '\S+\/sign-out'/;

/** A device of one's own: it unlocks at once, as if a finger lay on it. */
async function authenticator(page: Page, verified = true): Promise<Authenticator> {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable', { enableUI: false });
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: verified,
      automaticPresenceSimulation: true,
    },
  });
  return { session, id: authenticatorId };
}

async function credentials({ session, id }: Authenticator) {
  return (await session.send('WebAuthn.getCredentials', { authenticatorId: id })).credentials;
}

/** Whether somebody touches it when it asks. Otherwise a passkey that the browser offers would sign in at once. */
async function touched({ session, id }: Authenticator, enabled: boolean): Promise<void> {
  await session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId: id, enabled });
}

async function signOut(page: Page, device: Authenticator): Promise<void> {
  await touched(device, false);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
}

async function add(page: Page, name: string): Promise<void> {
  await page.goto('/account/passkeys');
  await page.locator('#add-passkey').getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Add a passkey' }).click();
}

/** Presses the button, unless the browser was quicker. */
async function signInWithPasskey(page: Page): Promise<void> {
  const gone = page.waitForURL((url) => url.pathname !== '/sign-in', { timeout: 15_000 });
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click().catch(() => undefined);
  await gone;
}

const MISSED = /^answer 422: POST \S+\/sign-in\/passkey$|status of 422/;

test('a passkey is added, signs in, confirms, and opens nothing once it is removed', async ({ page, portal, watch, accessible }) => {
  watch.allow(SIGNED_OUT);
  watch.allow(LEFT);
  const device = await authenticator(page);
  await signIn(page, account(portal, LEAD));
  await page.goto('/account/passkeys');
  await expect(page.getByText('You have no passkey yet.')).toBeVisible();
  await accessible(page, 'passkeys, none yet');
  await add(page, 'Work laptop');
  await expect(page).toHaveURL(/\/account\/passkeys\?done=added$/);
  await expect(page.getByRole('heading', { name: 'Work laptop' })).toBeVisible();
  await accessible(page, 'passkeys, one');
  const [made] = await credentials(device);
  expect(made).toMatchObject({ rpId: 'localhost', isResidentCredential: true });
  // Random bytes: any single character may occur among them, the address may not.
  expect(atob(made.userHandle!), 'the handle is no address').not.toContain(LEAD.split('@')[0]);

  // The same device again: it knows that it has one.
  await add(page, 'Again');
  await expect(page.getByRole('status')).toContainText('This device holds a passkey for your account already');
  expect(await credentials(device)).toHaveLength(1);

  // Signing in: with the button, or because the browser offers the passkey in the field of the address.
  await signOut(page, device);
  await page.goto('/sign-in?next=/account/passkeys');
  await accessible(page, 'the sign-in page with passkeys');
  await touched(device, true);
  await signInWithPasskey(page);
  await expect(page).toHaveURL(`${portal.origin}/account/passkeys`);
  await expect(page.getByText(/last used 5 March 2027/)).toBeVisible();

  // A second factor again, with the passkey.
  await page.goto('/account/confirm?next=/account/sessions');
  await page.getByRole('button', { name: 'Confirm with a passkey' }).click();
  await expect(page).toHaveURL(`${portal.origin}/account/sessions`);

  await page.goto('/account/passkeys');
  await page.getByText('Rename').click();
  await page.getByLabel('Name', { exact: true }).first().fill('Blue key');
  await page.getByRole('button', { name: 'Save the name' }).click();
  await expect(page.getByRole('heading', { name: 'Blue key' })).toBeVisible();
  await page.getByRole('button', { name: 'Remove Blue key' }).click();
  await expect(page.getByRole('status').first()).toContainText('The passkey was removed');
  await signOut(page, device);

  expect(await credentials(device), 'the device still has it').toHaveLength(1);
  watch.allow(MISSED);
  await touched(device, true);
  await page.goto('/sign-in');
  await refused(page);
  await page.goto('/home');
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await device.session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: device.id });
});

/** The portal says that the passkey opens nothing, whether the browser or the button has asked for it. */
async function refused(page: Page): Promise<void> {
  const says = page.getByText('This passkey opens no account here');
  await expect(async () => {
    if (!(await says.isVisible())) await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await expect(says).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 20_000 });
}

test('a foreign passkey and a device that nobody unlocks are refused', async ({ page, portal, watch, accessible }) => {
  watch.allow(MISSED);
  watch.allow(LEFT);
  const device = await authenticator(page);
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign']);
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', pair.privateKey)).toString('base64');
  await device.session.send('WebAuthn.addCredential', {
    authenticatorId: device.id,
    credential: {
      credentialId: Buffer.from('a passkey of nobody').toString('base64'),
      isResidentCredential: true,
      rpId: 'localhost',
      privateKey: key,
      userHandle: Buffer.from('0123456789abcdef').toString('base64'),
      signCount: 1,
    },
  });
  await page.goto('/sign-in');
  await refused(page);
  await accessible(page, 'a passkey that is refused');
  await page.goto('/home');
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await device.session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: device.id });

  const locked = await authenticator(page, false);
  await signIn(page, account(portal, OTHER));
  await add(page, 'Locked');
  await expect(page.locator('main').getByRole('status')).toContainText('No passkey was used');
  await page.reload();
  await expect(page.getByText('You have no passkey yet.')).toBeVisible();
  await locked.session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: locked.id });
});

test('an invitation leads to a passkey as the first factor', async ({ page, portal, stranger, accessible }, info) => {
  await signIn(page, account(portal, LEAD));
  await page.getByRole('link', { name: 'Open the application' }).click();
  await page.getByRole('link', { name: 'Team' }).first().click();
  await page.getByLabel('Name', { exact: true }).fill('Inés Quintanar');
  const email = `ines.${info.project.name}@fjellvik.example`;
  await page.getByLabel('Email address').fill(email);
  await page.getByRole('button', { name: 'Make an invitation link' }).click();
  const link = await page.getByRole('status').locator('code').innerText();

  const colleague = await stranger.newPage();
  const device = await authenticator(colleague);
  await colleague.goto(link);
  await colleague.getByLabel('Choose a password').fill('a lemon tree in the yard');
  await colleague.getByLabel('The same password again').fill('a lemon tree in the yard');
  await colleague.getByRole('button', { name: 'Accept' }).click();
  await expect(colleague).toHaveURL(/\/account\/factors\/code$/);
  await accessible(colleague, 'the first factor');
  await colleague.getByLabel('Name', { exact: true }).fill('Phone');
  await colleague.getByRole('button', { name: 'Add a passkey' }).click();
  await expect(colleague).toHaveURL(/\/home$/);
  expect(await credentials(device)).toHaveLength(1);

  // With the password alone, the passkey is asked for.
  await colleague.context().clearCookies();
  await device.session.send('WebAuthn.setUserVerified', { authenticatorId: device.id, isUserVerified: false });
  await colleague.goto('/sign-in');
  await fillSignIn(colleague, email, 'a lemon tree in the yard');
  await expect(colleague).toHaveURL(/\/sign-in\/code$/);
  await device.session.send('WebAuthn.setUserVerified', { authenticatorId: device.id, isUserVerified: true });
  await colleague.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(colleague).toHaveURL(/\/home$/);
});
