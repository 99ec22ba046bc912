/** Without a mouse, at 400 % zoom, in forced colours, and with less motion. */

import { level, narrative, openCriterion, settled } from '../support/answering.ts';
import { account, draft, expect, fitsWidth, SCREENS, signIn, test, type Page } from '../support/test.ts';

test.use({ world: 'keyboard' });

test.beforeEach(async ({ page, portal }) => {
  await signIn(page, account(portal, 'ingrid.solbergvik@fjellvik.example'));
});

interface Stop {
  what: string;
  shown: boolean;
  ringed: boolean;
  covered: boolean;
}

/** What has the focus, and whether one can see it. */
const stop = (page: Page) =>
  page.evaluate((): Stop | null => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement || element instanceof SVGElement) || element === document.body) return null;
    const what = element.id || element.getAttribute('name') || (element.textContent ?? '').trim().slice(0, 60);
    const box = element.getBoundingClientRect();
    // A radio button may stand in a card that shows the focus for it.
    const rings = [element, element.closest('label'), element.closest('.editor')].filter((e): e is HTMLElement => e !== null);
    const ringed = rings.some((e) => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(e);
      return (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
    });
    const [x, y] = [box.left + box.width / 2, box.top + Math.min(box.height / 2, 20)];
    const top = document.elementFromPoint(x, y);
    const covered = !top || !(element.contains(top) || top.contains(element) || element.closest('label')?.contains(top));
    return { what, shown: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight, ringed, covered };
  });

test('the skip link comes first and leads past the header', async ({ page }) => {
  const application = await draft(page);
  await openCriterion(page, application, 1);
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Skip to the content' });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/#main$/);
  await page.keyboard.press('Tab');
  const inside = await page.evaluate(() => document.querySelector('main')!.contains(document.activeElement));
  expect(inside, 'the next stop is in the content').toBe(true);
});

test('the criterion page in the order of its parts, each stop visible', async ({ page }) => {
  const application = await draft(page);
  await openCriterion(page, application, 1);
  const stops: Stop[] = [];
  for (let pressed = 0; pressed < 200; pressed++) {
    await page.keyboard.press('Tab');
    const here = await stop(page);
    if (!here) break;
    stops.push(here);
  }
  const list = stops.map((s) => s.what);
  expect(stops.length, 'the focus leaves the page at its end').toBeLessThan(200);
  expect(stops.filter((s) => !s.shown).map((s) => s.what), 'stops out of sight').toEqual([]);
  expect(stops.filter((s) => !s.ringed).map((s) => s.what), 'stops without a ring').toEqual([]);
  expect(stops.filter((s) => s.covered).map((s) => s.what), 'stops under something else').toEqual([]);
  const order = [
    /^Skip to the content$/,
    /^Designated Centres$/,
    /^Home$/,
    /^Evidence$/,
    /^Sign out$/,
    /^level/,
    /^narrative$/,
    /^Preview as it will be read$/,
    /^indicator\./,
    /^then$/,
    /^Add a document or a link$/,
    /^Use a piece you already added$/,
    /^Write a note, or ask for a change$/,
    /^Next/,
    /^Accessibility$/,
    /^Help$/,
  ];
  let from = -1;
  for (const part of order) {
    const at = list.findIndex((what, index) => index > from && part.test(what));
    expect(at, `${part} after ${list[from] ?? 'the beginning'} in ${list.join(' | ')}`).toBeGreaterThan(from);
    from = at;
  }
  // The guidance comes before the form it explains, and its links can be reached where it is open.
  const wide = page.viewportSize()!.width > 1000;
  const guidance = list.findIndex((what) => (wide ? /^Worked examples/ : /^Guidance for criterion/).test(what));
  expect(guidance, list.join(' | ')).toBeGreaterThan(-1);
  expect(guidance).toBeLessThan(list.findIndex((what) => /^level/.test(what)));
});

test('a level is chosen with the arrow keys, and an answer is written and sent without a mouse', async ({ page }) => {
  const application = await draft(page);
  await openCriterion(page, application, 2);
  await level(page, 1).check();
  await level(page, 1).focus();
  await page.keyboard.press('ArrowDown');
  await expect(level(page, 2)).toBeChecked();
  await expect(level(page, 2)).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await expect(level(page, 3)).toBeChecked();
  await page.keyboard.press('Tab');
  await expect(narrative(page)).toBeFocused();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('Written without a mouse.');
  await settled(page);
  await page.getByRole('button', { name: 'Save', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('Saved.', { exact: true })).toBeVisible();
  await expect(level(page, 3)).toBeChecked();
  await expect(narrative(page)).toHaveValue('Written without a mouse.');
});

test('a finding leads to its field', async ({ page }) => {
  const application = await draft(page);
  await page.goto(application);
  const first = page.locator('section.findings a').first();
  await first.focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/#/);
  const place = decodeURIComponent(new URL(page.url()).hash.slice(1));
  await expect(page.locator(`[id="${place}"]`)).toBeInViewport();
});

const PLACES = ['', '/criteria/1', '/evidence', '/team', '/check'];

test('forced colours', async ({ page, accessible }, info) => {
  const application = await draft(page);
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ forcedColors: 'active', colorScheme: theme });
    for (const place of theme === 'light' ? PLACES : PLACES.slice(0, 2)) {
      await page.goto(application + place);
      // Axe reads a colour that the browser does not paint here; what the portal paints itself is looked at below.
      await accessible(page, `${place || 'the application'} in forced colours`, ['color-contrast']);
      const path = `${SCREENS}/forced${place.replaceAll('/', '-') || '-application'}-${theme}-${info.project.name}.png`;
      await page.screenshot({ path, fullPage: true, animations: 'disabled' });
    }
  }
  // The chosen level differs from the others by more than its colour alone could say.
  await openCriterion(page, application, 1);
  await level(page, 3).check();
  const looks = await page.locator('.level-cards label').evaluateAll((cards) => cards.map((c) => getComputedStyle(c).backgroundColor));
  expect(new Set(looks).size, 'the chosen card stands out').toBe(2);
  const chosen = page.locator('.level-cards label:has(:checked)');
  const colours = await chosen.locator('b, span').evaluateAll((texts) => texts.map((text) => getComputedStyle(text).color));
  const ink = await chosen.evaluate((card) => getComputedStyle(card).color);
  expect(new Set(colours), 'every text of the chosen card has the colour of the selection').toEqual(new Set([ink]));
  await settled(page);
});

test('less motion', async ({ page }, info) => {
  const application = await draft(page);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  for (const place of PLACES) {
    await page.goto(application + place);
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll('*')].flatMap((element) => {
        const { transitionDuration, animationDuration, scrollBehavior } = getComputedStyle(element);
        const longest = Math.max(...`${transitionDuration}, ${animationDuration}`.split(', ').map(parseFloat));
        return longest > 0.05 || scrollBehavior === 'smooth' ? [`${element.tagName}.${element.className}`] : [];
      }),
    );
    expect(moving, `what moves on ${place || 'the application'}`).toEqual([]);
  }
  await page.screenshot({ path: `${SCREENS}/reduced-motion-${info.project.name}.png`, fullPage: true });
});

test('400 % zoom: everything in one column, and nothing covers the focus', { tag: '@desktop' }, async ({ page, accessible }) => {
  const application = await draft(page);
  // 1280 x 1024 at 400 %.
  await page.setViewportSize({ width: 320, height: 256 });
  for (const place of PLACES) {
    await page.goto(application + place);
    await fitsWidth(page, `${place || 'the application'} at 400 %`);
    await accessible(page, `${place || 'the application'} at 400 %`);
    const path = `${SCREENS}/zoom-400${place.replaceAll('/', '-') || '-application'}.png`;
    await page.screenshot({ path, fullPage: true, animations: 'disabled' });
  }
  await openCriterion(page, application, 1);
  await narrative(page).focus();
  await page.keyboard.press('Tab');
  for (let pressed = 0; pressed < 12; pressed++) {
    await page.keyboard.press('Tab');
    const here = await stop(page);
    expect(here?.covered, `${here?.what} is under something else`).toBe(false);
  }
});
