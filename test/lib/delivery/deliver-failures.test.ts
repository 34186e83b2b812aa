import { beforeEach, describe, expect, test } from 'vitest';
import type { Courier } from '../../../lib/courier.ts';
import { deliver } from '../../../lib/delivery/deliver.ts';
import type { DeliverOptions } from '../../../lib/delivery/delivery-options.ts';
import { accountLane, opened } from '../../../lib/lane/lane.ts';
import type { Outcome } from '../../../lib/outcome.ts';
import { fail } from '../../../lib/result.ts';
import type { Upload } from '../../../lib/upload/upload.ts';
import { day, hour, integrationId, minute, second } from '../../fakes/ledger-samples.ts';
import { refuses } from '../../fakes/scripted-kombo.ts';
import { type DeliveryWorld, deliveryWorld } from '../../worlds/delivery-world.ts';

let world: DeliveryWorld;
let deps: Courier;
beforeEach(() => {
  world = deliveryWorld();
  deps = world.newCourier();
});

const key = 'candidates/GRK123/Frank Doe CV.pdf';

const send = (upload: Upload, options: Partial<DeliverOptions> = {}, its = deps): Promise<Outcome> =>
  deliver(upload, { deadline: world.deadline(), ...options }, its);

describe('a failure that is known not to have delivered', () => {
  test('an unreachable Kombo is tried again after 0.75 s and 1.5 s, then the file waits for the schedule', async () => {
    // The first file of a process loads a library, which takes time.
    await send(world.put('candidates/GRK1/CV.pdf'));
    const upload = world.put(key);
    const startedAt = world.clock.now();
    const unreachable = () => refuses('KOMBO_UNREACHABLE');
    world.kombo.script.push(unreachable, unreachable, unreachable);
    expect(await world.run(send(upload))).toMatchObject({ status: 'waiting', failure: { code: 'KOMBO_UNREACHABLE' } });
    expect(world.kombo.posts).toHaveLength(4);
    expect((await world.recordOf(upload)).updatedAt - startedAt).toBe(2_250);
  });

  test.each([
    ['PLATFORM.CONCURRENCY_LIMIT_EXCEEDED', {}, 500],
    ['PLATFORM.RATE_LIMIT_EXCEEDED', { retryAfterMs: 57 * second }, 57_500],
    ['KOMBO_RATE_LIMITED', { retryAfterMs: 2 * second }, 2_500],
    ['KOMBO_RATE_LIMITED', {}, 15_000],
  ] as const)('a file throttled with %s %j waits after exactly one request', async (code, more, waitMs) => {
    const upload = world.put(key);
    world.kombo.script.push(() => refuses(code, more));
    // Time stands still: a repeat would wait forever.
    expect(await send(upload)).toMatchObject({ status: 'waiting', failure: { code } });

    expect(world.kombo.posts).toHaveLength(1);
    const { state, updatedAt } = await world.recordOf(upload);
    expect(state).toMatchObject({ dueAt: updatedAt + waitMs });
  });

  /** An attempt with a failure on our own side, which uses up the retry budget; then time passes until it is due. */
  const failToRead = async (upload: Upload, its = deps): Promise<Outcome> => {
    const open = async () => fail('STORAGE_UNAVAILABLE', 'S3 answered SlowDown (HTTP 503).');
    const outcome = await world.run(send(upload, {}, { ...its, storage: { ...its.storage, open } }));
    world.clock.advance(hour);
    return outcome;
  };

  test('a file is held at the twelfth attempt, with the last error and its next step in the detail', async () => {
    const upload = world.put(key);
    for (let attempt = 1; attempt < 12; attempt += 1)
      expect(await failToRead(upload)).toMatchObject({ status: 'waiting', attempt });
    expect(await failToRead(upload)).toMatchObject({
      status: 'held',
      failure: {
        code: 'RETRIES_EXHAUSTED',
        detail:
          'The last of 12 attempts ended with STORAGE_UNAVAILABLE. S3 answered SlowDown (HTTP 503). Check the AWS Health Dashboard for S3 and KMS, and the network of the function.',
      },
    });
  });

  test.each([integrationId, accountLane])('a file has a whole day again from the opening of %s', async (lane) => {
    const upload = world.put(key);
    await failToRead(upload);
    world.clock.advance(6 * day);
    await deps.lanes.change(lane, (paused) => opened(paused, world.clock.now()));
    expect(await failToRead(upload)).toMatchObject({ status: 'waiting' });
    world.clock.advance(day);
    expect(await failToRead(upload)).toMatchObject({ status: 'held' });
  });

  test('a file is not held when the table cannot say whether its lane has just opened', async () => {
    const upload = world.put(key);
    await failToRead(upload);
    world.clock.advance(day);
    let asked = 0;
    const gate: Courier['lanes']['gate'] = (id) => {
      asked += 1;
      // Three calls come before the attempt, one after it.
      return asked < 4 ? deps.lanes.gate(id) : Promise.reject(new Error('The table does not answer.'));
    };
    expect(await failToRead(upload, { ...deps, lanes: { ...deps.lanes, gate } })).toMatchObject({ status: 'waiting' });
    expect(asked).toBe(4);
    expect(await failToRead(upload)).toMatchObject({ status: 'held' });
  });

  test('a file is settled even when the table cannot say whether Kombo ever knew its integration', async () => {
    const upload = world.put('named/greenhouse:Mistyped/GRK123/CV.pdf');
    world.kombo.script.push(() => {
      world.table.fail('get', 1);
      return refuses('PLATFORM.INTEGRATION_NOT_FOUND');
    });
    // Only a lane that was read shows that the id is a mistake, so the file is not rejected because of it.
    expect(await send(upload)).toMatchObject({ status: 'waiting' });
  });
});

test('a file with an id that Kombo never knew waits for an ordinary failure', async () => {
  const upload = world.put('named/greenhouse:Mistyped/GRK123/CV.pdf');
  world.kombo.script.push(() => refuses('PLATFORM.RATE_LIMIT_EXCEEDED'));
  expect(await send(upload)).toMatchObject({ status: 'waiting' });
});

describe('a failure that may have delivered', () => {
  test.each(['ANSWER_LOST', 'ANSWER_TIMED_OUT', 'ANSWER_UNREADABLE', 'PLATFORM.UNKNOWN_ERROR', 'KOMBO_FAULT'] as const)(
    'a file that may have been delivered (%s) is posted once, and read back in a minute',
    async (code) => {
      const upload = world.put(key);
      world.kombo.script.push(() => refuses(code));
      expect(await send(upload)).toMatchObject({ status: 'unknown', failure: { code } });
      expect(world.kombo.posts).toHaveLength(1);
      const { state, updatedAt, sent } = await world.recordOf(upload);
      expect(state).toMatchObject({ dueAt: updatedAt + minute });
      expect(sent).toEqual({ name: 'Frank Doe CV.pdf', type: 'CV', contentType: 'application/pdf' });
    },
  );
});

describe('a file that Kombo refuses permanently', () => {
  test("a file that Kombo refuses permanently is rejected with Kombo's own words, which no log line repeats", async () => {
    const upload = world.put(key);
    const more = { komboMessage: 'Frank Doe CV.pdf is not a document.', logUrl: 'https://app.kombo.dev/log' };
    world.kombo.script.push(() => refuses('REMOTE.INPUT_INVALID', more));
    expect(await send(upload)).toMatchObject({
      status: 'rejected',
      failure: { code: 'REMOTE.INPUT_INVALID', ...more },
    });
    expect(JSON.stringify(world.logged)).not.toContain('Frank');
  });
});
