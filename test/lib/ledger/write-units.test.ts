import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { tableDefinition } from '../../../infra/local/aws/dynamodb/create-table.ts';
import { type Ledger, ledgerOn } from '../../../lib/ledger/ledger.ts';
import type { EventOf } from '../../../lib/ledger/ledger-event.ts';
import type { Item } from '../../../lib/ledger/table.ts';
import type { Target } from '../../../lib/upload/target.ts';
import type { Upload } from '../../../lib/upload/upload.ts';
import { answerLost, minute } from '../../fakes/ledger-samples.ts';
import { written } from '../../fakes/ledger-steps.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { memoryTable } from '../../fakes/memory-table.ts';
import { itemSize, writeUnits } from '../../fakes/write-units.ts';

/** Does not end in zeros: DynamoDB does not store them. */
const now = Date.UTC(2026, 0, 5, 9) + 123;

/** The longest value of every attribute that a record of a delivered file can have. */
const target: Target = {
  kind: 'application',
  id: 'A'.repeat(24),
  integrationId: `smartrecruiters:${'B'.repeat(24)}`,
};
const name = `${'n'.repeat(82)}.docx`;
const upload: Upload = {
  bucket: 'b'.repeat(63),
  key: `applications/${name}`,
  etag: '9b2cf535f27731c974343645a3985328',
  sizeBytes: 99_999_999,
  versionId: 'v'.repeat(32),
};
const sent = {
  name,
  type: 'COVER_LETTER',
  contentType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
} as const;
const content = {
  sizeBytes: 99_999_999,
  checksum: { algorithm: 'SHA256', value: `${'c'.repeat(43)}=` },
} as const;

const opened = { content, sizeBytes: 99_999_999, correlationId: 'c'.repeat(64) } as const;
const verdict = { code: 'clean', at: now - 123 } as const;

interface Put {
  readonly bytes: number;
  readonly units: number;
  readonly item: Item;
}

/** A ledger, and its puts. */
const worldOf = async () => {
  const definition = await tableDefinition();
  const table = memoryTable();
  const puts: Put[] = [];
  const clock = manualClock(now);
  const recording = {
    ...table,
    put: (item: Item, ...rest: [Parameters<typeof table.put>[1]]) => {
      puts.push({ bytes: itemSize(item), units: writeUnits(table.items.get(item.pk), item, definition), item });
      return table.put(item, ...rest);
    },
  };
  return { clock, puts, ledger: ledgerOn({ table: recording, clock, uuid: randomUUID, retentionDays: 400 }) };
};

const claim = async (ledger: Ledger, owner: string, its: Partial<EventOf<'claim'>> = {}) => {
  const claimed = await ledger.claim({
    kind: 'claim',
    upload,
    target,
    attachmentType: 'COVER_LETTER',
    owner,
    leaseUntil: now + 7 * minute + 1,
    ...its,
  });
  if (!claimed.written) throw new Error('not claimed');
  return claimed.record;
};

const deliver = async (its: Partial<EventOf<'delivered'>> = {}, change: Partial<Upload> = {}) => {
  const world = await worldOf();
  const owner = randomUUID();
  const claimed = await claim(world.ledger, owner, { upload: { ...upload, ...change }, verdict });
  world.clock.advance(3_457);
  await written(world.ledger, claimed, { kind: 'delivered', owner, warnings: [], sent, ...opened, ...its });
  return world;
};

describe('a delivery whose record has every attribute, with a key of 100 characters', () => {
  test('a delivery with every attribute writes items below 1,024 bytes', async () => {
    const { puts } = await deliver();
    expect([...upload.key]).toHaveLength(100);
    expect(puts).toHaveLength(2);
    for (const { bytes } of puts) expect(bytes).toBeLessThan(1_024);
  });

  test('a delivery with every attribute costs 5 write units: table and both indexes, then the table and out of the index of work', async () => {
    const { puts } = await deliver();
    expect(puts.map(({ units }) => units)).toEqual([3, 2]);
  });

  test('a delivery stays below 1,024 bytes when its uploader gave a name of 40 characters instead of a correlation id', async () => {
    const { puts } = await deliver({ sent: { ...sent, name: 'N'.repeat(40) }, correlationId: undefined });
    for (const { bytes } of puts) expect(bytes).toBeLessThan(1_024);
  });

  test('the item of a delivery leaves an operator the facts that no other attribute has', async () => {
    const { puts } = await deliver();
    expect(JSON.parse(puts.at(-1)?.item.document ?? '')).toEqual({
      layout: 1,
      of: expect.any(Number),
      upload: { versionId: upload.versionId },
      state: { evidence: 'answer' },
      sent: { contentType: sent.contentType },
      content: { checksum: content.checksum },
      clean: verdict.at / 1_000,
      writeId: expect.any(String),
    });
  });
});

test('a key with 400 more characters costs one more write unit per write', async () => {
  const { puts } = await deliver({}, { key: `applications/${'n'.repeat(482)}.docx` });
  expect(puts.map(({ units }) => units)).toEqual([4, 3]);
});

test('a repeat after a refused attempt costs 6 write units, because it moves within the index of work', async () => {
  const world = await worldOf();
  const owner = randomUUID();
  const claimed = await claim(world.ledger, owner);
  const dueAt = now + minute + 1;
  const waiting = await written(world.ledger, claimed, {
    kind: 'failed',
    owner,
    as: 'waiting',
    failure: answerLost,
    dueAt,
  });
  world.clock.advance(minute + 1);
  const again = await world.ledger.claim(
    { kind: 'claim', upload, target, owner, leaseUntil: dueAt + 7 * minute + 1 },
    waiting,
  );
  expect(again.written).toBe(true);
  expect(world.puts.slice(1).map(({ units }) => units)).toEqual([3, 3]);
});

test('an upload that meets a paused lane costs 3 write units, with every attribute and below 1,024 bytes', async () => {
  const { ledger, puts } = await worldOf();
  await ledger.postpone({
    kind: 'postponed',
    upload,
    target,
    attachmentType: 'COVER_LETTER',
    failure: {
      code: 'INTEGRATION_PAUSED',
      detail:
        'The integration has been paused since 2026-01-05T09:00:00.000Z: INTEGRATION.AUTHENTICATION_INVALID. Kombo answered HTTP 403.',
    },
    dueAt: now,
  });
  expect(puts.map(({ units }) => units)).toEqual([3]);
  // It is not known before the object is opened.
  for (const { bytes } of puts) expect(bytes + 'correlationId'.length + 64).toBeLessThan(1_024);
});

test('the size of an item is that of its names and texts in UTF-8, and of its numbers by two digits', () => {
  // pk (2) and "é" (2); version (7) and 1 (2); document (8) and "{}" (2).
  expect(itemSize({ pk: 'é', version: 1, document: '{}' })).toBe(23);
  // workAt (6) and 1767603600123 (8); expiresAt (9) and 1200 (2, its zeros are not stored).
  expect(itemSize({ workAt: 1_767_603_600_123, expiresAt: 1_200 })).toBe(25);
});
