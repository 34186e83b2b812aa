import { expect, test } from 'vitest';
import { lookSentence } from '../../../lib/read-back/words.ts';
import { nine } from '../../fakes/ledger-samples.ts';

test('a look is told in one sentence with its time and its counts', () => {
  expect(lookSentence({ at: nine, listed: 3, different: 2, notCompared: 0 })).toBe(
    'At 2026-01-05T09:00:00.000Z the target listed 3 files: 2 with different bytes, 0 not compared.',
  );
});

test('a look without a listed file does not count files', () => {
  const problem = "Kombo did not list the target's files: KOMBO_UNAVAILABLE.";
  const look = { at: nine, listed: 0, different: 0, notCompared: 0 };
  expect(lookSentence(look)).toBe('At 2026-01-05T09:00:00.000Z no files were listed.');
  expect(lookSentence({ ...look, problem })).toBe(`At 2026-01-05T09:00:00.000Z no files were listed. ${problem}`);
});

test('what hindered a look is a second sentence', () => {
  const problem = 'Kombo provides no link to the file.';
  expect(lookSentence({ at: nine, listed: 3, different: 2, notCompared: 1, problem })).toBe(
    `At 2026-01-05T09:00:00.000Z the target listed 3 files: 2 with different bytes, 1 not compared. ${problem}`,
  );
});
