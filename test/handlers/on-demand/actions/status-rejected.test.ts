import { beforeEach, describe, expect, test } from 'vitest';
import { deliver } from '../../../../lib/delivery/deliver.ts';
import { fieldsOf } from '../../../../lib/telemetry/observe.ts';
import { refuses } from '../../../fakes/scripted-kombo.ts';
import { type CourierWorld, courierWorld, key } from '../../../worlds/courier-world.ts';

let world: CourierWorld;
beforeEach(() => {
  world = courierWorld();
});

/** An empty file, rejected at the current time of the clock. */
const rejected = (its: string) => world.attach(its, undefined, { bytes: Buffer.alloc(0) });

test('status of a rejected file shows the correlation id by which its uploader is found', async () => {
  const metadata = { 'correlation-id': 'application-4711' };
  await world.attach(key, () => refuses('REMOTE.INPUT_INVALID'), { metadata });
  expect(await world.ask({ action: 'status', list: 'rejected' })).toMatchObject({
    rejected: [{ code: 'REMOTE.INPUT_INVALID', correlationId: 'application-4711' }],
  });
});

describe('the list of rejected files', () => {
  const names = (answer: Record<string, unknown>): string[] =>
    (answer.rejected as { key: string }[]).map(({ key: its }) => its.replace('candidates/', '').replace('/CV.pdf', ''));

  test('the list of rejected files shows the newest first, each with code and next step, besides the counts of waiting files', async () => {
    for (const name of ['A', 'B', 'C']) {
      await rejected(`candidates/${name}/CV.pdf`);
      world.clock.advance(1_000);
    }
    const answer = await world.ask({ action: 'status', list: 'rejected' });
    expect(answer).toMatchObject({ ok: true, counts: { waiting: 0, held: 0 } });
    expect(answer.message).toBe(
      '3 rejected files are shown, newest first; there are no more. Nothing is waiting or held.',
    );
    expect(names(answer)).toEqual(['C', 'B', 'A']);
    expect(answer.rejected).toMatchObject([
      { status: 'rejected', code: 'FILE_EMPTY', nextStep: expect.stringContaining('Ask the uploader') },
      {},
      {},
    ]);
    expect(answer).not.toHaveProperty('note');
    expect(answer).not.toHaveProperty('held');
    expect(answer).not.toHaveProperty('next');
  });

  test('the list of rejected files continues by a cursor, each file once, even if several were rejected at the same time', async () => {
    for (let index = 0; index < 25; index += 1) {
      await rejected(`candidates/GRK${index}/CV.pdf`);
      if (index % 7 === 6) world.clock.advance(1);
    }
    const seen: string[] = [];
    let request: unknown = { action: 'status', list: 'rejected', limit: 10 };
    for (let page = 1; page <= 3; page += 1) {
      const answer = await world.ask(request);
      seen.push(...names(answer));
      request = answer.next;
    }
    expect(seen).toHaveLength(25);
    expect(new Set(seen).size).toBe(25);
    // The last four are the newest, the first seven the oldest.
    expect(seen.slice(0, 4).sort()).toEqual(['GRK21', 'GRK22', 'GRK23', 'GRK24']);
    expect(seen.slice(-7).sort()).toEqual(['GRK0', 'GRK1', 'GRK2', 'GRK3', 'GRK4', 'GRK5', 'GRK6']);
    expect(request).toBeUndefined();
  });

  test('the list of rejected files continues where it ended, even if the last file was retried and newer ones arrived', async () => {
    for (const name of ['A', 'B', 'C']) {
      await rejected(`candidates/${name}/CV.pdf`);
      world.clock.advance(1_000);
    }
    const first = await world.ask({ action: 'status', list: 'rejected', limit: 1 });
    expect(names(first)).toEqual(['C']);
    await world.attach('candidates/C/CV.pdf', undefined, { etag: 'another' });
    await rejected('candidates/D/CV.pdf');
    expect(names(await world.ask({ ...(first.next as object), limit: 10 }))).toEqual(['B', 'A']);
  });

  test('a later page of rejected files does not read the newer ones again', async () => {
    for (let index = 0; index < 1_000; index += 1) {
      await rejected(`candidates/GRK${index}/CV.pdf`);
      world.clock.advance(1);
    }
    const first = await world.ask({ action: 'status', list: 'rejected', limit: 990 });
    world.table.calls.length = 0;
    const second = await world.ask(first.next);
    expect(names(second)).toHaveLength(10);
    // For the counts eight shards and two parts of the directory of lanes, one for the pauses, four for the list.
    expect(world.table.calls.filter((call) => call === 'query')).toHaveLength(16);
  });

  test('the list of rejected files says in words that it is empty', async () => {
    const answer = await world.ask({ action: 'status', list: 'rejected' });
    expect(answer.message).toBe('No file is rejected. Nothing is waiting or held.');
    expect(answer.rejected).toEqual([]);
  });

  test('a released file leaves the list of rejected files', async () => {
    await rejected(key);
    await world.ask({ action: 'retry', candidate_id: 'GRK123', reason: 'Have another look.' });
    expect((await world.ask({ action: 'status', list: 'rejected' })).rejected).toEqual([]);
  });

  test('the list of rejected files shows a record that cannot be read as unreadable, and continues after it', async () => {
    for (const name of ['A', 'B', 'C']) {
      await rejected(`candidates/${name}/CV.pdf`);
      world.clock.advance(1_000);
    }
    world.damage('cv-inbox/candidates/C/CV.pdf#etag-2');
    const first = await world.ask({ action: 'status', list: 'rejected', limit: 1 });
    expect(first.rejected).toMatchObject([{ key: 'candidates/C/CV.pdf', code: 'RECORD_UNREADABLE' }]);
    expect(names(await world.ask({ ...(first.next as object), limit: 10 }))).toEqual(['B', 'A']);
  });

  test('the default list of status is "held", not "rejected"', async () => {
    await rejected(key);
    expect(await world.ask({ action: 'status', list: 'held' })).toEqual(await world.ask({ action: 'status' }));
  });
});

test('the next step of KEY_NOT_MATCHED leads from a log line to the key, which the line leaves out', async () => {
  const strange = 'inbox/Frank Doe CV.pdf';
  const { etag } = world.put(strange);
  await rejected('candidates/GRK1/CV.pdf');
  const outcome = await deliver(
    { bucket: 'cv-inbox', key: strange, etag },
    { deadline: world.deadline() },
    world.newFunction(),
  );
  const line = fieldsOf(outcome, world.newFunction().settings.keyTemplates);
  expect(JSON.stringify(line)).not.toContain('Frank');
  const [request = ''] = /\{.*?\}/.exec(String(line.nextStep)) ?? [];
  const answer = await world.ask(JSON.parse(request));
  const found = (answer.rejected as { etag: string; key: string }[]).find((file) => file.etag === line.etag);
  expect(found?.key).toBe(strange);
});
