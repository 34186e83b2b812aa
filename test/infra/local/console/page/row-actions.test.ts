import { expect, test } from 'vitest';
import { otherActionsOf, stepsOf } from '../../../../../infra/local/console/page/row-actions.ts';
import type { RowState } from '../../../../../infra/local/console/server/view.ts';

const held = (code: string) => ({
  id: 'r1',
  state: 'held' as const,
  failure: { code, meaning: '', detail: '', nextStep: '' },
});

test('the row of a held file offers its next steps, the most likely first', () => {
  expect(stepsOf(held('STORAGE_DENIED'))).toEqual(['retry', 'resolve']);
  expect(stepsOf(held('OUTCOME_UNKNOWN'))).toEqual(['resolve', 'resend', 'retry']);
});

test('the row of a file that the malware scan holds offers no sending', () => {
  expect(stepsOf(held('SCAN_THREAT_FOUND'))).toEqual(['resolve']);
});

test('a record that cannot be read offers nothing, because every action would fail', () => {
  expect(stepsOf(held('RECORD_UNREADABLE'))).toEqual([]);
});

test.each<RowState>(['rejected', 'waiting', 'unknown'])(
  'a file that is %s can be retried from its open row',
  (state) => {
    expect(stepsOf({ id: 'r1', state })).toEqual([]);
    expect(otherActionsOf({ id: 'r1', state })).toContain('retry');
  },
);

test('no row offers the same action twice', () => {
  for (const code of ['STORAGE_DENIED', 'OUTCOME_UNKNOWN', 'SCAN_PENDING']) {
    const all = [...stepsOf(held(code)), ...otherActionsOf(held(code))];
    expect(new Set(all).size).toBe(all.length);
  }
});

test('an upload that never reached the bucket offers nothing, because the ledger has no record of it', () => {
  expect(otherActionsOf({ id: 'up-1', state: 'not-uploaded' })).toEqual([]);
});
