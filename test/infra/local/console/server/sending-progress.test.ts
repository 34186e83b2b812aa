import { expect, test } from 'vitest';
import { sendingProgress } from '../../../../../infra/local/console/server/sending-progress.ts';
import type { RequestRecord } from '../../../../../infra/local/kombo/store/request-log.ts';
import type { LedgerRecord } from '../../../../../lib/ledger/record.ts';

const record = (name: string, sizeBytes: number, attemptedAt = 1_000): LedgerRecord => ({
  upload: { bucket: 'b', key: `candidates/Jane1/${name}`, etag: name, sizeBytes },
  target: { kind: 'candidate', id: 'Jane1', integrationId: 'greenhouse:A1' },
  state: { status: 'sending', owner: 'o', leaseUntil: 99_000 },
  attempts: 1,
  attemptsSinceRelease: 1,
  attemptedAt,
  createdAt: 1_000,
  updatedAt: 1_000,
  version: 1,
  writeId: 'w',
});

const post = (contentLengthBytes: number, receivedBytes: number, atMs = 1_100): RequestRecord => ({
  id: contentLengthBytes,
  atMs,
  method: 'POST',
  path: '/v1/ats/candidates/Jane1/attachments',
  call: 'post',
  integrationId: 'greenhouse:A1',
  contentLengthBytes,
  receivedBytes,
  bodyComplete: false,
  status: null,
  code: null,
  faults: [],
  stored: false,
  open: true,
  durationMs: null,
});

test('half of the body received is shown as half of the file', () => {
  // 3,000 bytes are 4,000 in base64, and 100 around them.
  const progress = sendingProgress([record('a', 3_000)], [post(4_100, 2_050)]);
  expect([...progress]).toEqual([['b/candidates/Jane1/a#a', { doneBytes: 1_500, totalBytes: 3_000 }]]);
});

test('concurrent calls for one target are distinguished by their sizes', () => {
  const progress = sendingProgress(
    [record('small', 3_000), record('large', 300_000)],
    [post(400_100, 400_100), post(4_100, 0)],
  );
  expect([...progress.values()]).toEqual([
    { doneBytes: 0, totalBytes: 3_000 },
    { doneBytes: 300_000, totalBytes: 300_000 },
  ]);
});

test('one call is shown as the progress of one file, even when two files look alike', () => {
  expect(sendingProgress([record('a', 3_000), record('b', 3_000)], [post(4_100, 0)]).size).toBe(1);
});

test.each([
  ['from before the attempt', post(4_100, 4_100, 999)],
  ['for another target', { ...post(4_100, 4_100), path: '/v1/ats/candidates/Jane11/attachments' }],
  ['that carries a link instead of the file', post(500, 500)],
  ['that carries another file', post(40_000, 40_000)],
])('a call %s is not shown as the progress of the file', (_, call) => {
  expect(sendingProgress([record('a', 3_000)], [call]).size).toBe(0);
});
