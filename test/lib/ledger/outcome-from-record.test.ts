import { describe, expect, test } from 'vitest';
import { outcomeOf, unchangedOutcome } from '../../../lib/ledger/outcome-from-record.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import {
  answerLost,
  day,
  hour,
  minute,
  nine,
  recordIn,
  second,
  states,
  target,
  upload,
} from '../../fakes/ledger-samples.ts';

const about = { upload, target, attempt: 1 };
const at = (moment: number): Date => new Date(moment);

describe('the outcome for the invocation that wrote the record', () => {
  test.each([
    ['attached', { status: 'attached', attachedAt: at(nine - second), warnings: [], arrivedAt: at(nine - minute) }],
    ['waiting', { status: 'waiting', failure: states.waiting.failure, dueAt: at(nine + minute) }],
    ['unknown', { status: 'unknown', failure: answerLost, dueAt: at(nine + minute) }],
    ['held', { status: 'held', failure: states.held.failure }],
    ['doubtful', { status: 'held', failure: answerLost }],
    ['rejected', { status: 'rejected', failure: states.rejected.failure }],
    ['superseded', { status: 'superseded', failure: states.superseded.failure }],
    ['sending', { status: 'unchanged', as: 'sending', dueAt: at(nine + 6 * minute) }],
  ] as const)('the outcome for the invocation that wrote the record: %s', (name, expected) => {
    expect(outcomeOf(recordIn(states[name]))).toEqual({ ...about, ...expected });
  });

  test('the outcome of an attached upload includes the warnings', () => {
    const warned = recordIn({ ...states.attached, warnings: ['Stored as other.'] });
    expect(outcomeOf(warned)).toMatchObject({ warnings: ['Stored as other.'] });
  });
});

describe('the arrival time of an attached upload', () => {
  const arrived = (modifiedAt: number | undefined, change: Partial<LedgerRecord> = {}) => {
    const record = recordIn(states.attached, {
      upload: { ...upload, ...(modifiedAt !== undefined && { modifiedAt }) },
      createdAt: nine - hour,
      ...change,
    });
    const outcome = outcomeOf(record);
    return outcome.status === 'attached' ? outcome.arrivedAt?.getTime() : 'not attached';
  };

  test('an attached upload arrived at the time of its event, however late that was first seen', () => {
    expect(arrived(nine - 3 * hour)).toBe(nine - 3 * hour);
    expect(arrived(nine - hour - day)).toBe(nine - hour - day);
  });

  test('an attached upload arrived when it was first seen, if its event has no time, a later one, or one long ago', () => {
    for (const modifiedAt of [undefined, nine, nine - hour - day - 1]) expect(arrived(modifiedAt)).toBe(nine - hour);
  });

  test("an attached upload has no arrival time in a backfill or after an operator's decision", () => {
    expect(arrived(nine - 3 * hour, { backfill: true })).toBeUndefined();
    expect(arrived(nine - 3 * hour, { note: { action: 'retry', reason: 'x', at: nine } })).toBeUndefined();
  });
});

describe('the outcome for an invocation that may not change the record', () => {
  const unchanged = (name: keyof typeof states) =>
    unchangedOutcome({ id: 'x', readable: true, record: recordIn(states[name], { attempts: 3 }) }, upload);

  test.each([
    ['attached', { status: 'already-attached', attachedAt: at(nine - second) }],
    ['sending', { status: 'unchanged', as: 'sending', dueAt: at(nine + 6 * minute) }],
    ['waiting', { status: 'unchanged', as: 'waiting', failure: states.waiting.failure, dueAt: at(nine + minute) }],
    ['unknown', { status: 'unchanged', as: 'unknown', failure: answerLost, dueAt: at(nine + minute) }],
    ['held', { status: 'unchanged', as: 'held', failure: states.held.failure }],
    ['rejected', { status: 'unchanged', as: 'rejected', failure: states.rejected.failure }],
    ['superseded', { status: 'unchanged', as: 'superseded', failure: states.superseded.failure }],
  ] as const)('the outcome for an invocation that may not change the record: %s', (name, expected) => {
    expect(unchanged(name)).toEqual({ ...about, attempt: 3, ...expected });
  });

  test('the outcome of an unreadable record is held, with a code that has a next step', () => {
    const known = { id: 'x', readable: false, version: 2, reason: 'Look at "layout".' } as const;
    expect(unchangedOutcome(known, upload)).toEqual({
      upload,
      attempt: 0,
      status: 'unchanged',
      as: 'held',
      failure: { code: 'RECORD_UNREADABLE', detail: 'Look at "layout".' },
    });
  });
});

test('a record whose key names no target has none', () => {
  const { target: _, ...nobody } = recordIn(states.rejected);
  expect(outcomeOf(nobody)).not.toHaveProperty('target');
});
