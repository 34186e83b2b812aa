import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventOf, LedgerEvent } from '../../../lib/ledger/ledger-event.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { transition } from '../../../lib/ledger/transition.ts';
import { anyLife, stepsOf } from '../../fakes/arbitrary-events.ts';
import { hour, minute, nine, recordIn, type StateName, states, target, upload } from '../../fakes/ledger-samples.ts';
import { claimOf, next } from '../../fakes/ledger-steps.ts';

/**
 * The table was restored to its state of eight o'clock, and an operator reported this at nine. The sample records were
 * changed a minute before the report.
 */
const restored = { since: nine - hour, at: nine };
const later = nine + 5 * minute;

const doubted = (change: Partial<EventOf<'doubted'>> = {}): EventOf<'doubted'> => ({
  kind: 'doubted',
  upload,
  target,
  attachmentType: 'CV',
  restored,
  ...change,
});
const clean = { code: 'clean', at: nine } as const;
const retry = { kind: 'retry', reason: 'Try.', restored } as const;

/** `due` is `waiting`, only with an earlier due time. */
const every = (Object.keys(states) as StateName[]).filter((name) => name !== 'due');
const allowedFrom = (event: LedgerEvent, change: Partial<LedgerRecord> = {}): Record<string, string> =>
  Object.fromEntries(
    every.flatMap((name) => {
      const record = transition(recordIn(states[name], change), event, later, 'write-2');
      return record ? [[name, record.state.status]] : [];
    }),
  );

describe('after a restore of the table', () => {
  test('after a restore, a record changed since the report is not in doubt', () => {
    expect(allowedFrom(doubted({ verdict: clean }), { updatedAt: nine })).toEqual({});
  });

  test('after a restore, a verdict that holds nothing does not hide that a file is in doubt', () => {
    const scanned = { kind: 'scanned', upload, target, verdict: clean, restored } as const;
    expect(allowedFrom(scanned)).toEqual({
      sending: 'sending',
      expired: 'sending',
      attached: 'attached',
      unknown: 'unknown',
      doubtful: 'held',
      scandoubt: 'unknown',
    });
  });

  test('after a restore, no claim takes a file in doubt, not even early or as a probe', () => {
    expect(allowedFrom(claimOf('owner-B', { early: true }))).toEqual({ waiting: 'sending', superseded: 'sending' });
    expect(allowedFrom(claimOf('owner-B', { early: true, restored }))).toEqual({});
    expect(allowedFrom(claimOf('owner-B', { verdict: clean, restored }))).toEqual({});
    expect(allowedFrom(claimOf('owner-B', { early: true, restored }), { updatedAt: nine })).toEqual({
      waiting: 'sending',
      superseded: 'sending',
    });
  });

  test('after a restore, a file in doubt is not recorded as waiting, because that would look as if it had been looked up', () => {
    const postponed: EventOf<'postponed'> = {
      kind: 'postponed',
      upload,
      target,
      attachmentType: 'CV',
      failure: states.waiting.failure,
      dueAt: nine,
    };
    expect(allowedFrom(postponed)).toEqual({ superseded: 'waiting' });
    expect(allowedFrom({ ...postponed, restored })).toEqual({});
  });

  test("after a restore, an operator's retry of an older record has the target looked at first", () => {
    expect(allowedFrom(retry, { updatedAt: nine })).toEqual(allowedFrom({ kind: 'retry', reason: 'Try.' }));
    expect(next(recordIn(states.rejected), retry)).toMatchObject({ note: { action: 'retry', reason: 'Try.' } });
  });
});

describe('a file in doubt', () => {
  test('a file in doubt is looked up immediately, as one that this ledger has not sent', () => {
    expect(next(undefined, doubted(), later)).toMatchObject({
      state: { status: 'unknown', dueAt: later, unknownSince: later, failure: { code: 'RESTORED_DOUBT' } },
      attempts: 0,
      unknownAttempts: 0,
      waited: true,
      createdAt: later,
    });
    const waiting = recordIn(states.waiting, { attempts: 4, unknownAttempts: 2 });
    expect(next(waiting, doubted(), later)).toMatchObject({ attempts: 4, unknownAttempts: 2 });
  });

  test('a file in doubt whose scan verdict is missing is held with its doubt', () => {
    const unscanned = { kind: 'unscanned', upload, target } as const;
    expect(next(undefined, { ...unscanned, restored })).toMatchObject({
      state: { status: 'held', mayBeDelivered: true },
      firstUnknownAttemptAt: nine - hour,
      unknownAttempts: 0,
    });
    const certain = next(undefined, unscanned);
    expect(certain.state).toMatchObject({ status: 'held', mayBeDelivered: false });
    expect(certain).not.toHaveProperty('firstUnknownAttemptAt');
  });

  test('a file in doubt says to which time the table was restored', () => {
    expect(next(undefined, doubted()).state).toMatchObject({
      failure: {
        detail:
          'The ledger was restored to its state of 2026-01-05T08:00:00.000Z; everything written between then and 2026-01-05T09:00:00.000Z is lost.',
      },
    });
  });

  test.each([
    ['the upload, when it is older than the restored state', nine - 9 * hour, undefined, nine - 9 * hour],
    ['the restored state, when the upload is younger', nine - 5 * minute, undefined, nine - hour],
    ['the restored state, when the time of the upload is not known', undefined, undefined, nine - hour],
    ['an attempt that was in doubt before, when that is older', nine - 2 * hour, nine - 8 * hour, nine - 8 * hour],
  ])('a file in doubt may have a copy as old as %s', (_, modifiedAt, firstUnknownAttemptAt, expected) => {
    const event = doubted({ upload: { ...upload, ...(modifiedAt !== undefined && { modifiedAt }) } });
    const record = recordIn(states.waiting, { firstUnknownAttemptAt });
    expect(next(record, event).firstUnknownAttemptAt).toBe(expected);
  });

  test('a file in doubt keeps that it belongs to a backfill', () => {
    expect(next(undefined, doubted({ backfill: true })).backfill).toBe(true);
  });
});

test('in any history, a claim that knows of the restore takes no waiting file from before it', () => {
  fc.assert(
    fc.property(anyLife, (life) => {
      for (const { before, event } of stepsOf(life)) {
        if (event.kind !== 'claim' || before?.state.status !== 'waiting' || !event.restored) continue;
        expect(before.updatedAt).toBeGreaterThanOrEqual(event.restored.at);
      }
    }),
    { numRuns: 1_000 },
  );
});
