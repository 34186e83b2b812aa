import { describe, expect, test } from 'vitest';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { day, hour, minute, nine, recordIn, states } from '../../fakes/ledger-samples.ts';
import { next, sent } from '../../fakes/ledger-steps.ts';

describe('a look at the target', () => {
  const unknown = recordIn(states.unknown);

  test('a look that finds the file attaches it, with the look as the evidence', () => {
    expect(next(unknown, { kind: 'found' }).state).toEqual({
      status: 'attached',
      attachedAt: nine,
      warnings: [],
      evidence: 'read-back',
    });
  });

  test('looks that must agree are counted separately from those that do not count', () => {
    const look = (record: LedgerRecord, counts: 'absent' | 'doubtful' | 'passing') =>
      next(record, { kind: 'looked', counts, dueAt: nine + minute });
    expect(look(look(unknown, 'absent'), 'absent').state).toMatchObject({ absentLooks: 2, doubtfulLooks: 0 });
    expect(look(look(unknown, 'passing'), 'passing').state).toMatchObject({ absentLooks: 0, passingLooks: 2 });
    expect(look(unknown, 'doubtful').state).toMatchObject({ doubtfulLooks: 1, dueAt: nine + minute });
  });

  test('an absence before a doubt is not counted, because the target shows the file only at times', () => {
    const absent = next(unknown, { kind: 'looked', counts: 'absent', dueAt: nine });
    const doubtful = next(absent, { kind: 'looked', counts: 'doubtful', dueAt: nine });
    expect(doubtful.state).toMatchObject({ absentLooks: 0, doubtfulLooks: 1 });
    expect(next(doubtful, { kind: 'looked', counts: 'absent', dueAt: nine }).state).toMatchObject({ doubtfulLooks: 1 });
  });

  test('the record keeps what the latest look has shown until the file is attached', () => {
    const look = { at: nine, listed: 3, different: 2, notCompared: 1 };
    const looked = next(unknown, { kind: 'looked', counts: 'passing', dueAt: nine, look });
    expect(looked.lastLook).toEqual(look);
    expect(next(looked, { kind: 'looked', counts: 'passing', dueAt: nine }).lastLook).toEqual(look);
    expect(next(looked, { kind: 'found', look }).lastLook).toBeUndefined();
  });

  test('a look keeps what it read of the object, and the known facts if it read nothing', () => {
    const looked = { kind: 'looked', counts: 'passing', dueAt: nine } as const;
    const content = { sizeBytes: 9, checksum: { algorithm: 'SHA256', value: 'q0EE' } } as const;
    const seen = { correlationId: 'crm-1', sent, content };
    expect(next(unknown, { ...looked, ...seen })).toMatchObject(seen);
    expect(next({ ...unknown, ...seen }, looked)).toMatchObject(seen);
  });

  test('an absent file is sent again with a new retry budget, and keeps its time of doubt and its unknown attempts', () => {
    const suspicion = { firstUnknownAttemptAt: nine - 10 * minute, unknownAttempts: 2 };
    const record = recordIn(states.unknown, {
      ...suspicion,
      attemptsSinceRelease: 4,
      countedAttempts: 3,
      countedSince: nine - day,
    });
    expect(next(record, { kind: 'absent', dueAt: nine + hour })).toMatchObject({
      ...suspicion,
      state: { status: 'waiting', dueAt: nine + hour },
      attemptsSinceRelease: 0,
      countedAttempts: undefined,
      countedSince: undefined,
      waited: true,
    });
  });
});
