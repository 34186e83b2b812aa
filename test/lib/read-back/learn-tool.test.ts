import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  afterSample,
  hasListed,
  knowledgeOf,
  listsWithinMs,
  nextComparisonAt,
  type SampleResult,
  type Tool,
  type ToolTopic,
  wantsSample,
  withoutTraces,
  withSample,
} from '../../../lib/read-back/learn-tool.ts';
import { compared, found, groupOf, pdfs, sampleOf, wants } from '../../fakes/learnt-tool.ts';
import { day, hour, minute, nine } from '../../fakes/ledger-samples.ts';

describe('knowledge of a tool', () => {
  test('nothing is known of a tool before a sample was found', () => {
    expect(knowledgeOf([], pdfs, nine)).toEqual({ lists: false, keepsBytes: 0 });
    const noted = withSample([], pdfs, sampleOf('A', 10));
    expect(knowledgeOf(noted, pdfs, nine)).toEqual({ lists: false, keepsBytes: 0 });
  });

  test('one found sample teaches that the tool lists what it accepted, and nothing about bytes', () => {
    expect(knowledgeOf(found([], 'A', 10), pdfs, nine)).toEqual({ lists: true, keepsBytes: 0 });
  });

  test("a tool's time to list is that of the quickest look that found a sample, and infinite without one", () => {
    expect(listsWithinMs([], pdfs, nine)).toBe(Number.POSITIVE_INFINITY);
    const tool = found(found([], 'A', 10, nine + 5 * hour), 'B', 10, nine + 3 * hour);
    expect(listsWithinMs(tool, pdfs, nine + 5 * hour)).toBe(3 * hour);
  });

  test('a tool has listed a kind of target once a sample of any type was found there, until the lesson ends', () => {
    const tool = found([], 'A', 10);
    expect(hasListed([], pdfs.kind, nine)).toBe(false);
    expect(hasListed(tool, pdfs.kind, nine)).toBe(true);
    expect(hasListed(tool, pdfs.kind === 'candidate' ? 'application' : 'candidate', nine)).toBe(false);
    expect(hasListed(tool, pdfs.kind, nine + 31 * day)).toBe(false);
  });

  test('a lesson from a late look does not stop another upload from being a sample', () => {
    const late = found(found([], 'A', 10, nine + 2 * hour), 'B', 10, nine + 2 * hour);
    expect(knowledgeOf(late, pdfs, nine + 2 * hour)).toEqual({ lists: true, keepsBytes: 10 });
    expect(wants(late, 'A', 10, nine + 2 * hour)).toBe(true);
    expect(wants(found(late, 'C', 10, nine + hour), 'C', 10, nine + 2 * hour)).toBe(false);
  });

  test('two found samples of one target still teach nothing about bytes', () => {
    expect(knowledgeOf(found(found([], 'A', 10), 'A', 20), pdfs, nine).keepsBytes).toBe(0);
  });

  test('two found samples of two targets teach that bytes are kept up to the length of the longer one', () => {
    expect(knowledgeOf(found(found([], 'A', 30), 'B', 20), pdfs, nine).keepsBytes).toBe(30);
    expect(knowledgeOf(found(found([], 'A', 20), 'B', 30), pdfs, nine).keepsBytes).toBe(30);
  });

  test.each<[string, ToolTopic]>([
    ['another kind of target', { kind: 'application', contentType: 'application/pdf' }],
    ['another content type', { kind: 'candidate', contentType: 'text/plain' }],
  ])('a lesson about candidates and PDFs says nothing about %s', (_, topic) => {
    const tool = found(found([], 'A', 10), 'B', 10);
    expect(knowledgeOf(tool, topic, nine)).toEqual({ lists: false, keepsBytes: 0 });
    expect(wants(tool, 'C', 10, nine, topic)).toBe(true);
  });

  test('a lesson lasts 30 days and not a millisecond longer', () => {
    const tool = found(found([], 'A', 10), 'B', 10);
    expect(knowledgeOf(tool, pdfs, nine + 30 * day - 1)).toEqual({ lists: true, keepsBytes: 10 });
    expect(knowledgeOf(tool, pdfs, nine + 30 * day)).toEqual({ lists: false, keepsBytes: 0 });
  });

  test('each lesson ends on its own day: when the first one ends, the other one shows only that the tool lists', () => {
    const tool = found(found([], 'A', 10), 'B', 10, nine + 10 * day);
    expect(knowledgeOf(tool, pdfs, nine + 35 * day)).toEqual({ lists: true, keepsBytes: 0 });
  });

  test('a shorter file found later at the same target does not reduce what is known', () => {
    const tool = found(found(found([], 'A', 30), 'B', 10), 'A', 5);
    expect(knowledgeOf(tool, pdfs, nine).keepsBytes).toBe(30);
  });

  test.each<SampleResult>(['not-found', 'unreadable', 'dropped'])(
    'a sample whose comparison ended as "%s" teaches nothing and takes nothing back',
    (result) => {
      expect(knowledgeOf(compared([], sampleOf('A', 10), result), pdfs, nine).lists).toBe(false);
      const known = found(found([], 'A', 10), 'B', 10);
      expect(knowledgeOf(compared(known, sampleOf('C', 99), result), pdfs, nine)).toEqual({
        lists: true,
        keepsBytes: 10,
      });
    },
  );

  test('of longer and longer samples the last two are kept', () => {
    const tool = [1, 2, 3, 4, 5, 6].reduce((known, n) => found(known, `T${n}`, n * 10), [] as Tool);
    expect(groupOf(tool)?.lessons.map(({ targetId }) => targetId)).toEqual(['T5', 'T6']);
    expect(knowledgeOf(tool, pdfs, nine).keepsBytes).toBe(60);
  });

  test.each([
    [50, 100, 10],
    [10, 10, 10],
  ])('a lesson that shows no more than two newer ones is not kept (%i, %i, %i bytes)', (first, second, third) => {
    const tool = found(found(found([], 'A', first), 'B', second), 'C', third);
    expect(groupOf(tool)?.lessons.map(({ targetId }) => targetId)).toEqual(['B', 'C']);
  });

  test('shorter samples of the renewal do not replace a longer one before its 30 days are over', () => {
    const known = found(found([], 'A', 100), 'B', 90);
    const refreshed = [1, 2, 3, 4, 5].reduce((tool, n) => found(tool, `T${n}`, n, nine + 21 * day), known);
    expect(knowledgeOf(refreshed, pdfs, nine + 29 * day).keepsBytes).toBe(100);
    expect(knowledgeOf(refreshed, pdfs, nine + 30 * day).keepsBytes).toBe(5);
  });

  test('at most four lessons are kept, the newest ones', () => {
    const tool = [6, 5, 4, 3, 2, 1].reduce((known, n) => found(known, `T${n}`, n * 10), [] as Tool);
    expect(groupOf(tool)?.lessons.map(({ targetId }) => targetId)).toEqual(['T4', 'T3', 'T2', 'T1']);
  });
});

describe('changes without an effect', () => {
  test('the result of a sample that another run has compared leaves the tool unchanged, as the same object', () => {
    const tool = found([], 'A', 10);
    expect(afterSample(tool, pdfs, sampleOf('A', 10), 'found', nine + day)).toBe(tool);
    const none: Tool = [];
    expect(afterSample(none, pdfs, sampleOf('A', 10), 'not-found', nine)).toBe(none);
  });

  test('an erased upload is no longer a sample, its person is in no lesson, and nothing else changes', () => {
    const samples = withSample(withSample([], pdfs, sampleOf('A', 10)), pdfs, sampleOf('B', 10));
    const withoutA = withoutTraces(samples, { id: 'A-10', targetId: 'A' });
    expect(groupOf(withoutA)?.samples.map(({ id }) => id)).toEqual(['B-10']);
    const lessons = found(found([], 'A', 10), 'B', 10);
    expect(
      groupOf(withoutTraces(lessons, { id: 'x', targetId: 'A' }))?.lessons.map(({ targetId }) => targetId),
    ).toEqual(['B']);
    expect(withoutTraces(samples, { id: 'C-10', targetId: 'C' })).toBe(samples);
  });
});

test('the time of the next comparison is the earliest of all samples of all topics', () => {
  expect(nextComparisonAt([])).toBeUndefined();
  expect(nextComparisonAt(found([], 'A', 10))).toBeUndefined();
  const early = withSample([], { ...pdfs, kind: 'application' }, sampleOf('A', 10, nine - hour));
  expect(nextComparisonAt(withSample(early, pdfs, sampleOf('B', 10)))).toBe(nine - hour + 15 * minute);
});

type Step =
  | { readonly kind: 'upload'; readonly targetId: string; readonly sizeBytes: number }
  | { readonly kind: 'compared'; readonly place: number; readonly result: SampleResult }
  | { readonly kind: 'wait'; readonly ms: number };

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('upload' as const),
      targetId: fc.constantFrom('A', 'B', 'C'),
      sizeBytes: fc.integer({ min: 1, max: 5 }),
    }),
    fc.record({
      kind: fc.constant('compared' as const),
      place: fc.nat(1),
      result: fc.constantFrom<SampleResult>('found', 'found', 'not-found', 'unreadable', 'dropped'),
    }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(minute, hour, day, 11 * day) }),
  ),
  { maxLength: 60 },
);

test('in any order of events, only found samples of the last 30 days teach something about a tool', () => {
  fc.assert(
    fc.property(steps, (history) => {
      let tool: Tool = [];
      let now = nine;
      const shown: { targetId: string; sizeBytes: number; at: number }[] = [];
      for (const [number, step] of history.entries()) {
        if (step.kind === 'wait') now += step.ms;
        if (step.kind === 'upload' && wantsSample(tool, pdfs, step, now)) {
          tool = withSample(tool, pdfs, sampleOf(step.targetId, step.sizeBytes, now, `upload-${number}`));
        }
        const waiting = step.kind === 'compared' ? groupOf(tool)?.samples[step.place] : undefined;
        if (step.kind === 'compared' && waiting) {
          tool = afterSample(tool, pdfs, waiting, step.result, now);
          if (step.result === 'found') shown.push({ ...waiting, at: now });
        }
        const valid = shown.filter(({ at }) => at > now - 30 * day);
        const { lists, keepsBytes } = knowledgeOf(tool, pdfs, now);
        const longest = Math.max(0, ...valid.map(({ sizeBytes }) => sizeBytes));
        expect(lists).toBe(valid.length > 0);
        expect(keepsBytes).toBe(new Set(valid.map(({ targetId }) => targetId)).size < 2 ? 0 : longest);
        expect(groupOf(tool)?.samples.length ?? 0).toBeLessThanOrEqual(2);
        expect(groupOf(tool)?.lessons.length ?? 0).toBeLessThanOrEqual(4);
      }
    }),
    { numRuns: 500 },
  );
});
