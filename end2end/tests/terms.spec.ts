/** Terms of the guides: the definition shows on hover and on focus, stays, can be closed, and a press leads to it. */

import { expect, fitsWidth, test } from '../support/test.ts';

test.use({ world: 'terms' });

test('a definition shows on hover, stays under the pointer, and Escape closes it', { tag: '@pointer' }, async ({ page }) => {
  await page.goto('/criteria/6');
  const term = page.locator('.reading .term').first();
  const definition = page.locator(`[id="${await term.getAttribute('interestfor')}"]`);
  await expect(definition).toBeHidden();
  await term.hover();
  await expect(definition).toBeVisible();
  // Hoverable: the pointer may rest on it.
  await definition.hover();
  await page.waitForTimeout(600);
  await expect(definition).toBeVisible();
  // Dismissable without moving the pointer.
  await page.keyboard.press('Escape');
  await expect(definition).toBeHidden();
});

test('a definition shows on focus, beside its word, and goes with the focus', async ({ page, accessible }, info) => {
  await page.goto('/criteria/6');
  const term = page.locator('.reading .term').first();
  const definition = page.locator(`[id="${await term.getAttribute('interestfor')}"]`);
  // As somebody who comes with the keyboard.
  await page.locator('.skip-link').focus();
  for (let i = 0; i < 60 && !(await term.evaluate((e) => e === document.activeElement)); i += 1) await page.keyboard.press('Tab');
  await expect(term).toBeFocused();
  await expect(definition).toBeVisible();
  await expect(term).toHaveAccessibleDescription((await definition.innerText()).trim());
  const [word, box] = [(await term.boundingBox())!, (await definition.boundingBox())!];
  expect(Math.min(Math.abs(box.y - (word.y + word.height)), Math.abs(word.y - (box.y + box.height)))).toBeLessThan(24);
  await fitsWidth(page, 'a guide with an open definition');
  if (!info.project.name.endsWith('-plain')) await accessible(page, 'a guide with an open definition');
  await page.keyboard.press('Escape');
  await expect(definition).toBeHidden();
});

test('a press on a term leads to its definition', async ({ page }) => {
  await page.goto('/criteria/6');
  const term = page.locator('.reading .term').first();
  const href = (await term.getAttribute('href'))!;
  const definition = await page.locator(`[id="${await term.getAttribute('interestfor')}"]`).textContent();
  await term.click();
  await expect(page).toHaveURL(new RegExp(`${href}$`));
  await expect(page.locator(`[id="${href.split('#')[1]}"] dd`)).toHaveText(definition!);
});
