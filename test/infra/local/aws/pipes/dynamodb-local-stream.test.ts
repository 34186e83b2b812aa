import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { localPipe } from '../../../../../infra/local/aws/pipes/pipe.ts';
import { ledgerOn } from '../../../../../lib/ledger/ledger.ts';
import { nine } from '../../../../fakes/ledger-samples.ts';
import { claimed, deliveredBy, id, recordOf, written } from '../../../../fakes/ledger-steps.ts';
import { type LocalDynamo, startLocalDynamo } from '../../../../fakes/local-table.ts';
import { manualClock } from '../../../../fakes/manual-clock.ts';
import { readStream } from '../../../../fakes/stream-reader.ts';

/** AWS's own stream records, from its DynamoDB Local (.ci/dynamodb-local.sh), because the local table server has none. */
const foreign = process.env.TEST_DYNAMODB_URL;

let dynamo: LocalDynamo | undefined;
beforeAll(async () => {
  if (foreign !== undefined) dynamo = await startLocalDynamo();
});
afterAll(() => dynamo?.stop());

test.runIf(foreign !== undefined)(
  'the stream of a table that DynamoDB Local creates from table.yml gives the same events through the pipe',
  async () => {
    if (!dynamo) throw new Error('There is no server.');
    const { name, table } = await dynamo.newTable();
    const ledger = ledgerOn({ table, clock: manualClock(nine), uuid: randomUUID, retentionDays: 400 });
    const opened = { sizeBytes: 48_211, correlationId: 'application-4711' };
    await written(ledger, await claimed(ledger, 'owner-A'), { ...deliveredBy('owner-A'), ...opened });
    await ledger.tell(recordOf(await ledger.read(id)));
    const entry = await ledger.read(id);
    if (entry) await ledger.forget(entry);

    const writes = await readStream(dynamo.client, name);
    expect(writes.map(({ eventName }) => eventName)).toEqual(['INSERT', 'MODIFY', 'MODIFY', 'REMOVE']);
    const pipe = await localPipe('eu-central-1', 'local');
    const told = writes.map((write) => pipe(write)?.detail);
    const detail = {
      status: 'attached',
      code: '',
      target: 'candidate/GRK123',
      sizeBytes: '48211',
      attempts: '1',
      receivedAtMs: String(nine),
      endedAtMs: String(nine),
      correlationId: 'application-4711',
    };
    expect(told).toMatchObject([undefined, { ...detail, version: '2' }, { ...detail, version: '3' }, undefined]);
  },
);
