/** A whole cycle: a call, two centres, screening, two panels, decisions, letters, a certificate, the register. */

import { level, narrative, press as pressAnswer, ready } from '../support/answering.ts';
import { ALL_REVIEWERS, HIDDEN, type House, type Reviewer, REVIEWERS, test } from '../support/cast.ts';
import { ask, date, handIn, mark, openFile, outside, panelOf, prepare, press, reviewOf } from '../support/stations.ts';
import { expect, fitsWidth, SCREENS, type Page } from '../support/test.ts';

test.use({ world: 'cycle' });
test.setTimeout(480_000);

const HOUSES: House[] = ['north', 'south'];

test('from the call to the register', { tag: '@desktop' }, async ({ cast, watch }, info) => {
  let station = 0;
  const look = async (page: Page, name: string) => {
    const path = `${SCREENS}/cycle-${String(++station).padStart(2, '0')}-${name}-${info.project.name}.png`;
    await page.screenshot({ path, fullPage: true, animations: 'disabled' });
    // A phone's width as well, so that nobody has to walk the whole way a second time.
    const usual = page.viewportSize()!;
    await page.setViewportSize({ width: 390, height: 844 });
    await fitsWidth(page, name);
    await page.screenshot({ path: path.replace('.png', '-narrow.png'), fullPage: true, animations: 'disabled' });
    await page.setViewportSize(usual);
  };
  const [coordinator, second, chair] = [await cast.as('coordinator'), await cast.as('second'), await cast.as('chair')];
  const leads = { north: await cast.as('north'), south: await cast.as('south') };
  const applications = { north: '', south: '' };
  const aliases = { north: '', south: '' };
  const panels: Record<House, Reviewer[]> = { north: [], south: [] };
  const group = (house: House, rest = '') => `/working-group${applications[house]}${rest}`;
  let cycle = '';

  await test.step('the call', async () => {
    await coordinator.goto('/working-group/cycles/new');
    await coordinator.getByLabel('Name', { exact: true }).fill('2027 autumn');
    await date(coordinator, ['2027-03-01', '2027-05-31', '2027-07-31', '2027-09-15', '2027-11-20']);
    await press(coordinator, 'Begin the cycle');
    await expect(coordinator.getByText('The cycle has begun.')).toBeVisible();
    await look(coordinator, 'call');
    cycle = new URL(coordinator.url()).pathname.replace('/settings', '');
  });

  await test.step('two submissions', async () => {
    for (const house of HOUSES) {
      await leads[house].goto('/home');
      await press(leads[house], 'Start from the last application');
      applications[house] = new URL(leads[house].url()).pathname;
      await prepare(leads[house], applications[house]);
      await handIn(leads[house], applications[house]);
      await look(leads[house], `receipt-${house}`);
    }
  });

  await test.step('screening with one return', async () => {
    await coordinator.goto(cycle);
    await look(coordinator, 'board');
    await coordinator.goto(group('south', '/screening'));
    await coordinator.getByLabel('Reason to return it, criterion 7').fill('Say in the text where the beds are.');
    await look(coordinator, 'screening');
    await press(coordinator, 'Return with the reasons');
    const { south } = leads;
    await south.goto(applications.south);
    await look(south, 'returned');
    await south.getByRole('link', { name: /Say in the text where the beds are/ }).first().click();
    await ready(south);
    await narrative(south).fill(`${await narrative(south).inputValue()}\n\nThe beds are on the oncology ward.`);
    await pressAnswer(south, 'Save');
    await expect(south.getByText('Saved.', { exact: true })).toBeVisible();
    await handIn(south, applications.south);
    for (const house of HOUSES) {
      await coordinator.goto(group(house, '/screening'));
      await press(coordinator, 'Accept for review');
      await expect(coordinator.getByText('The application is accepted.')).toBeVisible();
    }
    await look(coordinator, 'accepted');
  });

  await test.step('assignment', async () => {
    await coordinator.goto(`${cycle}/assignment`);
    await coordinator.getByRole('link', { name: 'Propose reviewers' }).click();
    await look(coordinator, 'proposal');
    await press(coordinator, 'Ask these reviewers');
    for (const house of HOUSES) {
      const { sitting, alias } = await panelOf(coordinator, group(house, '/panel'));
      expect(sitting).toHaveLength(2);
      [panels[house], aliases[house]] = [sitting, alias];
    }
    await look(coordinator, 'panel');
  });

  await test.step('a conflict takes every trace away, and another is asked', async () => {
    const [who] = panels.north as [Reviewer, Reviewer];
    const page = await cast.as(who);
    const review = await openFile(page, aliases.north);
    await page.getByRole('link', { name: 'I recognise this centre, or have a conflict' }).click();
    await page.getByLabel(/^Co-author/).check();
    await press(page, 'Declare the conflict');
    await look(page, 'conflict');
    for (const place of ['/home', '/reviews']) {
      await page.goto(place);
      expect(await page.content()).not.toContain(aliases.north);
    }
    watch.expectStatus(404);
    expect((await page.goto(review))?.status()).toBe(404);
    const other = ALL_REVIEWERS.find((one) => !panels.north.includes(one) && !panels.south.includes(one))!;
    await coordinator.goto(group('north', '/panel'));
    const choice = coordinator.getByLabel('Reviewer', { exact: true });
    await expect(choice.locator('option', { hasText: REVIEWERS[who] })).toHaveCount(0);
    await choice.selectOption((await choice.locator('option', { hasText: REVIEWERS[other] }).getAttribute('value'))!);
    await press(coordinator, 'Ask');
    panels.north = (await panelOf(coordinator, group('north', '/panel'))).sitting;
    expect(panels.north).toContain(other);
    expect(panels.north).not.toContain(who);
  });

  await test.step('reviews, and a question', async () => {
    for (const house of HOUSES) {
      for (const [place, who] of panels[house].entries()) {
        const page = await cast.as(who);
        const review = await openFile(page, aliases[house]);
        await mark(page, review, place === 0 ? 3 : 2);
        if (place === 0 && house === 'north') {
          await ask(cast, who, review, group('north'), applications.north);
          await look(page, 'answered');
          await look(coordinator, 'passed-on');
        }
        await page.goto(`${review}/submit`);
        await page.getByLabel('Accredited', { exact: true }).check();
        await page.getByLabel('Summary for the centre').fill('A team that works.');
        await press(page, 'Hand the review in');
        await expect(page).toHaveURL(/done=submitted$/);
        await look(page, `review-${house}-${place + 1}`);
      }
    }
  });

  await test.step('deliberation', async () => {
    for (const house of HOUSES) {
      const [one, two] = panels[house] as [Reviewer, Reviewer];
      await coordinator.goto(group(house, '/panel'));
      await coordinator.getByRole('button', { name: new RegExp(`^Let lead\\s?: ${REVIEWERS[one]}$`) }).click();
      await coordinator.goto(group(house, '/deliberation'));
      await press(coordinator, 'Begin the deliberation');
      const [lead, other] = [await cast.as(one), await cast.as(two)];
      const [mine, theirs] = [await reviewOf(lead, aliases[house]), await reviewOf(other, aliases[house])];
      await lead.goto(`${mine}/deliberation/5`);
      await lead.getByLabel('Say something to the panel').fill('Page 1 of the policy covers the nights.');
      await press(lead, 'Say it');
      await other.goto(`${theirs}/deliberation/5`);
      await expect(other.getByText('Page 1 of the policy covers the nights.')).toBeVisible();
      expect(await other.content()).not.toContain(REVIEWERS[one]);
      if (house === 'north') {
        await level(other, 3).check();
        await other.getByLabel('Why').fill('The policy shows it.');
        await press(other, 'Save your level');
      }
      await look(other, `deliberation-${house}`);
      await lead.goto(`${mine}/feedback`);
      await lead.getByRole('button', { name: /^Take over the 1[23] criteria/ }).click();
      if (house === 'south') {
        await lead.goto(`${mine}/feedback/5`);
        await level(lead, 2).check();
        await lead.getByLabel('Gap').fill('Nights are not covered, as Professor Castell has seen.');
        await press(lead, 'Save');
      }
      await lead.goto(`${mine}/feedback`);
      await expect(lead.getByText('The feedback is complete')).toBeVisible();
      await look(lead, `feedback-${house}`);
    }
  });

  await test.step('decisions: one proposes, another confirms', async () => {
    for (const [house, outcome] of [['north', 'Accredited'], ['south', 'Accredited with recommendations']] as const) {
      await chair.goto(group(house, '/decision'));
      const suggested = chair.locator('section[aria-labelledby="suggested"]');
      await expect(suggested.getByText(outcome, { exact: true })).toBeVisible();
      await chair.getByLabel(outcome, { exact: true }).check();
      await press(chair, 'Propose');
      await expect(chair.getByRole('button', { name: 'Confirm the decision' })).toHaveCount(0);
      await coordinator.goto(group(house, '/decision'));
      await look(coordinator, `decision-${house}`);
      await press(coordinator, 'Confirm the decision');
    }
  });

  await test.step('the gate holds a name back', async () => {
    await coordinator.goto(`${cycle}/releases`);
    for (const box of await coordinator.getByRole('checkbox').all()) await box.check();
    watch.expectStatus(422);
    await press(coordinator, 'Propose this batch');
    await expect(coordinator.getByRole('alert')).toContainText('look at the names in what the centre reads first');
    await coordinator.goto(group('south', '/gate'));
    await expect(coordinator.getByText('Found: Professor Castell.')).toBeVisible();
    await look(coordinator, 'gate');
    await coordinator.getByRole('link', { name: 'Mend the text' }).click();
    await coordinator.getByLabel('Gap').fill('Nights are not covered.');
    await press(coordinator, 'Save');
    await coordinator.goto(group('south', '/gate'));
    await expect(coordinator.getByText('Nothing is open.')).toBeVisible();
  });

  await test.step('release by two', async () => {
    // The demo's clock stands still: the dates come to it, so that the award was yesterday.
    await coordinator.goto(`${cycle}/settings`);
    await date(coordinator, ['2026-09-01', '2026-11-30', '2027-01-31', '2027-02-28', '2027-03-04']);
    await press(coordinator, 'Save dates and rules');
    await expect(coordinator.getByText('Saved.', { exact: true })).toBeVisible();
    await coordinator.goto(`${cycle}/releases`);
    for (const box of await coordinator.getByRole('checkbox').all()) await box.check();
    await press(coordinator, 'Propose this batch');
    await expect(coordinator.getByText('Another person has to release this batch')).toBeVisible();
    for (const house of HOUSES) {
      watch.expectStatus(404);
      expect((await leads[house].goto(`${applications[house]}/result`))?.status()).toBe(404);
    }
    await second.goto(new URL(coordinator.url()).pathname);
    await look(second, 'batch');
    await press(second, 'Release all of them');
    await expect(second.getByText('This batch is released.')).toBeVisible();
  });

  await test.step('letters and certificates, and no name in them', async () => {
    for (const house of HOUSES) {
      const page = leads[house];
      for (const rest of ['', '/result', '/designation', '/certificate', '/receipt', '/requests', '/appeal', '/team']) {
        await page.goto(`${applications[house]}${rest}`);
        const source = await page.content();
        expect(HIDDEN.filter((word) => source.toLowerCase().includes(word)), `${house} ${rest}`).toEqual([]);
        expect(source).not.toContain('Castell');
        if (['/result', '/certificate'].includes(rest)) await look(page, `${rest.slice(1)}-${house}`);
        if (rest === '/certificate') expect(await outside(page), 'words outside the frame of a narrow certificate').toEqual([]);
      }
    }
    await leads.north.goto(`${applications.north}/result`);
    await expect(leads.north.getByText('Your centre is designated for three years.')).toBeVisible();
    await expect(leads.north.getByText('The rota at criterion 13 is kept.')).toBeVisible();
    await leads.south.goto(`${applications.south}/result`);
    await expect(leads.south.getByText('Accredited with recommendations').first()).toBeVisible();
  });

  await test.step('consent, the register, and the code', async () => {
    const { north } = leads;
    const anybody = await cast.stranger();
    await anybody.goto('/register?q=Hoshinami');
    await expect(anybody.getByRole('cell', { name: /Hoshinami/ })).toHaveCount(0);
    await north.goto(`${applications.north}/designation`);
    const code = /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(await north.locator('main').innerText())![0];
    await press(north, 'Agree and publish');
    await expect(north.getByText('Your designation stands in the register.')).toBeVisible();
    await look(north, 'designation');
    await anybody.goto('/register?q=Hoshinami');
    await look(anybody, 'register');
    await expect(anybody.getByText('Hoshinami University Cancer Centre')).toBeVisible();
    await anybody.goto('/verify');
    await anybody.getByLabel('Verification code').fill(code.toLowerCase());
    await press(anybody, 'Check');
    await look(anybody, 'verified');
    await expect(anybody.getByText('This certificate is valid')).toBeVisible();
    await expect(anybody.getByText('It was issued to Hoshinami University Cancer Centre, Japan.')).toBeVisible();
  });
});
