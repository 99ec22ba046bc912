/** What leaves the printer: the whole application on few pages, without guides and without what only a screen needs. */

import { account, expect, signIn, test, type Page } from '../support/test.ts';

test.use({ world: 'print' });

/** A4 pages that the fullest application may take. */
const PAGES = 16;

/** Counts the pages of a PDF that Chromium wrote. */
function pages(pdf: Buffer): number {
  return pdf.toString('latin1').match(/\/Type\s*\/Page(?![a-zA-Z])/g)?.length ?? 0;
}

async function print(page: Page): Promise<number> {
  return pages(await page.pdf({ format: 'A4', preferCSSPageSize: true }));
}

test('the printed application of every centre', { tag: '@desktop' }, async ({ page, context, portal }) => {
  test.setTimeout(180_000);
  const rows: { centre: string; path: string; sheets: number; words: number }[] = [];
  for (const { centre, email } of portal.accounts.filter((a) => a.role === 'centre lead')) {
    await context.clearCookies();
    await signIn(page, account(portal, email));
    const links = await page.locator('a[href^="/applications/"]').evaluateAll((list) => list.map((a) => a.getAttribute('href')!));
    const applications = new Set(links.map((href) => /^\/applications\/[0-9a-f]{32}/.exec(href)![0]));
    for (const application of applications) {
      await page.goto(`${application}/check`);
      expect(await page.locator('article.answer').count(), 'every criterion is printed').toBe(13);
      const words = (await page.locator('main').innerText()).split(/\s+/).length;
      rows.push({ centre: centre ?? '', path: application, sheets: await print(page), words });
    }
  }
  rows.sort((a, b) => b.words - a.words);
  console.log(rows.map((r) => `${String(r.sheets).padStart(3)} pages ${String(r.words).padStart(6)} words  ${r.centre}`).join('\n'));
  expect(rows.length).toBeGreaterThan(5);
  for (const { centre, sheets, words } of rows) {
    expect(sheets, `pages of ${centre}`).toBeGreaterThan(0);
    expect(sheets, `pages of ${centre}, ${words} words`).toBeLessThanOrEqual(PAGES);
  }
});

test('a criterion prints without its guide, and a guide without definitions', { tag: '@desktop' }, async ({ page, portal }) => {
  await signIn(page, account(portal, 'ingrid.solbergvik@fjellvik.example'));
  const href = await page.getByRole('link', { name: 'Open the application' }).getAttribute('href');
  await page.goto(`${href}/criteria/6`);
  await page.emulateMedia({ media: 'print' });
  await expect(page.locator('.guidance')).toBeHidden();
  await expect(page.locator('.definition:visible')).toHaveCount(0);
  await page.goto('/criteria/6');
  await expect(page.locator('.term').first()).toBeVisible();
  await page.locator('.term').first().hover();
  await page.waitForTimeout(800);
  await expect(page.locator('.definition:visible')).toHaveCount(0);
});
