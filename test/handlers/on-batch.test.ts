import { beforeEach, describe, expect, test } from 'vitest';
import { runTask } from '../../handlers/on-batch/run-task.ts';
import { resultOf } from '../../handlers/on-batch/task-result.ts';
import type { Courier } from '../../lib/courier.ts';
import { uploadId } from '../../lib/upload/upload.ts';
import { exe } from '../fakes/files.ts';
import { integrationId } from '../fakes/ledger-samples.ts';
import { losesAnswer, refuses } from '../fakes/scripted-kombo.ts';
import { type CourierWorld, courierWorld, key } from '../worlds/courier-world.ts';

let world: CourierWorld;
beforeEach(() => {
  world = courierWorld();
});

const task = { taskId: 'task-1', kind: 'object', key } as const;
const run = (change: object = {}, runtime: Courier = world.newFunction()) =>
  runTask({ ...task, ...change }, world.deadline(), runtime);

describe('batch tasks that succeed', () => {
  test('a batch task whose file is attached now succeeds', async () => {
    world.put(key);
    expect(await run()).toEqual({ resultCode: 'Succeeded', resultString: 'Attached.' });
  });

  test('a batch task whose file was attached before succeeds without another POST or write', async () => {
    world.put(key);
    const warm = world.newFunction();
    await run({}, warm);
    world.table.calls.length = 0;
    expect(await run({}, warm)).toEqual({
      resultCode: 'Succeeded',
      resultString: 'Attached before, on 2026-01-05T09:00:00.000Z.',
    });
    expect(world.kombo.posts).toHaveLength(1);
    // A warm function already knows the lane and the account.
    expect(world.table.calls).toEqual(['get']);
  });

  test('a batch task of a folder marker succeeds, because there is nothing to do', async () => {
    world.put('candidates/GRK123/', { bytes: Buffer.alloc(0) });
    expect(await run({ key: 'candidates/GRK123/' })).toMatchObject({ resultCode: 'Succeeded' });
  });
});

describe('batch tasks that fail temporarily', () => {
  test('a batch task whose file was not delivered fails temporarily, and says when the schedule sends it', async () => {
    world.put(key);
    world.kombo.script.push(() => refuses('REMOTE.RATE_LIMIT_EXCEEDED'));
    const result = await run();
    expect(result.resultCode).toBe('TemporaryFailure');
    expect(result.resultString).toMatch(
      /^WAITING REMOTE.RATE_LIMIT_EXCEEDED: not delivered; the schedule sends it from 2026-/,
    );
  });

  test('a repeated batch task uses up no attempt before its file is due', async () => {
    world.put(key);
    world.kombo.script.push(() => refuses('REMOTE.RATE_LIMIT_EXCEEDED'));
    for (let time = 0; time < 20; time += 1) expect((await run()).resultCode).toBe('TemporaryFailure');
    expect(world.kombo.posts).toHaveLength(1);
    world.clock.advance(3_600_000);
    expect(await run()).toMatchObject({ resultCode: 'Succeeded' });
  });

  test('a batch task of a paused lane fails temporarily without a call, and S3 may ask again', async () => {
    const upload = world.put(key);
    await world.ask({ action: 'pause', integration_id: 'account', reason: 'The ATS moves.' });
    for (let time = 0; time < 3; time += 1) {
      expect(await run()).toEqual({
        resultCode: 'TemporaryFailure',
        resultString: 'WAITING INTEGRATION_PAUSED: not delivered; the schedule sends it when the pause ends.',
      });
    }
    expect(world.kombo.posts).toHaveLength(0);
    expect(await world.recordOf(upload)).toMatchObject({ version: 1, attempts: 0 });
  });

  test('the undelivered file of a batch task waits behind new uploads of its integration', async () => {
    const upload = world.put(key);
    world.kombo.script.push(() => refuses('REMOTE.RATE_LIMIT_EXCEEDED'));
    await run();
    expect((await world.recordOf(upload)).backfill).toBe(true);
    expect(world.table.items.get(uploadId(upload))?.workShard).toBe(`backfill#${integrationId}`);
  });

  test('a batch task whose file may be delivered fails temporarily, and is not sent again', async () => {
    world.put(key);
    world.kombo.script.push(losesAnswer);
    expect(await run()).toMatchObject({
      resultCode: 'TemporaryFailure',
      resultString: expect.stringContaining('UNKNOWN ANSWER_LOST'),
    });
    expect(await run()).toMatchObject({ resultCode: 'TemporaryFailure' });
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('a batch task whose file is being sent by another invocation fails temporarily', async () => {
    const send = () => world.attach();
    await world.whileSending(send, async () => {
      expect(await run()).toMatchObject({
        resultCode: 'TemporaryFailure',
        resultString: expect.stringContaining('SENDING'),
      });
    });
  });

  test('a batch task fails temporarily when the ledger does not answer', async () => {
    world.put(key);
    world.table.fail('get', 9);
    expect(await run()).toEqual({
      resultCode: 'TemporaryFailure',
      resultString: 'The upload could not be settled: Error',
    });
  });

  test('a batch task fails temporarily when no time is left to start', async () => {
    world.put(key);
    expect(await runTask(task, world.deadline(20_000), world.newFunction())).toMatchObject({
      resultCode: 'TemporaryFailure',
    });
    expect(world.kombo.posts).toHaveLength(0);
  });

  test('a batch task whose object is replaced while it is sent fails temporarily: the newer one is found next time', () => {
    const upload = { bucket: 'cv-inbox', key, etag: 'a' };
    const failure = { code: 'OBJECT_REPLACED', detail: 'x' } as const;
    expect(resultOf({ upload, attempt: 1, status: 'superseded', failure })).toMatchObject({
      resultCode: 'TemporaryFailure',
    });
  });
});

describe('batch tasks that fail permanently', () => {
  test('a batch task without such an object fails permanently', async () => {
    const result = await run();
    expect(result.resultCode).toBe('PermanentFailure');
    expect(result.resultString).toMatch(/^OBJECT_DELETED: /);
    expect(world.table.items.size).toBe(0);
  });

  test('a batch task whose file is held fails permanently, with code and next step', async () => {
    world.put(key);
    world.kombo.script.push(() => refuses('KOMBO_NOT_FOUND'));
    const result = await run();
    expect(result.resultCode).toBe('PermanentFailure');
    expect(result.resultString).toMatch(/^HELD KOMBO_NOT_FOUND: .*Check the id in the key against Kombo/);
    expect(await run()).toEqual(result);
  });

  test('a batch task whose file is rejected fails permanently, without a name in the report', async () => {
    world.put(key, { bytes: exe });
    const { resultCode, resultString } = await run();
    expect(resultCode).toBe('PermanentFailure');
    expect(resultString).toMatch(/^REJECTED TYPE_CONTRADICTED: /);
    expect(resultString).not.toContain('Frank');
    expect(resultString.length).toBeLessThanOrEqual(500);
  });

  test('a batch task of an older version than the current one fails permanently', async () => {
    world.put(key);
    expect(await run({ versionId: 'older' })).toMatchObject({ resultCode: 'PermanentFailure' });
    expect(world.kombo.posts).toHaveLength(0);
  });

  test('a refused batch task fails permanently with the reason', async () => {
    const refused = { taskId: 'task-1', kind: 'refused', code: 'KEY_MALFORMED', detail: 'A stray "%".' } as const;
    expect(await runTask(refused, world.deadline(), world.newFunction())).toEqual({
      resultCode: 'PermanentFailure',
      resultString:
        'REFUSED KEY_MALFORMED: A stray "%". Correct the sender; S3 itself never sends such a key. The sweep finds the object under its own key.',
    });
  });

  test('a batch task without a verdict, with REQUIRE_SCAN, fails permanently', async () => {
    world.put(key);
    expect(await run({}, world.newFunction({ REQUIRE_SCAN: 'true' }))).toMatchObject({
      resultCode: 'PermanentFailure',
      resultString: expect.stringContaining('SCAN_MISSING'),
    });
    expect(world.kombo.posts).toHaveLength(0);
  });
});
