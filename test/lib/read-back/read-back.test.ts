import { beforeEach, describe, expect, test } from 'vitest';
import type { Settings } from '../../../lib/config/config.ts';
import type { Courier } from '../../../lib/courier.ts';
import { deliver } from '../../../lib/delivery/deliver.ts';
import type { ListedAttachment } from '../../../lib/kombo/attachment-list.ts';
import type { KomboFailure } from '../../../lib/kombo/classify-response.ts';
import type { Outcome } from '../../../lib/outcome.ts';
import { readBack } from '../../../lib/read-back/read-back.ts';
import type { Upload } from '../../../lib/upload/upload.ts';
import { day, hour, integrationId, minute, second } from '../../fakes/ledger-samples.ts';
import { losesAnswer, losesFile, type PostScript } from '../../fakes/scripted-kombo.ts';
import { type DeliveryWorld, deliveryWorld } from '../../worlds/delivery-world.ts';

let world: DeliveryWorld;
let deps: Courier;
beforeEach(() => {
  world = deliveryWorld();
  deps = world.newCourier();
});

const key = 'candidates/GRK123/Frank Doe CV.pdf';

const sent = async (fate: PostScript, its = world.put(key), by = deps): Promise<Upload> => {
  world.kombo.script.push(fate);
  await deliver(its, { deadline: world.deadline() }, by);
  return its;
};

const read = async (upload: Upload, change: Partial<Settings> = {}): Promise<Outcome> =>
  world.run(readBack(await world.recordOf(upload), world.deadline(), world.newCourier(change)));

const lists = (...files: readonly ListedAttachment[]): void => {
  world.kombo.listing = () => ({ ok: true, value: files, concurrency: {} });
};
const failsToList = (code: KomboFailure['code'], more: Partial<KomboFailure> = {}): void => {
  const failure = { code, detail: 'Kombo answered HTTP 400.', ...more };
  world.kombo.listing = () => ({ ok: false, failure, concurrency: {} });
};

describe('a file that may be delivered', () => {
  test('and is listed is attached, without a second POST', async () => {
    const upload = await sent(losesAnswer);
    world.clock.advance(minute);

    expect(await read(upload)).toMatchObject({ status: 'attached', attempt: 1 });

    expect((await world.recordOf(upload)).state).toMatchObject({ evidence: 'read-back' });
    expect(world.kombo.posts).toHaveLength(1);
    expect(world.kombo.listings).toMatchObject([{ kind: 'candidate', id: 'GRK123' }]);
  });

  test('and is missed once is read again five minutes later', async () => {
    const upload = await sent(losesFile);
    world.clock.advance(minute);
    expect(await read(upload)).toMatchObject({ status: 'unknown', failure: { code: 'ANSWER_LOST' } });
    expect((await world.recordOf(upload)).state).toMatchObject({
      absentListings: 1,
      dueAt: world.clock.now() + 5 * minute,
    });
  });

  test('and is missed twice, five minutes apart, is sent again at once', async () => {
    const upload = await sent(losesFile);
    await read(upload);
    world.clock.advance(5 * minute);
    expect(await read(upload)).toMatchObject({ status: 'retrying', dueAt: new Date(world.clock.now()) });
  });

  test('and is missed twice within five minutes is not sent: the tool may be slow', async () => {
    const upload = await sent(losesFile);
    await read(upload);
    world.clock.advance(5 * minute - 1);
    expect(await read(upload)).toMatchObject({ status: 'unknown' });
    world.clock.advance(1);
    expect(await read(upload)).toMatchObject({ status: 'retrying' });
  });

  test('and shows late is found by the second reading', async () => {
    const upload = await sent(losesAnswer);
    lists();
    await read(upload);
    world.clock.advance(5 * minute);
    world.kombo.listing = undefined;
    expect(await read(upload)).toMatchObject({ status: 'attached' });
  });

  test('goes on to be found when the second attempt is lost, and the first one shows late', async () => {
    const upload = await sent(losesFile);
    const firstAttemptAt = (await world.recordOf(upload)).attemptedAt ?? 0;
    await read(upload);
    world.clock.advance(5 * minute);
    await read(upload);
    await sent(losesFile, upload);
    lists({ name: 'Frank Doe CV.pdf', type: 'CV', createdAt: firstAttemptAt + second });
    expect(await read(upload)).toMatchObject({ status: 'attached' });
  });

  test('is told of once per word that is written', async () => {
    const upload = await sent(losesAnswer);
    const outcome = await read(upload);
    expect(world.observed).toHaveLength(2);
    expect(world.observed[1]?.outcome).toEqual(outcome);
  });

  test('is not read when it is not unknown', async () => {
    const upload = await sent(losesAnswer);
    await read(upload);
    expect(await read(upload)).toMatchObject({ status: 'already-attached' });
    expect(world.kombo.listings).toHaveLength(1);
  });

  test('may be read by two at once: the word of the first is kept', async () => {
    const upload = await sent(losesAnswer);
    const outcomes = await Promise.all([read(upload), read(upload)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['attached', 'unchanged']);
    expect((await world.recordOf(upload)).version).toBe(3);
  });
});

describe('what cannot be decided is held for an operator', () => {
  test('a file of that name without a date', async () => {
    const upload = await sent(losesAnswer);
    lists({ name: 'Frank Doe CV.pdf', type: 'CV' });
    expect(await read(upload)).toMatchObject({ status: 'held', failure: { code: 'OUTCOME_UNKNOWN' } });
    expect((await world.recordOf(upload)).state).toMatchObject({ mayBeDelivered: true });
  });

  test.each([
    'INTEGRATION.PERMISSION_MISSING',
    'INTEGRATION.ACTION_NOT_AVAILABLE',
    'INTEGRATION.MODEL_NOT_AVAILABLE',
    'KOMBO_FORBIDDEN',
    'KOMBO_NOT_FOUND',
  ] as const)('a target that is never listed: %s', async (code) => {
    const upload = await sent(losesAnswer);
    failsToList(code);
    expect(await read(upload)).toMatchObject({ status: 'held', failure: { code: 'OUTCOME_UNKNOWN' } });
    expect((await world.recordOf(upload)).state).toMatchObject({ mayBeDelivered: true });
  });

  test('says what it began with, and names nobody', async () => {
    const upload = await sent(losesAnswer);
    failsToList('INTEGRATION.PERMISSION_MISSING');
    await read(upload);
    const { state } = await world.recordOf(upload);
    const detail = 'failure' in state ? state.failure.detail : '';
    expect(detail).toContain('INTEGRATION.PERMISSION_MISSING');
    expect(detail).toContain('ANSWER_LOST');
    expect(detail).not.toContain('Frank');
  });

  test('a retry by an operator reads it again, and never sends it', async () => {
    const upload = await sent(losesAnswer);
    failsToList('INTEGRATION.PERMISSION_MISSING');
    await read(upload);
    await deps.ledger.apply(await world.recordOf(upload), { kind: 'retry', reason: 'The right is granted.' });
    world.kombo.listing = undefined;
    expect(await read(upload)).toMatchObject({ status: 'attached' });
    expect(world.kombo.posts).toHaveLength(1);
  });
});

describe('a target that cannot be read now', () => {
  test('is read again later, and no miss is counted', async () => {
    const upload = await sent(losesAnswer);
    failsToList('REMOTE.SERVICE_UNAVAILABLE');
    expect(await read(upload)).toMatchObject({ status: 'unknown', failure: { code: 'ANSWER_LOST' } });
    const { state } = await world.recordOf(upload);
    expect(state).toMatchObject({ absentListings: 0, failedReadings: 1 });
    expect('dueAt' in state && state.dueAt).toBeGreaterThan(world.clock.now());
  });

  test('is left alone for as long as Kombo asks', async () => {
    const upload = await sent(losesAnswer);
    failsToList('PLATFORM.RATE_LIMIT_EXCEEDED', { retryAfterMs: 10 * minute });
    await read(upload);
    const { state } = await world.recordOf(upload);
    expect('dueAt' in state && state.dueAt).toBeGreaterThanOrEqual(world.clock.now() + 10 * minute);
  });

  test('for a day is held', async () => {
    const upload = await sent(losesAnswer);
    failsToList('REMOTE.SERVICE_UNAVAILABLE');
    await read(upload);
    world.clock.advance(day);
    expect(await read(upload)).toMatchObject({ status: 'held', failure: { code: 'OUTCOME_UNKNOWN' } });
  });

  test('in twelve tries is held', async () => {
    const upload = await sent(losesAnswer);
    failsToList('KOMBO_UNREACHABLE');
    for (let reading = 1; reading < 12; reading += 1) {
      expect(await read(upload)).toMatchObject({ status: 'unknown' });
      world.clock.advance(hour);
    }
    expect(await read(upload)).toMatchObject({ status: 'held', failure: { code: 'OUTCOME_UNKNOWN' } });
  });
});

describe('a paused integration', () => {
  const byOperator = { code: 'INTEGRATION_PAUSED', by: 'operator', reason: 'A move.', selfHealing: false } as const;

  test('is not asked: the file waits for the end of the pause, and is then read, not sent', async () => {
    const upload = await sent(losesAnswer);
    await deps.pauses.begin({ ...byOperator, scope: integrationId });

    expect(await read(upload)).toMatchObject({ status: 'held', failure: { code: 'INTEGRATION_PAUSED' } });
    expect(world.kombo.listings).toEqual([]);

    await deps.pauses.end(integrationId, { by: 'operator', reason: 'Done.' });
    const held = await world.recordOf(upload);
    await deps.ledger.apply(held, { kind: 'released', scope: integrationId, dueAt: world.clock.now() });
    expect(await read(upload)).toMatchObject({ status: 'attached' });
    expect(world.kombo.posts).toHaveLength(1);
  });
});

describe('two files of one name for one candidate', () => {
  const elsewhere = 'named/greenhouse:8Xi6iZrwusZqJmDGXs49GBmJ/GRK123/Frank Doe CV.pdf';
  const inOtherCase = 'candidates/GRK123/frank doe cv.pdf';

  test.each([elsewhere, inOtherCase])(
    'the one that arrived does not vouch for the one that was lost (%s)',
    async (other) => {
      const lost = await sent(losesFile);
      await deliver(world.put(other), { deadline: world.deadline() }, deps);
      world.clock.advance(minute);
      expect(await read(lost)).toMatchObject({ status: 'unknown' });
      world.clock.advance(5 * minute);
      expect(await read(lost)).toMatchObject({ status: 'retrying' });
    },
  );

  test('both are found when both are there', async () => {
    const one = await sent(losesAnswer);
    const other = await sent(losesAnswer, world.put(elsewhere));
    expect([await read(one), await read(other)]).toMatchObject([{ status: 'attached' }, { status: 'attached' }]);
  });

  test('with one file there and both answers lost, nobody can tell whose it is', async () => {
    const one = await sent(losesAnswer);
    await sent(losesFile, world.put(elsewhere));
    expect(await read(one)).toMatchObject({ status: 'held', failure: { code: 'OUTCOME_UNKNOWN' } });
  });
});

describe('the name on the wire', () => {
  test('is worked out again when the function died before it told', async () => {
    const upload = world.put(key, { metadata: { filename: 'Application of Frank.pdf' } });
    const claim = { kind: 'claim', upload, owner: 'owner-A', leaseUntil: world.clock.now() } as const;
    const target = { kind: 'candidate', id: 'GRK123', integrationId } as const;
    const claimed = await deps.ledger.claim({ ...claim, target, attachmentType: 'CV' });
    if (claimed.claimed) await deps.ledger.apply(claimed.record, { kind: 'lease-expired', dueAt: world.clock.now() });
    lists({ name: 'Application of Frank.pdf', type: 'CV', createdAt: world.clock.now() });

    expect(await read(upload)).toMatchObject({ status: 'attached' });
  });

  test('bears a token where it was asked for, which finds the file under any name', async () => {
    const tokened = world.newCourier({ nameToken: true });
    const upload = await sent(losesAnswer, world.put(key, { etag: '9B2CF535F27731C9' }), tokened);
    expect(world.kombo.standing[0]?.attachment.name).toContain('9b2cf535');
    lists({ name: 'CV 9b2cf535 (renamed).pdf' });
    expect(await read(upload, { nameToken: true })).toMatchObject({ status: 'attached' });
  });
});

test('ON_UNKNOWN=resend sends without a look', async () => {
  const upload = await sent(losesAnswer);
  expect(await read(upload, { onUnknown: 'resend' })).toMatchObject({ status: 'retrying' });
  expect(world.kombo.listings).toEqual([]);
});

test.each([
  ['a thousand entries', Array.from({ length: 1_000 }, (_, index) => ({ name: `Letter ${index}.pdf`, type: 'OTHER' }))],
])('a listing of %s is a miss, not a crash', async (_, files) => {
  const upload = await sent(losesFile);
  lists(...files);
  expect(await read(upload)).toMatchObject({ status: 'unknown' });
});

test('a listing of entries with nothing in them is for an operator: one of them may be the file', async () => {
  const upload = await sent(losesFile);
  lists({}, {});
  expect(await read(upload)).toMatchObject({ status: 'held', failure: { code: 'OUTCOME_UNKNOWN' } });
});

test('a file that is never answered and never listed is sent three times; then an operator looks', async () => {
  const upload = await sent(losesFile);
  for (let round = 0; round < 12; round += 1) {
    world.clock.advance(6 * minute);
    const { state } = await world.recordOf(upload);
    if (state.status === 'unknown') await read(upload);
    if (state.status === 'retrying') {
      world.kombo.script.push(losesFile);
      await deliver(upload, { deadline: world.deadline() }, deps);
    }
  }
  expect(world.kombo.posts).toHaveLength(3);
  expect((await world.recordOf(upload)).state).toMatchObject({
    status: 'held',
    mayBeDelivered: true,
    failure: { code: 'OUTCOME_UNKNOWN' },
  });
});
