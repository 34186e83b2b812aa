import { expect, test } from 'vitest';
import { rowOfRecord, rowView } from '../../../../../infra/local/console/server/row.ts';
import type { LedgerRecord, State } from '../../../../../lib/ledger/record.ts';

const record = (state: State): LedgerRecord => ({
  upload: { bucket: 'b', key: 'candidates/Jane1/CV.pdf', etag: 'e' },
  target: { kind: 'candidate', id: 'Jane1', integrationId: 'greenhouse:A1' },
  state,
  attempts: 1,
  attemptsSinceRelease: 1,
  createdAt: 1_000,
  updatedAt: 1_000,
  version: 1,
  writeId: 'w',
});
const failure = { code: 'INTEGRATION_PAUSED', detail: 'Paused.' } as const;
const waiting = record({ status: 'waiting', failure, dueAt: 2_000 });
const pauseOf = (integrationId: string) =>
  ({ integrationId, code: 'INTEGRATION.INACTIVE', sentence: 'Paused.' }) as const;

test('a row names the pause of the account before that of the integration', () => {
  const row = rowOfRecord(waiting, undefined, [pauseOf('greenhouse:A1'), pauseOf('*')]);
  expect(row.pausedBy?.integration).toBe('account');
});

test("a row does not show another integration's pause", () => {
  expect(rowOfRecord(waiting, undefined, [pauseOf('lever:B2')])).not.toHaveProperty('pausedBy');
});

test('a file that is attached or held is not shown as paused', () => {
  const attached = record({ status: 'attached', attachedAt: 1_000, evidence: 'answer', warnings: [] });
  expect(rowOfRecord(attached, undefined, [pauseOf('greenhouse:A1')])).not.toHaveProperty('pausedBy');
  const exhausted = { code: 'RETRIES_EXHAUSTED', detail: 'Twelve attempts.' } as const;
  const held = record({ status: 'held', failure: exhausted, heldAt: 1_000, mayBeDelivered: false });
  expect(rowOfRecord(held, undefined, [pauseOf('*')])).not.toHaveProperty('pausedBy');
});

test('a file that is attached shows a verdict of the malware scan until it is acknowledged', () => {
  const attached = record({ status: 'attached', attachedAt: 1_000, evidence: 'answer', warnings: [] });
  const verdict = { code: 'SCAN_THREAT_FOUND', at: 2_000 } as const;
  expect(rowOfRecord({ ...attached, verdict }, undefined, [])).toMatchObject({
    state: 'attached',
    failure: { code: 'SCAN_THREAT_FOUND' },
  });
  const acknowledged = { ...attached, verdict: { ...verdict, acknowledged: true } } as const;
  expect(rowOfRecord(acknowledged, undefined, [])).not.toHaveProperty('failure');
});

test('a row shows the name that was sent, or else the one in its key, masked like the key', () => {
  const attached = record({ status: 'attached', attachedAt: 1_000, evidence: 'answer', warnings: [] });
  const unsent = { ...waiting, upload: { ...waiting.upload, key: 'candidates/Jane1/CV\u202Efdp.exe.pdf' } };
  const sent = { name: 'Jane Roe.pdf', type: 'CV', contentType: 'application/pdf' } as const;
  const nameOf = (each: LedgerRecord, names: boolean) => rowView(rowOfRecord(each, undefined, []), [], names).name;
  expect(nameOf({ ...attached, sent }, true)).toBe('Jane Roe.pdf');
  expect(nameOf({ ...attached, sent }, false)).toBe('•••.pdf');
  expect(nameOf(unsent, true)).toBe('CVfdp.exe.pdf');
});
