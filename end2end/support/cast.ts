/** Everybody who takes part in a cycle, each in a browser of their own. */

import type { Browser, BrowserContextOptions } from '@playwright/test';
import type { Portal } from './portal.ts';
import { account, noticeIslands, signIn, test as base, type Page } from './test.ts';
import type { Watch } from './watch.ts';

const PEOPLE = {
  coordinator: 'elodie.marchbanks@programme.example',
  second: 'corentin.vasseline@programme.example',
  chair: 'ottoline.brackwater@programme.example',
  north: 'haruka.mizushiro@hoshinami.example',
  south: 'wanjala.kiprotem@ngareta.example',
  amadou: 'amadou.kessirian@dunhalm.example',
  bettina: 'bettina.kronsbach@lindenau-clinic.example',
  davide: 'davide.luccarelli@santeodoro.example',
  hanae: 'hanae.morikubo@setohills.example',
  lucia: 'lucia.arrietaga@rioclaro.example',
  piotr: 'piotr.zalewicki@brzozowa.example',
};

export type Who = keyof typeof PEOPLE;

/** The two centres. */
export type House = 'north' | 'south';

/** Who can be asked to a panel. */
export const REVIEWERS = {
  amadou: 'Amadou Kessirian',
  bettina: 'Bettina Kronsbach',
  davide: 'Davide Luccarelli',
  hanae: 'Hanae Morikubo',
  lucia: 'Lucía Arrietaga',
  piotr: 'Piotr Zalewicki',
};

export type Reviewer = keyof typeof REVIEWERS;

export const ALL_REVIEWERS = Object.keys(REVIEWERS) as Reviewer[];

/** What no page of a centre may say: surnames and addresses of the working group and the reviewers. */
export const HIDDEN = (Object.keys(PEOPLE) as Who[])
  .filter((who) => who !== 'north' && who !== 'south')
  .flatMap((who) => [/\.(\w+)@/.exec(PEOPLE[who])![1]!, PEOPLE[who].split('@')[1]!]);

export class Cast {
  readonly #pages = new Map<Who, Page>();

  constructor(
    readonly portal: Portal,
    readonly watch: Watch,
    readonly browser: Browser,
    readonly options: BrowserContextOptions,
  ) {}

  /** The window of somebody who is signed in. */
  async as(who: Who): Promise<Page> {
    const known = this.#pages.get(who);
    if (known) return known;
    const page = await this.stranger();
    this.#pages.set(who, page);
    await signIn(page, account(this.portal, PEOPLE[who]));
    return page;
  }

  /** The window of somebody without an account. */
  async stranger(): Promise<Page> {
    const context = await this.browser.newContext(this.options);
    await this.watch.listen(context);
    await context.addInitScript(noticeIslands);
    return context.newPage();
  }

  address(who: Who): string {
    return PEOPLE[who];
  }
}

export const test = base.extend<{ cast: Cast }>({
  cast: async ({ portal, watch, browser, baseURL, javaScriptEnabled, viewport, locale, timezoneId }, use) => {
    // Pictures show a page, and not the change to it.
    const reducedMotion = 'reduce';
    await use(new Cast(portal, watch, browser, { baseURL, javaScriptEnabled, viewport, locale, timezoneId, reducedMotion }));
    await Promise.all(browser.contexts().map((context) => context.close()));
  },
});
