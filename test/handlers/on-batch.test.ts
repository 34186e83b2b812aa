import { beforeEach, describe, expect, test } from 'vitest';
import { runTask } from '../../handlers/on-batch/run-task.ts';
import { resultOf } from '../../handlers/on-batch/task-result.ts';
import type { FailureCode } from '../../lib/failures/failures.ts';
import type { Outcome } from '../../lib/outcome.ts';
import { uploadId } from '../../lib/upload/upload.ts';
import { exe } from '../fakes/files.ts';
import { integrationId, nine, upload } from '../fakes/ledger-samples.ts';
import { refuses } from '../fakes/scripted-kombo.ts';
import { type CourierWorld, courierWorld, key } from '../worlds/courier-world.ts';

let world: CourierWorld;
beforeEach(() => {
  world = courierWorld();
});

const task = { taskId: 'task-1', kind: 'object', key } as const;
const run = (change: object = {}) => runTask({ ...task, ...change }, world.deadline(), world.newFunction());

const about = { upload, attempt: 1 } as const;
const at = new Date(nine);
const because = (code: FailureCode) => ({ failure: { code, detail: 'Kombo answered HTTP 400.' } });

describe('the result of a batch task', () => {
  test.each<[string, Outcome, string]>([
    ['attached', { ...about, status: 'attached', attachedAt: at, warnings: [] }, 'Attached.'],
    [
      'attached with warnings',
      { ...about, status: 'attached', attachedAt: at, warnings: ['a', 'b'] },
      'Attached, with 2 warnings from Kombo.',
    ],
    [
      'attached before',
      { ...about, status: 'already-attached', attachedAt: at },
      'Attached before, on 2026-01-05T09:00:00.000Z.',
    ],
    ['no file', { status: 'ignored', reason: 'A folder marker.' }, 'Ignored: A folder marker.'],
  ])('a batch task whose object is %s succeeds', (_, outcome, resultString) => {
    expect(resultOf(outcome)).toEqual({ resultCode: 'Succeeded', resultString });
  });

  test.each<[string, Outcome, string]>([
    [
      'waits',
      { ...about, status: 'waiting', ...because('REMOTE.RATE_LIMIT_EXCEEDED'), dueAt: at },
      'WAITING REMOTE.RATE_LIMIT_EXCEEDED: not delivered; the schedule sends it from 2026-01-05T09:00:00.000Z.',
    ],
    [
      'waits behind a pause',
      { ...about, status: 'unchanged', as: 'waiting', ...because('INTEGRATION_PAUSED'), dueAt: at },
      'WAITING INTEGRATION_PAUSED: not delivered; the schedule sends it when the pause ends.',
    ],
    [
      'may be delivered',
      { ...about, status: 'unknown', ...because('ANSWER_LOST'), dueAt: at },
      'UNKNOWN ANSWER_LOST: may have been delivered; the schedule checks the target from 2026-01-05T09:00:00.000Z.',
    ],
    [
      'is being sent by another invocation',
      { ...about, status: 'unchanged', as: 'sending' },
      'SENDING: another invocation is sending it now.',
    ],
    [
      'was replaced while it was sent, because the newer object is found next time',
      { ...about, status: 'superseded', ...because('OBJECT_REPLACED') },
      'SUPERSEDED OBJECT_REPLACED: ',
    ],
  ])('a batch task whose file %s fails temporarily', (_, outcome, begins) => {
    const { resultCode, resultString } = resultOf(outcome);
    expect(resultCode).toBe('TemporaryFailure');
    expect(resultString.startsWith(begins)).toBe(true);
  });
});

describe('batch tasks that fail temporarily', () => {
  test('the undelivered file of a batch task waits behind new uploads of its integration', async () => {
    const its = world.put(key);
    world.kombo.script.push(() => refuses('REMOTE.RATE_LIMIT_EXCEEDED'));
    expect(await run()).toMatchObject({ resultCode: 'TemporaryFailure' });
    expect((await world.recordOf(its)).backfill).toBe(true);
    expect(world.table.items.get(uploadId(its))?.workShard).toBe(`backfill#${integrationId}`);
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
});
