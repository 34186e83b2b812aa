import { describe, expect, test } from 'vitest';
import {
  afterRestore,
  askAfter,
  finishPass,
  planSweep,
  type SweepPass,
  type SweepState,
  sinceOf,
  underSettings,
} from '../../../lib/runs/sweep-state.ts';
import { day, hour, minute, nine, second } from '../../fakes/ledger-samples.ts';

const pass: SweepPass = { startedAt: nine - hour, prefix: 'a/', afterKey: 'a/k', deep: false, unaccounted: 0 };

describe('the age of the objects that the ledger is asked about', () => {
  const long = { since: 0, watermark: 0, startedAt: nine, deep: false, retentionDays: 400 };
  const cases: readonly [string, Partial<typeof long>, number][] = [
    ['SWEEP_SINCE, while no pass has finished', { since: nine - 9 * day }, nine - 9 * day],
    ['the watermark of the last finished pass', { watermark: nine - 2 * hour }, nine - 2 * hour],
    ['three days in a deep pass', { watermark: nine - 2 * hour, deep: true }, nine - 3 * day],
    ['the watermark in a deep pass, if that is older', { watermark: nine - 5 * day, deep: true }, nine - 5 * day],
    ['SWEEP_SINCE, even in a deep pass', { since: nine - day, watermark: nine - hour, deep: true }, nine - day],
    ['the retention minus a day', { retentionDays: 30 }, nine - 29 * day],
    ['the retention, even in a deep pass', { watermark: nine, retentionDays: 2, deep: true }, nine - day],
    ['half of the retention, if that is a day', { retentionDays: 1 }, nine - day / 2],
    ['an hour before the pass, if the watermark is in the future', { watermark: nine + 9 * day }, nine - hour],
  ];
  test.each(cases)('the ledger is asked about objects that are younger than %s', (_, change, expected) => {
    const { since, watermark, startedAt, deep, retentionDays } = { ...long, ...change };
    expect(askAfter(since, { watermark }, { startedAt, deep }, retentionDays, nine)).toBe(expected);
  });
});

describe('how a run continues the sweep', () => {
  const state: SweepState = { since: {}, watermark: 0 };
  const how = { prefixes: ['a/', 'b/', 'bb/'], everyMs: hour, startNow: false };
  const kindOf = (change: Partial<SweepState>, startNow = false) =>
    planSweep({ ...state, ...change }, { ...how, startNow }, nine);
  const cases: readonly [string, Partial<SweepState>, string][] = [
    ['starts the first pass', {}, 'sweep'],
    ['starts no pass 58 minutes after the last one', { startedAt: nine - 58 * minute }, 'not due'],
    [
      'starts a pass 59 minutes after the last one, because runs are not punctual',
      { startedAt: nine - 59 * minute },
      'sweep',
    ],
    ['starts a pass although the last one seems to have started tomorrow', { startedAt: nine + day }, 'sweep'],
    ['starts no pass when a clock is three minutes ahead', { startedAt: nine + 3 * minute }, 'not due'],
    ['continues a pass in progress', { startedAt: nine - minute, pass }, 'sweep'],
    [
      'leaves a pass to its owner while the lease lasts, even if its clock is a lease ahead',
      { pass, lease: { owner: 'x', until: nine + 6 * minute } },
      'taken',
    ],
    ['takes a pass whose lease has ended', { pass, lease: { owner: 'x', until: nine } }, 'sweep'],
    ['takes a pass whose lease ends tomorrow', { pass, lease: { owner: 'x', until: nine + day } }, 'sweep'],
  ];
  test.each(cases)('a run of the sweep %s', (_, change, kind) => expect(kindOf(change).kind).toBe(kind));

  test('a run of the sweep by an operator starts a pass although none is due', () => {
    expect(kindOf({ startedAt: nine - second }, true)).toMatchObject({ kind: 'sweep', pass: { startedAt: nine } });
  });

  test.each([
    ['never before', undefined, true],
    ['23 hours ago', nine - 23 * hour, false],
    ['24 hours ago', nine - day, true],
  ])('a run of the sweep asks about three days when it did so %s: %j', (_, deepAt, deep) => {
    expect(kindOf({ deepAt })).toMatchObject({ pass: { deep } });
  });

  test.each([
    ['continues where it was', 'a/', { prefix: 'a/', afterKey: 'a/k' }],
    ['continues with the next folder when its own is no longer watched', 'aa/', { prefix: 'b/', afterKey: undefined }],
    ['ends when no folder is left', 'c/', { prefix: 'bb/', afterKey: 'c/' }],
  ])('a pass of the sweep in progress %s', (_, prefix, expected) => {
    expect(kindOf({ pass: { ...pass, prefix } })).toMatchObject({ pass: expected });
  });
});

describe('the dates of the watched folders', () => {
  const under = (stored: SweepState | undefined, prefixes: string[], sweepSince?: number) =>
    underSettings(stored, { prefixes, sweepSince }, nine);
  const swept: SweepState = { since: { 'a/': nine - 9 * day }, watermark: nine - hour, startedAt: nine - minute, pass };

  test('the date of a watched folder is today at first, slightly earlier because S3 reports whole seconds', () => {
    expect(under(undefined, ['a/'])).toEqual({ since: { 'a/': nine - 2 * second }, watermark: 0 });
  });

  test('the date of a watched folder is SWEEP_SINCE when that is set', () => {
    expect(under(undefined, ['a/'], nine - day).since).toEqual({ 'a/': nine - day });
    expect(under(swept, ['a/'], nine - day).since).toEqual({ 'a/': nine - day });
  });

  test('the dates of watched folders stay as they were, and a new folder gets today', () => {
    expect(under(swept, ['a/', 'b/'])).toEqual({ ...swept, since: { 'a/': nine - 9 * day, 'b/': nine - 2 * second } });
  });

  test('the sweep starts again when SWEEP_SINCE is moved back', () => {
    const since = { 'a/': nine - 10 * day };
    expect(under(swept, ['a/'], nine - 10 * day)).toEqual({ since, watermark: 0 });
  });

  test.each([undefined, pass])(
    'the sweep starts again when SWEEP_SINCE names an earlier date for a new folder (pass %j)',
    (own) => {
      const since = nine - 9 * day;
      expect(under({ ...swept, pass: own }, ['a/', 'b/'], since)).toEqual({
        since: { 'a/': since, 'b/': since },
        watermark: 0,
      });
    },
  );

  test('the sweep does not start again when SWEEP_SINCE is moved forward', () => {
    expect(under(swept, ['a/'], nine - day)).toMatchObject({ watermark: nine - hour, pass });
  });

  test('the date of a folder inside a watched one is that of the watched one', () => {
    expect(under(swept, ['a/b/']).since).toEqual({ 'a/b/': nine - 9 * day });
  });

  test('the date of a folder around a watched one is today, and within the old one unchanged', () => {
    const { since } = under({ ...swept, since: { 'a/b/': nine - 9 * day } }, ['a/', 'c/']);
    expect(['a/1', 'a/b/1', 'c/1'].map((key) => sinceOf(since, key))).toEqual([
      nine - 2 * second,
      nine - 9 * day,
      nine - 2 * second,
    ]);
  });

  test('the date of a folder that is no longer watched is forgotten', () => {
    expect(under(swept, ['b/']).since).toEqual({ 'b/': nine - 2 * second });
  });

  test('a date of a watched folder in the future comes from a wrong clock, and becomes today', () => {
    const after = (date: number) => under({ ...swept, since: { 'a/': date } }, ['a/']).since;
    expect([after(nine + day), after(nine + 3 * minute)]).toEqual([
      { 'a/': nine - 2 * second },
      { 'a/': nine + 3 * minute },
    ]);
  });
});

describe('a finished pass', () => {
  const state: SweepState = { since: { 'a/': 1 }, watermark: 7, startedAt: 5, deepAt: 6, pass, folders: ['old'] };
  const lease = { owner: 'x', until: nine };

  test('a finished pass moves the watermark to an hour before its start, and releases its lease', () => {
    expect(finishPass({ ...state, lease }, pass, ['new'], nine)).toEqual({
      since: { 'a/': 1 },
      watermark: nine - 2 * hour,
      startedAt: 5,
      finishedAt: nine,
      deepAt: 6,
      unaccounted: 0,
      folders: ['new'],
    });
  });

  test('a finished deep pass is recorded as deep', () => {
    expect(finishPass(state, { ...pass, deep: true }, [], nine)).toMatchObject({ deepAt: nine - hour });
  });

  test('a finished pass that could not account for an object keeps the watermark, so that the next one asks about it again', () => {
    const left = finishPass(state, { ...pass, deep: true, unaccounted: 1 }, [], nine);
    expect(left).toMatchObject({ watermark: 7, deepAt: 6, unaccounted: 1, finishedAt: nine });
  });
});

describe('after a restore of the table to an earlier state', () => {
  const restoredTo = nine - 2 * day;
  const before: SweepState = {
    since: { 'a/': nine - 9 * day, 'b/': nine - hour },
    watermark: nine - 2 * hour,
    pass,
    lease: { owner: 'run', until: nine + minute },
    startedAt: nine - hour,
    finishedAt: nine - 2 * hour,
    deepAt: nine - hour,
    unaccounted: 0,
  };
  const after = afterRestore(before, ['a/', 'b/', 'c/'], restoredTo);

  test('after a restore of the table, every folder is asked about since the restored time, and none less than before', () => {
    expect(after.since).toEqual({ 'a/': nine - 9 * day, 'b/': restoredTo, 'c/': restoredTo });
    expect(after.watermark).toBe(restoredTo - hour);
    expect(afterRestore({ ...before, watermark: nine - 5 * day }, ['a/'], restoredTo).watermark).toBe(nine - 5 * day);
  });

  test('after a restore of the table, the next run starts a deep pass from its beginning, and waits for no lease', () => {
    const plan = planSweep(after, { prefixes: ['a/', 'b/'], everyMs: hour, startNow: false }, nine);
    expect(plan).toEqual({
      kind: 'sweep',
      pass: { startedAt: nine, prefix: 'a/', deep: true, unaccounted: 0 },
    });
  });

  test('after a restore of the table, the settings of the next run keep the restored dates, even if no sweep ran before', () => {
    const watched = { prefixes: ['a/'], sweepSince: undefined };
    expect(underSettings(afterRestore(undefined, ['a/'], restoredTo), watched, nine)).toMatchObject({
      since: { 'a/': restoredTo },
      watermark: expect.toSatisfy((time: number) => time <= restoredTo - hour),
    });
  });
});
