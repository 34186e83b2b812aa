import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { outcomeDetail } from '../../../infra/outcome-event.ts';
import { ledgerOn } from '../../../lib/ledger/ledger.ts';
import { isNews, withNews } from '../../../lib/ledger/outcome-attributes.ts';
import { fromItem, toItem } from '../../../lib/ledger/record-item.ts';
import { uploadId } from '../../../lib/upload/upload.ts';
import { anyLife, stepsOf } from '../../fakes/arbitrary-events.ts';
import { nine, recordIn, second, states } from '../../fakes/ledger-samples.ts';
import { claimed, deliveredBy, id, written } from '../../fakes/ledger-steps.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { memoryTable } from '../../fakes/memory-table.ts';

const told = ['attached', 'held', 'rejected', 'superseded'];

const worldOf = () => {
  const table = memoryTable();
  const clock = manualClock(nine);
  return { table, clock, ledger: ledgerOn({ table, clock, uuid: randomUUID, retentionDays: 400 }) };
};

describe('the attribute outcome', () => {
  test('the attribute outcome is in the write that delivers an upload, and in none before it', async () => {
    const { table, ledger } = worldOf();
    const record = await claimed(ledger, 'owner-A');
    expect(table.items.get(id)).not.toHaveProperty('outcome');
    await written(ledger, record, deliveredBy('owner-A'));
    expect(table.items.get(id)).toMatchObject({ outcome: 1, status: 'attached' });
  });

  test('the attribute outcome is removed by the next write that keeps the status', async () => {
    const { table, ledger } = worldOf();
    const record = await claimed(ledger, 'owner-A');
    const failure = { code: 'STORAGE_DENIED', detail: 'S3 answered AccessDenied (HTTP 403).' } as const;
    const ending = { kind: 'failed', owner: 'owner-A', as: 'held', failure, dueAt: nine } as const;
    const held = await written(ledger, record, ending);
    expect(table.items.get(id)).toMatchObject({ outcome: 1, status: 'held' });
    const threat = { code: 'SCAN_THREAT_FOUND', at: nine } as const;
    await written(ledger, held, { kind: 'scanned', upload: held.upload, verdict: threat });
    expect(table.items.get(id)).toMatchObject({ status: 'held', code: 'SCAN_THREAT_FOUND' });
    for (const name of ['outcome', 'upload', 'etag', 'target']) expect(table.items.get(id)).not.toHaveProperty(name);
  });

  test('the attribute outcome is in exactly those writes that change the status to a reported one', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        for (const { before, after } of stepsOf(life)) {
          const { status } = after.state;
          expect(isNews(before, after)).toBe(told.includes(status) && status !== before?.state.status);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('an item with an outcome', () => {
  test('an item with an outcome has an id that the uploader can compute: half of the SHA-256 of bucket, key and ETag', () => {
    const record = recordIn(states.attached);
    // printf '%s' 'cv-inbox/candidates/GRK123/Frank Doe CV.pdf#9b2cf535f27731c974343645a3985328' | sha256sum | cut -c -32
    expect(withNews(toItem(record, 400), record).upload).toBe('1ab048491cbc331a3698a1540ca47a07');
  });

  test('an attached item has a code only while its verdict is open, as the schema of the event says', () => {
    const verdict = { code: 'SCAN_THREAT_FOUND', at: nine } as const;
    const codeOf = (change: Parameters<typeof recordIn>[1]) => {
      const record = recordIn(states.attached, change);
      return withNews(toItem(record, 400), record).code;
    };
    expect(codeOf({})).toBe('');
    expect(codeOf({ verdict })).toBe('SCAN_THREAT_FOUND');
    expect(codeOf({ verdict: { ...verdict, acknowledged: true } })).toBe('');
    expect(v.getDescription(outcomeDetail.entries.code)).toContain(
      'For an attached file it is empty, unless the malware scan',
    );
  });

  test('an item with an outcome has every fact as an attribute, because a pipe reads nothing else', () => {
    const record = recordIn(states.rejected, { correlationId: 'application-4711' });
    expect(withNews(toItem(record, 400), record)).toMatchObject({
      outcome: 1,
      version: 1,
      status: 'rejected',
      code: 'FILE_EMPTY',
      target: 'candidate/GRK123',
      integrationId: 'greenhouse:8Xi6iZrwusZqJmDGXs49GBmJ',
      type: 'CV',
      sizeBytes: '48211',
      etag: '9b2cf535f27731c974343645a3985328',
      attempts: 1,
      createdAt: nine - 60_000,
      endedAt: nine - second,
      correlationId: 'application-4711',
    });
  });

  test('an item with an outcome has an empty text where a fact is missing', () => {
    const { target: _, attachmentType: __, upload, ...rest } = recordIn(states.rejected);
    const { sizeBytes: ___, ...facts } = upload;
    const record = { ...rest, upload: facts };
    const none = { target: '', integrationId: '', type: '', sizeBytes: '', correlationId: '' };
    expect(withNews(toItem(record, 400), record)).toMatchObject(none);
    expect(withNews(toItem(recordIn(states.attached), 400), recordIn(states.attached)).code).toBe('');
  });

  test('an item with an outcome has each fact once: the document repeats none', () => {
    const record = recordIn(states.held, { correlationId: 'application-4711' });
    const { document } = toItem(record, 400);
    for (const its of ['"held"', 'KOMBO_UNREACHABLE', 'greenhouse', '"CV"', '48211', 'application-4711', 'heldAt'])
      expect(document).not.toContain(its);
  });

  test('an item with an outcome is read as the same record as without one, whatever its history', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        for (const { after } of stepsOf(life)) {
          const item = toItem(after, 400);
          expect(fromItem(withNews(item, after))).toEqual(fromItem(item));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('an outcome without target, type, size and code is read as a record without them', () => {
    const { target: _, attachmentType: __, upload, ...rest } = recordIn(states.attached);
    const { sizeBytes: ___, ...facts } = upload;
    const record = { ...rest, upload: facts };
    expect(fromItem(withNews(toItem(record, 400), record))).toEqual(record);
    expect(uploadId(facts)).toBe(id);
  });
});

describe('facts of the opened object', () => {
  const opened = { sizeBytes: 5, correlationId: 'application-4711' };

  test('the record has the size and the correlation id of the opened object, whatever the event said', async () => {
    const { ledger } = worldOf();
    const record = await claimed(ledger, 'owner-A');
    const after = await written(ledger, record, { ...deliveredBy('owner-A'), ...opened });
    expect(after).toMatchObject({ correlationId: 'application-4711', upload: { sizeBytes: 5 } });
  });

  test('the correlation id is removed when the opened object no longer has one', async () => {
    const { ledger } = worldOf();
    const record = { ...(await claimed(ledger, 'owner-A')), correlationId: 'application-4711' };
    const after = await written(ledger, record, { ...deliveredBy('owner-A'), sizeBytes: 5, correlationId: undefined });
    expect(after.correlationId).toBeUndefined();
  });

  test('the correlation id stays when the object was not opened', async () => {
    const { ledger } = worldOf();
    const record = { ...(await claimed(ledger, 'owner-A')), correlationId: 'application-4711' };
    const failure = { code: 'STORAGE_UNAVAILABLE', detail: 'S3 answered SlowDown (HTTP 503).' } as const;
    const ending = { kind: 'failed', owner: 'owner-A', as: 'waiting', failure, dueAt: nine } as const;
    expect((await written(ledger, record, ending)).correlationId).toBe('application-4711');
  });
});
