import { expect, test } from 'vitest';
import { lookSentence } from '../../../lib/read-back/words.ts';
import { nine } from '../../fakes/ledger-samples.ts';

test('a look is told in one sentence with its time and its counts', () => {
  expect(lookSentence({ at: nine, listed: 3, different: 2, notCompared: 0 })).toBe(
    'At 2026-01-05T09:00:00.000Z the target listed 3 files: 2 with other bytes, 0 not compared.',
  );
});

test('what hindered a look is a second sentence', () => {
  const problem = 'Kombo serves no link to the file.';
  expect(lookSentence({ at: nine, listed: 3, different: 2, notCompared: 1, problem })).toBe(
    `At 2026-01-05T09:00:00.000Z the target listed 3 files: 2 with other bytes, 1 not compared. ${problem}`,
  );
});
