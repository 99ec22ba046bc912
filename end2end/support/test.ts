/** `test` with a portal for each spec, a watch on the browser, and the checks that every page must pass. */

import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type BrowserContext, type Page } from '@playwright/test';
import { code } from './codes.ts';
import { type Account, type Engine, type Portal, start } from './portal.ts';
import { Watch } from './watch.ts';

export { expect };
export type { Page };

export interface Options {
  /** Name of the world. Each spec has its own, so that each has a portal and a data folder of its own. */
  world: string;
  engine: Engine;
  /** By what the browser calls the portal. */
  host: string;
}

interface Worker extends Options {
  portal: Portal;
}

interface Each {
  watch: Watch;
  /** No finding of axe on a page as it stands. The test goes on, and fails at its end. */
  accessible: (page: Page, name: string, without?: string[]) => Promise<void>;
  /** A browser that knows nothing of this test's session. */
  stranger: BrowserContext;
}

export const test = base.extend<Each, Worker>({
  world: ['shared', { scope: 'worker', option: true }],
  engine: ['sqlite', { scope: 'worker', option: true }],
  host: ['127.0.0.1', { scope: 'worker', option: true }],
  portal: [
    async ({ engine, host, world: _ }, use) => {
      const portal = await start(engine, { host });
      await use(portal);
      await portal.stop();
    },
    { scope: 'worker', timeout: 90_000 },
  ],
  baseURL: async ({ portal }, use) => use(portal.origin),
  watch: [
    async ({ context, portal }, use, info) => {
      const watch = new Watch();
      await watch.listen(context);
      await context.addInitScript(noticeIslands);
      await use(watch);
      if (info.status !== info.expectedStatus) {
        await info.attach('what the portal said', { body: portal.log(), contentType: 'text/plain' });
      }
      watch.assertQuiet();
    },
    { auto: true },
  ],
  accessible: async ({ browser, javaScriptEnabled, colorScheme, viewport, baseURL }, use) => {
    if (javaScriptEnabled !== false) {
      await use(async (page, name, without) => expect.soft(await violations(page, without), `axe on ${name}`).toEqual([]));
      return;
    }
    const reader = await browser.newPage({ baseURL, colorScheme, viewport, javaScriptEnabled: true });
    await use(async (page, name, without) => {
      await copyInto(reader, page);
      expect.soft(await violations(reader, without), `axe on ${name}`).toEqual([]);
    });
    await reader.close();
  },
  stranger: async ({ browser, javaScriptEnabled, viewport, baseURL, watch }, use) => {
    const context = await browser.newContext({ javaScriptEnabled, viewport, baseURL });
    await watch.listen(context);
    await context.addInitScript(noticeIslands);
    await use(context);
    await context.close();
  },
});

/** Remembers which forms an island listens to. */
export function noticeIslands() {
  const listen = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (this: EventTarget, type: string, ...rest: [never, never]) {
    if (this instanceof HTMLFormElement) this.toggleAttribute(`data-listens-${type}`, true);
    return listen.call(this, type, ...rest);
  };
}

/** Waits until the island of a form is awake; typing before that is kept by the form alone. */
export async function awake(page: Page, form: 'answer' | 'upload'): Promise<void> {
  const event = form === 'answer' ? 'input' : 'submit';
  await page.locator(`form#${form}[data-listens-${event}]`).first().waitFor({ state: 'attached' });
}

/** Opens home and answers with the address of the draft. */
export async function draft(page: Page): Promise<string> {
  await page.goto('/home');
  const href = await page.getByRole('link', { name: 'Open the application' }).getAttribute('href');
  expect(href).toMatch(/^\/applications\/[0-9a-f]{32}$/);
  return href!;
}

export function account(portal: Portal, email: string): Account {
  const found = portal.accounts.find((a) => a.email === email);
  if (!found) throw new Error(`the demo has no account ${email}`);
  return found;
}

export async function signIn(page: Page, who: Account): Promise<void> {
  await page.goto('/sign-in');
  await fillSignIn(page, who.email, who.password, who.totp_secret);
  // Whoever runs a cycle arrives at its board.
  await expect(page).toHaveURL(/\/(home|working-group\/cycles\/[0-9a-f]{32})$/);
}

/** Fills both steps of signing in; the first alone without a secret. */
export async function fillSignIn(page: Page, email: string, password: string, secret?: string): Promise<void> {
  await page.getByLabel('Email address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  if (secret) await fillCode(page, secret, 'Sign in');
}

/** Types the code that the app shows now. */
export async function fillCode(page: Page, secret: string, button: string): Promise<void> {
  await page.getByLabel('Code from your app').fill(code(secret));
  await page.getByRole('button', { name: button, exact: true }).click();
}

/** Sets up an app on the page that offers a secret; answers with the secret and the recovery codes. */
export async function enrol(page: Page): Promise<{ secret: string; recovery: string[] }> {
  await expect(page.getByRole('heading', { name: 'Set up your app' })).toBeVisible();
  const secret = await page.locator('main code').innerText();
  await fillCode(page, secret, 'Finish');
  await expect(page.getByRole('heading', { name: 'Keep your recovery codes' })).toBeVisible();
  return { secret, recovery: await page.locator('ul.codes code').allInnerTexts() };
}

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

async function violations(page: Page, without: string[] = []): Promise<string[]> {
  // Legacy mode: one frame, and no second page opened for the result.
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).disableRules(without).setLegacyMode(true).analyze();
  return violations.flatMap((v) => v.nodes.map((n) => `${v.id} at ${n.target.join(' ')}: ${n.failureSummary ?? v.help}`));
}

/** Axe needs timers, which a page without JavaScript does not have: it looks at a copy of what stands in the page. */
async function copyInto(reader: Page, page: Page): Promise<void> {
  const body = (await page.content()).replaceAll(/<script[\s\S]*?<\/script>/g, '');
  await reader.route(page.url(), (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body }));
  await reader.goto(page.url());
  await reader.unroute(page.url());
}

/** Where pictures for people are put. */
export const SCREENS = 'test-results/screens';

/** Nothing reaches over the right edge. */
export async function fitsWidth(page: Page, name: string): Promise<void> {
  const over = await page.evaluate(() => {
    const edge = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= edge) return [];
    const wide = [...document.querySelectorAll('body *')].filter((element) => element.getBoundingClientRect().right > edge + 0.5);
    return wide.map((e) => `${e.tagName} ${e.className} ${Math.round(e.getBoundingClientRect().right - edge)} px: ${(e.textContent ?? '').slice(0, 60)}`);
  });
  expect.soft(over.slice(-3), `what reaches over the edge on ${name}`).toEqual([]);
}
