import { expect, test } from 'vitest';
import { ledgerOn } from '../../../lib/ledger/ledger.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { toItem } from '../../../lib/ledger/record-item.ts';
import { otherUploads } from '../../../lib/read-back/other-uploads.ts';
import type { FileContent } from '../../../lib/upload/file-content.ts';
import { uploadId } from '../../../lib/upload/upload.ts';
import { integrationId, nine, recordIn, states, target, upload } from '../../fakes/ledger-samples.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { memoryTable } from '../../fakes/memory-table.ts';

const contentOf = (sizeBytes: number): FileContent => ({ sizeBytes, checksum: { algorithm: 'MD5', value: 'a1' } });

const other = (key: string, change: Partial<LedgerRecord> = {}): LedgerRecord =>
  recordIn(states.attached, { upload: { ...upload, key }, content: contentOf(1), ...change });

const ours = recordIn(states.unknown, { content: contentOf(9) });

const worldOf = (...records: readonly LedgerRecord[]) => {
  const table = memoryTable();
  for (const record of [ours, ...records]) table.items.set(uploadId(record.upload), toItem(record, 400));
  const ledger = ledgerOn({ table, clock: manualClock(nine), uuid: () => 'uuid', retentionDays: 400 });
  return { table, ledger };
};

const othersOf = (...records: readonly LedgerRecord[]) => otherUploads(ours, target, worldOf(...records).ledger);

test('the contents of the other uploads of the target are read, and ours is not among them', async () => {
  expect(await othersOf(other('a.pdf'), other('b.pdf', { content: contentOf(2) }))).toEqual([
    { content: contentOf(1), type: 'CV' },
    { content: contentOf(2), type: 'CV' },
  ]);
  expect(await othersOf()).toEqual([]);
});

test('the type of another upload is the one that was sent, else the one in the key', async () => {
  const sent = { name: 'cv.pdf', type: 'COVER_LETTER', contentType: 'application/pdf' } as const;
  const [first, second] = await othersOf(other('a.pdf', { sent }), other('b.pdf', { attachmentType: 'OTHER' }));
  expect([first?.type, second?.type]).toEqual(['COVER_LETTER', 'OTHER']);
});

test.each<[string, Partial<LedgerRecord>]>([
  ['of another candidate', { target: { ...target, id: 'GRK999' } }],
  ['of an application with the same id', { target: { ...target, kind: 'application' } }],
  ['of the same id under another integration', { target: { ...target, integrationId: `${integrationId}x` } }],
  ['whose bytes no function has seen', { content: undefined }],
])('an upload %s explains no listed file', async (_, change) => {
  expect(await othersOf(other('a.pdf', change))).toEqual([]);
});

test('an upload counts whatever its status, because its answer may be lost as well', async () => {
  expect(
    await othersOf(other('a.pdf', { state: states.unknown }), other('b.pdf', { state: states.held })),
  ).toHaveLength(2);
});

test('an unreadable record explains no listed file, and hides no other', async () => {
  const { table, ledger } = worldOf(other('a.pdf'), other('b.pdf', { content: contentOf(2) }));
  const id = uploadId({ ...upload, key: 'a.pdf' });
  const item = table.items.get(id);
  if (item) table.items.set(id, { ...item, document: '{' });
  expect(await otherUploads(ours, target, ledger)).toEqual([{ content: contentOf(2), type: 'CV' }]);
});

test('the other records are read once, in one call, and ours not at all', async () => {
  const { table, ledger } = worldOf(other('a.pdf'), other('b.pdf'));
  await otherUploads(ours, target, ledger);
  expect(table.calls).toEqual(['query', 'getMany']);
});

test('of a target with thousands of uploads a thousand are read', async () => {
  const { table, ledger } = worldOf(...Array.from({ length: 1_500 }, (_, number) => other(`${number}.pdf`)));
  expect(await otherUploads(ours, target, ledger)).toHaveLength(1_000);
  expect(table.calls.filter((call) => call === 'query').length).toBeLessThanOrEqual(11);
});
