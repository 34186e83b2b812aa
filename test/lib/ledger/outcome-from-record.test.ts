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
  ] as const)('%s', (name, expected) => {
    expect(outcomeOf(recordIn(states[name]))).toEqual({ ...about, ...expected });
  });

  test('tells the warnings', () => {
    const warned = recordIn({ ...states.attached, warnings: ['Stored as other.'] });
    expect(outcomeOf(warned)).toMatchObject({ warnings: ['Stored as other.'] });
  });
});

describe('an attached upload came', () => {
  const arrived = (modifiedAt: number | undefined, change: Partial<LedgerRecord> = {}) => {
    const record = recordIn(states.attached, {
      upload: { ...upload, ...(modifiedAt !== undefined && { modifiedAt }) },
      createdAt: nine - hour,
      ...change,
    });
    const outcome = outcomeOf(record);
    return outcome.status === 'attached' ? outcome.arrivedAt?.getTime() : 'not attached';
  };

  test('at the time of its event, however late that was first seen', () => {
    expect(arrived(nine - 3 * hour)).toBe(nine - 3 * hour);
    expect(arrived(nine - hour - day)).toBe(nine - hour - day);
  });

  test('when it was first seen, where the event names no time, a later one, or one that is long ago', () => {
    for (const modifiedAt of [undefined, nine, nine - hour - day - 1]) expect(arrived(modifiedAt)).toBe(nine - hour);
  });

  test('at no time that says anything, in a backfill or after a decision of an operator', () => {
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
  ] as const)('%s', (name, expected) => {
    expect(unchanged(name)).toEqual({ ...about, attempt: 3, ...expected });
  });

  test('of an unreadable record is held, with a code that has a next step', () => {
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

test('a record that names nobody has no target', () => {
  const { target: _, ...nobody } = recordIn(states.rejected);
  expect(outcomeOf(nobody)).not.toHaveProperty('target');
});
