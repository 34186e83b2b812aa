import { describe, expect, test } from 'vitest';
import { outcomeOf, unchangedOutcome } from '../../../lib/ledger/outcome-from-record.ts';
import { answerLost, minute, nine, recordIn, second, states, target, upload } from '../../fakes/ledger-samples.ts';

const about = { upload, target, attempt: 1 };
const at = (moment: number): Date => new Date(moment);

describe('the outcome for the invocation that wrote the record', () => {
  test.each([
    ['attached', { status: 'attached', attachedAt: at(nine - second), warnings: [] }],
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
