/** How hard the guides are to read: the Flesch-Kincaid grade, as a table. */

import { fleschKincaid } from 'flesch-kincaid';
import { syllable } from 'syllable';
import { expect, test, type Page } from '../support/test.ts';

test.use({ world: 'reading' });

/** School years that the average guide may ask for. */
const GRADE = 12;

interface Counts {
  sentence: number;
  word: number;
  syllable: number;
}

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });
const words = new Intl.Segmenter('en', { granularity: 'word' });

function count(blocks: string[]): Counts {
  const counts = { sentence: 0, word: 0, syllable: 0 };
  for (const block of blocks) {
    for (const { segment } of sentences.segment(block)) {
      const spoken = [...words.segment(segment)].filter((part) => part.isWordLike).map((part) => part.segment);
      if (spoken.length === 0) continue;
      counts.sentence += 1;
      counts.word += spoken.length;
      // A number is one word, said in at least one breath.
      counts.syllable += spoken.reduce((sum, word) => sum + Math.max(1, syllable(word)), 0);
    }
  }
  return counts;
}

/** The text of a page as people read it, a block at a time: no list of sources, no definitions, no numbers of sources. */
async function blocks(page: Page): Promise<string[]> {
  return page.locator('main').evaluate((main) => {
    const text = main.cloneNode(true) as HTMLElement;
    text.querySelector('#sources')?.closest('section')?.remove();
    text.querySelectorAll('nav, .definition, .reference').forEach((part) => part.remove());
    return [...text.querySelectorAll('p, li, dd, dt')]
      .filter((block) => block.querySelector('p, li, dd, dt') === null)
      .map((block) => (block.textContent ?? '').replaceAll(/\s*\[[,\s]*\]/g, '').trim())
      .filter((block) => block !== '');
  });
}

test('reading ease of the programme and the 13 guides', { tag: '@desktop' }, async ({ page }, info) => {
  const rows: string[] = [];
  const grades: number[] = [];
  const guides = Array.from({ length: 13 }, (_, i) => `/criteria/${i + 1}`);
  for (const path of ['/programme', ...guides]) {
    await page.goto(path);
    const counts = count(await blocks(page));
    expect(counts.word, `words of ${path}`).toBeGreaterThan(path === '/programme' ? 400 : 1_000);
    const grade = fleschKincaid(counts);
    grades.push(grade);
    const perSentence = (counts.word / counts.sentence).toFixed(1);
    rows.push(`${path.padEnd(13)} ${grade.toFixed(1).padStart(5)} ${String(counts.word).padStart(6)} ${perSentence.padStart(14)}`);
  }
  const average = grades.reduce((sum, grade) => sum + grade, 0) / grades.length;
  const table = ['page          grade  words  per sentence', ...rows, `average       ${average.toFixed(1).padStart(5)}`].join('\n');
  console.log(table);
  await info.attach('reading ease', { body: table, contentType: 'text/plain' });
  expect(average).toBeLessThanOrEqual(GRADE);
  expect(Math.max(...grades), 'the hardest page').toBeLessThanOrEqual(GRADE + 1);
});
