/** Every page as those who may see it: axe in both themes, no sideways scrolling, and pictures to look at. */

import { account, draft, enrol, expect, fitsWidth, SCREENS, signIn, test, type Page } from '../support/test.ts';
import type { Watch } from '../support/watch.ts';

test.use({ world: 'pages', contextOptions: { reducedMotion: 'reduce' } });
test.setTimeout(300_000);

type Audit = (page: Page, name: string) => Promise<void>;

interface Look {
  page: Page;
  accessible: Audit;
  /** Beginning of the pictures' names. */
  who: string;
  project: string;
}

/** Looks at the page that is open; in the dark and with pictures, when it is the first of its kind. */
async function look({ page, accessible, who, project }: Look, name: string, pictures: boolean): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
  expect.soft(await page.title(), `title of ${name}`).toMatch(/ - Designated Centres$/);
  if (pictures || project !== 'phone') await accessible(page, `${name} as ${who}`);
  // Neither the dark theme nor a picture depends on JavaScript.
  if (project.endsWith('-plain')) return;
  const usual = page.viewportSize()!;
  const file = `${SCREENS}/${who}${name === '/' ? '-landing' : name.replaceAll('/', '-')}`;
  const widths = project === 'phone' ? [320, 390] : [768, 1440];
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    await fitsWidth(page, `${name} as ${who} at ${width}`);
  }
  await page.setViewportSize(usual);
  if (!pictures) return;
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    if (theme === 'dark') await accessible(page, `${name} in the dark as ${who}`);
    for (const width of widths.filter((w) => w !== 320)) {
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: `${file}-${width}-${theme}.png`, fullPage: true, animations: 'disabled' });
    }
  }
  await page.setViewportSize(usual);
  await page.emulateMedia({ colorScheme: 'light' });
}

/** What a page is, without what tells it from others that look the same. */
function kind(path: string, mine: string): string {
  return path
    .replace(/^\/applications\/[0-9a-f]{32}/, path.startsWith(mine) ? '/draft' : '/earlier')
    .replace(/[0-9a-f]{32}/, 'one')
    .replace(/\d+(?=\/history$)/, 'n')
    .replace(/^(\/earlier\/criteria)\/\d+$/, '$1/n');
}

/** Follows every link from a page, each kind of page once. */
async function crawl(how: Look, from: string, mine: string, skip: RegExp): Promise<string[]> {
  const { page, project } = how;
  const seen = new Set([from]);
  const waiting = [from];
  const visited: string[] = [];
  for (let path = waiting.shift(); path; path = waiting.shift()) {
    const answer = await page.goto(path);
    expect(answer?.status(), `${path} from a link`).toBe(200);
    visited.push(path);
    // Thirteen alike: one picture of them, and without JavaScript one of them.
    const alike = /criteria\/(?:[2-9]|1\d)$/;
    await look(how, kind(path, mine), !alike.test(path));
    const links = await page.locator('a[href^="/"]').evaluateAll((list) => list.map((a) => a.getAttribute('href')!));
    for (const link of links) {
      const next = link.replace(/[?#].*$/, '');
      const left = skip.test(next) || (project.endsWith('-plain') && alike.test(next));
      if (left || seen.has(kind(next, mine))) continue;
      seen.add(kind(next, mine));
      waiting.push(next);
    }
  }
  return visited;
}

async function refused(watch: Watch, how: Look, path: string, status: number, name: string): Promise<void> {
  watch.expectStatus(status);
  const answer = await how.page.goto(path);
  expect(answer?.status()).toBe(status);
  await look(how, name, true);
}

test('public pages', async ({ page, accessible, watch }, info) => {
  const how = { page, accessible, who: 'public', project: info.project.name };
  const visited = await crawl(how, '/', '/none', /^\/assets\//);
  for (const path of ['/', '/criteria', '/criteria/1', '/programme', '/glossary', '/sign-in', '/accessibility', '/privacy', '/help']) {
    expect(visited).toContain(path);
  }
  await refused(watch, how, '/nonsense', 404, '/error-404');
  await refused(watch, how, '/criteria/14', 404, '/error-404-criterion');
  await refused(watch, how, '/invitations/0123456789abcdef', 404, '/error-404-invitation');
  await refused(watch, how, '/confirmations/0123456789abcdef', 404, '/error-404-confirmation');
});

test('a renewal in progress, as its lead', async ({ page, accessible, watch, portal }, info) => {
  const how = { page, accessible, who: 'lead', project: info.project.name };
  await signIn(page, account(portal, 'ingrid.solbergvik@fjellvik.example'));
  const application = await draft(page);
  const skip = /\/(?:file|copy|preview)$|\/evidence\.zip$|\/plan\.(?:csv|ics)$|^\/(?:criteria\/\d+|programme|glossary|accessibility|privacy|help|assets\/.*)$/;
  const visited = await crawl(how, '/home', application, skip);
  for (const rest of ['', '/criteria/1', '/evidence', '/team', '/check']) {
    expect(visited).toContain(application + rest);
  }
  expect(visited.filter((path) => path.endsWith('/receipt')).length, 'receipts of earlier applications').toBeGreaterThan(0);
  expect(visited.filter((path) => path.endsWith('/history')).length, 'earlier texts').toBeGreaterThan(0);
  const pieces = visited.filter((path) => /\/evidence\/[0-9a-f]{32}$/.test(path));
  expect(pieces.length, 'pieces of evidence').toBeGreaterThan(0);
  // One of them as a reviewer will see it.
  for (const piece of pieces) {
    await page.goto(piece);
    if ((await page.getByRole('link', { name: /^Download PDF/ }).count()) > 0) break;
  }
  const drawn = page.waitForResponse(/\/pages\/1$/);
  await page.getByRole('link', { name: 'What the reviewer will see' }).click();
  const picture = await drawn;
  expect(picture.status(), 'the picture of its page').toBe(200);
  await picture.finished();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('What the reviewer will see');
  await accessible(page, 'what the reviewer will see');
  await refused(watch, how, `/applications/${'f'.repeat(32)}`, 404, '/error-404');
  await refused(watch, how, `${application}/criteria/14`, 404, '/error-404-criterion');
  await refused(watch, how, `${application}/withdrawal`, 404, '/error-404-page');
});

test('an invitation, from the lead to the new colleague', async ({ page, accessible, portal, watch, stranger }, info) => {
  const how = { page, accessible, who: 'team', project: info.project.name };
  await signIn(page, account(portal, 'catalina.rozalen@quillamar.example'));
  const application = await draft(page);
  await page.goto(`${application}/team`);
  watch.expectStatus(422);
  await page.getByRole('button', { name: 'Make an invitation link' }).click();
  await expect(page.getByRole('alert')).toContainText('There is a problem');
  await look(how, '/invite-refused', true);
  await page.getByLabel('Name', { exact: true }).fill('Inés Quintanar');
  await page.getByLabel('Email address').fill('ines.quintanar@quillamar.example');
  await page.getByRole('button', { name: 'Make an invitation link' }).click();
  const link = await page.getByRole('status').locator('code').innerText();
  await look(how, '/invited', true);

  const colleague = { ...how, page: await stranger.newPage() };
  await colleague.page.goto(link);
  await look(colleague, '/invitation', true);
  await colleague.page.getByLabel('Choose a password').fill('too short');
  watch.expectStatus(422);
  await colleague.page.getByRole('button', { name: 'Accept' }).click();
  await expect(colleague.page.getByLabel('Your name')).toHaveValue('Inés Quintanar');
  await look(colleague, '/invitation-refused', true);
  await colleague.page.getByLabel('Choose a password').fill('a lemon tree in the yard');
  await colleague.page.getByLabel('The same password again').fill('a lemon tree in the yard');
  await colleague.page.getByRole('button', { name: 'Accept' }).click();
  await expect(colleague.page).toHaveURL(/\/account\/factors\/code$/);
  await look(colleague, '/enrolment', true);
  await enrol(colleague.page);
  await look(colleague, '/recovery-codes', true);
  await colleague.page.getByRole('link', { name: 'I have kept them: go on' }).click();
  await expect(colleague.page).toHaveURL(/\/home$/);
  watch.expectStatus(404);
  await colleague.page.goto(link);
  await expect(colleague.page.getByRole('heading', { name: 'This link cannot be used' })).toBeVisible();
  watch.expectStatus(403);
  await colleague.page.goto(`${application}/withdraw`);
  await look(colleague, '/error-403', true);
  await colleague.page.goto(`${application}/check`);
  await look(colleague, '/check-contributor', true);
});

const OTHERS = [
  ['returned', 'duarte.salvaterra@vilaferrim.example'],
  ['submitted', 'nurul.rahimin@kualamerawan.example'],
  ['under-review', 'wanjala.kiprotem@ngareta.example'],
  ['deliberation', 'maeve.thornbury@pinenarrows.example'],
  ['withdrawn', 'leopold.ansfelder@steinachried.example'],
  ['decided', 'haruka.mizushiro@hoshinami.example'],
  ['designated', 'lakshmi.varadakumar@meghaloor.example'],
  ['coordinator', 'elodie.marchbanks@programme.example'],
  ['administrator', 'anselm.birkenau@programme.example'],
] as const;

const PLACES: Record<string, readonly string[]> = {
  coordinator: ['/working-group/invitations'],
  administrator: [
    '/administration',
    '/administration/people',
    '/administration/invitations',
    '/administration/sessions',
    '/administration/settings',
    '/administration/mail',
    '/administration/record',
  ],
};

// These pages hold nothing that needs JavaScript, and are seen with it.
test('the other states and roles', { tag: '@scripts' }, async ({ page, context, accessible, portal }, info) => {
  for (const [who, email] of OTHERS) {
    await context.clearCookies();
    const how = { page, accessible, who, project: info.project.name };
    await signIn(page, account(portal, email));
    await look(how, '/home', true);
    for (const place of PLACES[who] ?? []) {
      await page.goto(place);
      await look(how, place, true);
    }
    if (who === 'administrator') {
      await page.goto('/administration/people');
      await page.getByLabel('Name or address begins with').fill('duarte');
      await page.getByRole('button', { name: 'Search' }).click();
      await page.getByRole('link', { name: 'Duarte Salvaterra' }).click();
      await look(how, '/administration/person', true);
    }
    const newest = page.locator('a[href^="/applications/"]').first();
    if ((await newest.count()) === 0) continue;
    const application = (await newest.getAttribute('href'))!.match(/^\/applications\/[0-9a-f]{32}/)![0];
    await page.goto(application);
    await look(how, '/application', true);
    if (who !== 'returned' && who !== 'submitted') continue;
    for (const rest of ['/criteria/1', '/check', ...(who === 'submitted' ? ['/receipt', '/withdraw'] : [])]) {
      await page.goto(application + rest);
      await look(how, rest, true);
    }
  }
});
