import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTable } from '../../../../../infra/local/aws/dynamodb/create-table.ts';
import { type BusEvent, localPipe, type Pipe, parsePipe, pipeOf } from '../../../../../infra/local/aws/pipes/pipe.ts';
import { outcomeEvent } from '../../../../../infra/outcome-event.ts';
import { dynamoTable } from '../../../../../lib/aws/dynamo-table.ts';
import type { FailureDetail } from '../../../../../lib/failures/failures.ts';
import { lanesOn } from '../../../../../lib/lane/lane-store.ts';
import { type Ledger, ledgerOn } from '../../../../../lib/ledger/ledger.ts';
import type { LedgerRecord } from '../../../../../lib/ledger/record.ts';
import { integrationId, minute, nine } from '../../../../fakes/ledger-samples.ts';
import { claimed, claimOf, deliveredBy, written } from '../../../../fakes/ledger-steps.ts';
import { type ManualClock, manualClock } from '../../../../fakes/manual-clock.ts';
import { testDynamoDb } from '../../../../fakes/test-dynamodb.ts';
import { deployed } from '../../../template/deployed.ts';

/** Real items of the ledger, through the filter and the template as they are packaged. */

let pipe: Pipe;
const { server, client } = await testDynamoDb(afterAll);
beforeAll(async () => {
  const template = await deployed({ outcomeBus: 'default' });
  pipe = pipeOf(parsePipe(template.Resources.OutcomePipe?.Properties), 'eu-central-1');
});

let ledger: Ledger;
let clock: ManualClock;
let events: BusEvent[];
let writes: number;
beforeEach(async () => {
  const name = `ledger-${randomUUID()}`;
  await createTable(client, name);
  clock = manualClock(nine);
  events = [];
  writes = 0;
  const stop = server.onWrite((write) => {
    if (write.tableName !== name) return;
    writes += 1;
    const event = pipe(write);
    if (event) events.push(event);
  });
  const table = dynamoTable(client, name);
  ledger = ledgerOn({ table, clock, uuid: randomUUID, retentionDays: 30 });
  await lanesOn(table, clock).touch(integrationId);
  return stop;
});

const failed = (as: 'waiting' | 'unknown' | 'held' | 'rejected' | 'superseded', failure: FailureDetail) =>
  ({ kind: 'failed', owner: 'owner-A', as, failure, dueAt: nine + minute }) as const;
const denied: FailureDetail = { code: 'STORAGE_DENIED', detail: 'S3 answered AccessDenied (HTTP 403).' };
const details = () => events.map(({ detail }) => detail);

const about = {
  // printf '%s' 'cv-inbox/candidates/GRK123/Frank Doe CV.pdf#9b2cf535f27731c974343645a3985328' | sha256sum | cut -c -32
  upload: '1ab048491cbc331a3698a1540ca47a07',
  target: 'candidate/GRK123',
  integrationId: 'greenhouse:8Xi6iZrwusZqJmDGXs49GBmJ',
  type: 'CV',
  sizeBytes: '48211',
  etag: '9b2cf535f27731c974343645a3985328',
  attempts: '1',
  receivedAtMs: String(nine),
};

test('the event of a delivery contains everything that an application needs, as text, and fits the schema', async () => {
  const record = await claimed(ledger, 'owner-A');
  clock.advance(minute);
  const opened = { sizeBytes: 48_211, correlationId: 'application-4711' };
  await written(ledger, record, { ...deliveredBy('owner-A'), ...opened });
  const endedAtMs = String(nine + minute);
  expect(events).toMatchObject([{ version: '0', source: 'cv-courier-dev', 'detail-type': 'CV Outcome' }]);
  expect(details()).toEqual([
    { ...about, version: '2', status: 'attached', code: '', endedAtMs, correlationId: 'application-4711' },
  ]);
  for (const event of events) expect(v.safeParse(outcomeEvent, event).issues).toBeUndefined();
});

test.each([
  ['held', denied],
  ['rejected', { code: 'FILE_EMPTY', detail: 'The file has no bytes.' }],
  ['superseded', { code: 'OBJECT_DELETED', detail: 'S3 answered NoSuchKey (HTTP 404).' }],
] as const)('a file that ends as %s is reported once', async (status, failure) => {
  await written(ledger, await claimed(ledger, 'owner-A'), failed(status, failure));
  const endedAtMs = String(nine);
  expect(details()).toEqual([{ ...about, version: '2', status, code: failure.code, endedAtMs, correlationId: '' }]);
});

test('an upload whose key names no target is reported without a target', async () => {
  const { target: _, attachmentType: __, ...claim } = claimOf('owner-A');
  const entry = await ledger.claim(claim);
  if (!entry.written) throw new Error('not claimed');
  await written(ledger, entry.record, failed('rejected', { code: 'KEY_NOT_MATCHED', detail: 'No template matches.' }));
  expect(details()).toMatchObject([{ status: 'rejected', target: '', integrationId: '', type: '' }]);
});

test('each change of the outcome is reported with a higher version, and the writes in between are not reported', async () => {
  const held = await written(ledger, await claimed(ledger, 'owner-A'), failed('held', denied));
  const waiting = await written(ledger, held, { kind: 'retry', reason: 'The ATS works again.' });
  const again = await ledger.claim(claimOf('owner-A', { early: true }), waiting);
  if (!again.written) throw new Error('not claimed');
  await written(ledger, again.record, deliveredBy('owner-A'));
  expect(details()).toMatchObject([
    { version: '2', status: 'held', attempts: '1' },
    { version: '5', status: 'attached', attempts: '2' },
  ]);
  expect(writes).toBe(6);
});

describe('writes without an event', () => {
  const held = async (): Promise<LedgerRecord> => {
    const record = await written(ledger, await claimed(ledger, 'owner-A'), failed('held', denied));
    events.length = 0;
    return record;
  };

  test('a claim is not reported as an event', async () => {
    await claimed(ledger, 'owner-A');
    expect({ events, writes }).toEqual({ events: [], writes: 2 });
  });

  test.each(['waiting', 'unknown'] as const)('a file that is %s is not reported as an event', async (as) => {
    await written(ledger, await claimed(ledger, 'owner-A'), failed(as, denied));
    expect({ events, writes }).toEqual({ events: [], writes: 3 });
  });

  test('a write that keeps the status is not reported as an event', async () => {
    const record = await held();
    await written(ledger, record, {
      kind: 'scanned',
      upload: record.upload,
      verdict: { code: 'SCAN_THREAT_FOUND', at: nine },
    });
    expect({ events, writes }).toEqual({ events: [], writes: 4 });
  });

  test('the deletion of a record by forget is not reported as an event', async () => {
    const record = await held();
    const id = 'cv-inbox/candidates/GRK123/Frank Doe CV.pdf#9b2cf535f27731c974343645a3985328';
    expect(await ledger.forget({ id, readable: true, record })).toBe('forgotten');
    expect({ events, writes }).toEqual({ events: [], writes: 4 });
  });
});

test('the local stack has the same pipe, with a stage of its own', async () => {
  const local = await localPipe('eu-central-1', 'local');
  const seen: (BusEvent | undefined)[] = [];
  const stop = server.onWrite((write) => seen.push(local(write)));
  await written(ledger, await claimed(ledger, 'owner-A'), deliveredBy('owner-A'));
  stop();
  const told = seen.filter((event) => event !== undefined);
  expect(told.map(({ detail }) => detail)).toEqual(details());
  expect(told).toMatchObject([{ source: 'cv-courier-local', 'detail-type': 'CV Outcome' }]);
});
