import { beforeEach, describe, expect, test } from 'vitest';
import { opened, paused } from '../../../../lib/lane/lane.ts';
import { integrationId, nine } from '../../../fakes/ledger-samples.ts';
import { losesAnswer, losesFile, type PostScript, refuses } from '../../../fakes/scripted-kombo.ts';
import { type CourierWorld, courierWorld, key, reason } from '../../../worlds/courier-world.ts';
import { eventOf } from '../../../worlds/s3-event.ts';

/** No answer claims that something was done which was not. */

let world: CourierWorld;
beforeEach(() => {
  world = courierWorld();
});

const notFound: PostScript = () => refuses('KOMBO_NOT_FOUND');
const pause = (name: string) => world.ask({ action: 'pause', integration_id: name, reason: 'The ATS moves.' });
const resend = { action: 'resend', key, force: true, reason };
const retry = { action: 'retry', key, reason };

const pauses = [
  ['the integration', integrationId, 'The integration has been paused'],
  ['everything', 'account', 'Everything has been paused'],
] as const;

describe.each(pauses)('while %s is paused', (_, name, sentence) => {
  test('during a pause, a resend is reported as released and not sent, and a copy may exist', async () => {
    await world.attach();
    await pause(name);
    const answer = await world.ask(resend);
    expect(answer).toMatchObject({
      ok: true,
      files: [{ status: 'waiting', paused: expect.stringContaining(sentence) }],
    });
    expect(answer.message).toMatch(
      /^It is released to be sent again\. It will be sent again automatically when the pause ends\. /,
    );
    expect(answer.message).not.toMatch(/was sent|held|not delivered/);
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('during a pause, a retry by key is reported as released and not tried', async () => {
    await world.attach(key, notFound);
    await pause(name);
    const answer = await world.ask(retry);
    expect(answer).toMatchObject({ ok: true, files: [{ status: 'waiting' }] });
    expect(answer.files).not.toMatchObject([{ unchanged: true }]);
    expect(answer.message).toMatch(
      /^It is released\. It is not delivered yet and will be sent automatically when the pause ends\. /,
    );
    expect(answer.message).toContain(sentence);
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('during a pause, a retry of many does not promise the next run', async () => {
    await world.attach(key, notFound);
    await pause(name);
    const answer = await world.ask({ action: 'retry', candidate_id: 'GRK123', reason });
    expect(answer.message).toBe('1 file released; when the pause ends, a scheduled run sends it.');
  });

  test('during a pause, the answer to a replayed event says what is paused', async () => {
    const upload = world.put(key);
    await pause(name);
    const answer = await world.ask({ action: 'replay', event: eventOf(upload) });
    expect(answer.message).toContain('will be sent automatically when the pause ends.');
    expect(answer.message).toContain(sentence);
  });
});

test('an integration that is resumed while everything is paused is not reported as being sent', async () => {
  await pause(integrationId);
  await pause('account');
  const answer = await world.ask({ action: 'resume', integration_id: integrationId, reason });
  expect(answer.message).toContain('But everything is paused as well, so they wait until that pause ends:');
});

test('a pause that started while another one was being ended is not reported as ended', async () => {
  await pause(integrationId);
  const courier = world.newFunction();
  const another = {
    code: 'INTEGRATION.INACTIVE',
    by: 'kombo',
    reason: 'Kombo answered HTTP 409.',
    since: nine + 1,
  } as const;
  const change: typeof courier.lanes.change = async (id, changed) => {
    await courier.lanes.change(id, (lane) => paused(opened(lane, nine), another));
    return courier.lanes.change(id, changed);
  };
  const lanes = { ...courier.lanes, change };
  const answer = await world.ask({ action: 'resume', integration_id: integrationId, reason }, { lanes });
  expect(answer).toMatchObject({
    ok: false,
    message: expect.stringMatching(/^Nothing was done: .* INTEGRATION\.INACTIVE/),
  });
});

test('a file whose pause has ended is not reported as paused', async () => {
  await pause(integrationId);
  await world.attach();
  await world.ask({ action: 'resume', integration_id: integrationId, reason });
  const answer = await world.ask({ action: 'status', key });
  expect(answer.message).toMatch(
    /INTEGRATION_PAUSED: This happened earlier\. Its integration is not paused now\. Nothing: it is sent automatically\.$/,
  );
});

describe('a retry', () => {
  test('the answer to a retry of a file that may be delivered says that its target was checked', async () => {
    await world.attach(key, losesFile);
    const answer = await world.run(world.ask(retry));
    expect(answer.message).toMatch(/^The files at its target were checked again\. It may have been delivered;/);
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('the answer to a retry of many files that may be delivered promises a look and no sending', async () => {
    await world.attach(key, losesAnswer);
    const answer = await world.ask({ action: 'retry', candidate_id: 'GRK123', reason });
    expect(answer.message).toBe('1 file released; the next scheduled run checks whether it has arrived.');
  });

  test('the answer to a retry that another invocation overtakes says that the other one sends it', async () => {
    await world.attach(key, notFound);
    const sending = () => world.ask(retry);
    await world.whileSending(sending, async () => {
      const answer = await world.ask({ ...retry, reason: 'Another operator asks.' });
      expect(answer).toMatchObject({ ok: false, files: [{ status: 'sending' }] });
      expect(answer.message).toMatch(
        /^Nothing was done: its state does not allow "retry"\. It is being sent at this moment\./,
      );
    });
  });
});

describe('a record that cannot be read', () => {
  beforeEach(async () => world.damage(await world.attach(key, notFound)));

  test.each([[retry], [resend], [{ action: 'resolve', key, reason }]])(
    'a record that cannot be read is left unchanged by %j, and the answer says so',
    async (request) => {
      const before = structuredClone([...world.table.items]);
      const answer = await world.ask(request);
      expect(answer).toMatchObject({
        ok: false,
        message: expect.stringMatching(/^Nothing was done\. The ledger record is damaged/),
      });
      expect([...world.table.items]).toEqual(before);
    },
  );

  test('a record that cannot be read is left unchanged by a retry of many, and the answer says so', async () => {
    expect(await world.ask({ action: 'retry', candidate_id: 'GRK123', reason })).toMatchObject({
      ok: false,
      message: 'There was nothing to retry. 1 file left unchanged: 1 with a record that cannot be read.',
      files: [{ status: 'held', code: 'RECORD_UNREADABLE' }],
    });
  });
});

test('an unseen object that cannot be read is not reported as being sent again automatically', async () => {
  const courier = world.newFunction();
  const find = async () =>
    ({ ok: false, error: { code: 'STORAGE_UNAVAILABLE', detail: 'S3 answered SlowDown (HTTP 503).' } }) as const;
  const storage = { ...courier.storage, find };
  for (const action of ['attach', 'status', 'dryRun']) {
    const { message } = await world.ask({ action, key }, { storage });
    expect(message).not.toContain('sent again automatically');
  }
});
