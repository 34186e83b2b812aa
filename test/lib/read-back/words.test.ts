import { expect, test } from 'vitest';
import { withSample } from '../../../lib/read-back/learn-tool.ts';
import { lookSentence, toolSentences } from '../../../lib/read-back/words.ts';
import { compared, found, pdfs, sampleOf } from '../../fakes/learnt-tool.ts';
import { minute, nine } from '../../fakes/ledger-samples.ts';

test('a look is described in one sentence with its time and its counts', () => {
  expect(lookSentence({ at: nine, listed: 3, different: 2, notCompared: 0 })).toBe(
    'At 2026-01-05T09:00:00.000Z the target listed 3 files: 2 with different bytes, 0 not compared.',
  );
});

test('the sentence about a look that listed no file has no counts', () => {
  const problem = "Kombo did not list the target's files: KOMBO_UNAVAILABLE.";
  const look = { at: nine, listed: 0, different: 0, notCompared: 0 };
  expect(lookSentence(look)).toBe('At 2026-01-05T09:00:00.000Z no files were listed.');
  expect(lookSentence({ ...look, problem })).toBe(`At 2026-01-05T09:00:00.000Z no files were listed. ${problem}`);
});

test('the problem of a look is a second sentence', () => {
  const problem = 'Kombo provides no link to the file.';
  expect(lookSentence({ at: nine, listed: 3, different: 2, notCompared: 1, problem })).toBe(
    `At 2026-01-05T09:00:00.000Z the target listed 3 files: 2 with different bytes, 1 not compared. ${problem}`,
  );
});

test('the sentence about a tool of which nothing is known names what will teach it', () => {
  expect(toolSentences([], nine)).toEqual([
    'Nothing is known about this tool yet. That changes with the next attached files: 15 minutes later their targets are listed and the bytes compared.',
  ]);
});

test('knowledge of a tool is one sentence for each kind of target and type of file', () => {
  const letters = { kind: 'application', contentType: 'text/plain' } as const;
  const once = found([], 'A', 10);
  const twice = found(once, 'B', 20, nine + minute);
  const waiting = withSample(twice, pdfs, sampleOf('C', 30));
  expect(toolSentences(compared(waiting, sampleOf('D', 5), 'not-found', nine, letters), nine + minute)).toEqual([
    'This tool lists application/pdf files of candidates, and stores them unchanged up to 20 bytes (valid until 2026-02-04T09:01:00.000Z). Files still to be compared: 1.',
    'It is not known whether this tool lists text/plain files of applications.',
  ]);
  expect(toolSentences(once, nine)).toEqual([
    'This tool lists application/pdf files of candidates, and may change them: an unchanged file was found at one target only (valid until 2026-02-04T09:00:00.000Z).',
  ]);
  expect(toolSentences(withSample([], letters, sampleOf('A', 1)), nine)).toEqual([
    'It is not known whether this tool lists text/plain files of applications. Files still to be compared: 1.',
  ]);
});
