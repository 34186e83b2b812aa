import { beforeEach, describe, expect, test } from 'vitest';
import { minute } from '../../../fakes/ledger-samples.ts';
import { losesFile, type PostScript, refuses } from '../../../fakes/scripted-kombo.ts';
import { type CourierWorld, courierWorld, key, reason } from '../../../worlds/courier-world.ts';

let world: CourierWorld;
beforeEach(() => {
  world = courierWorld();
});

const notFound: PostScript = () => refuses('KOMBO_NOT_FOUND');
const resend = { action: 'resend', key, force: true, reason: 'It was deleted in the ATS.' };

describe('the same resend again', () => {
  test('the same resend a minute later is answered with what the first one did, and sends nothing', async () => {
    await world.attach();
    const sentAt = new Date(world.clock.now()).toISOString();
    expect(await world.ask(resend)).toMatchObject({ ok: true, message: expect.stringContaining('It was sent again.') });
    world.clock.advance(minute);
    const second = await world.ask(resend);
    expect(second).toMatchObject({ ok: true, repeated: true, files: [{ status: 'attached', attempts: 2 }] });
    expect(second.message).toBe(
      `Nothing was sent now: it was already sent again for this reason, at ${sentAt}. It is attached to candidate GRK123, since ${sentAt}. To send one more copy, give a different reason.`,
    );
    expect(world.kombo.posts).toHaveLength(2);
  });

  test('the same resend three times concurrently makes one more copy', async () => {
    await world.attach();
    const answers = await Promise.all([world.ask(resend), world.ask(resend), world.ask(resend)]);
    expect(world.kombo.posts).toHaveLength(2);
    // Which of them releases it, and how far it is when the others look, is not defined.
    expect(answers.filter(({ repeated }) => repeated)).toHaveLength(2);
    expect(answers.filter(({ ok }) => ok).length).toBeGreaterThan(0);
  });

  test('the same resend of a file that was sent without an answer does not send it again, and says that it may be delivered', async () => {
    await world.attach();
    world.kombo.script.push(losesFile);
    await world.ask(resend);
    const second = await world.ask(resend);
    expect(second).toMatchObject({ repeated: true, files: [{ status: 'unknown' }] });
    expect(second.message).toContain('It may have been delivered');
    expect(world.kombo.posts).toHaveLength(2);
  });

  test('the same resend of a file behind a pause claims no copy: the file was released, and waits', async () => {
    await world.attach();
    await world.ask({ action: 'pause', integration_id: 'account', reason });
    const first = await world.ask(resend);
    const second = await world.ask(resend);
    expect(first.ok).toBe(true);
    expect(second).toMatchObject({ ok: true, repeated: true, files: [{ status: 'waiting' }] });
    expect(second.message).toMatch(
      /^Nothing was sent now: it was already released for this reason to be sent again, at /,
    );
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('after a resend of a file behind a pause no later answer says that the file is not delivered', async () => {
    await world.attach();
    await world.ask({ action: 'pause', integration_id: 'account', reason });
    await world.ask(resend);
    for (const request of [{ action: 'attach' }, { action: 'retry', reason }, { action: 'status' }]) {
      const answer = await world.ask({ ...request, key });
      expect(answer).toMatchObject({ files: [{ status: 'waiting', resent: true }] });
      expect(answer.message).toContain('It will be sent again automatically when the pause ends.');
    }
  });

  test('the same resend of a file whose attempt failed is answered as not done', async () => {
    await world.attach();
    world.kombo.script.push(() => refuses('REMOTE.RATE_LIMIT_EXCEEDED', { retryAfterMs: minute }));
    const courier = world.newFunction();
    const gate: typeof courier.lanes.gate = (id) => {
      world.clock.advance(1);
      return courier.lanes.gate(id);
    };
    const first = await world.ask(resend, { lanes: { ...courier.lanes, gate } });
    expect(first).toMatchObject({ ok: false, files: [{ status: 'waiting', attempts: 2 }] });
    expect(await world.ask(resend)).toMatchObject({ ok: false, repeated: true, files: [{ status: 'waiting' }] });
  });

  test('a resend of a file behind a pause that was never sent claims no copy', async () => {
    await world.attach(key, notFound);
    await world.ask({ action: 'pause', integration_id: 'account', reason });
    const answer = await world.ask(resend);
    expect(answer.message).toContain('It is not delivered yet and will be sent automatically when the pause ends.');
    expect(answer.files).not.toMatchObject([{ resent: true }]);
  });

  test('the same resend after the object was deleted is answered with what the first one did', async () => {
    await world.attach();
    await world.ask(resend);
    world.bucket.delete(key);
    expect(await world.ask(resend)).toMatchObject({ ok: true, repeated: true, files: [{ status: 'attached' }] });
  });
});

test('retry of one file twice sends it once, and the second answer is a success', async () => {
  await world.attach(key, notFound);
  const request = { action: 'retry', key, reason };
  expect(await world.ask(request)).toMatchObject({ ok: true });
  const second = await world.ask(request);
  expect(second).toMatchObject({ ok: true, repeated: true, files: [{ status: 'attached' }] });
  expect(second.message).toMatch(/^Nothing was done now: it was already retried for this reason, at .* It is attached/);
  expect(world.kombo.posts).toHaveLength(2);
});

test('retry of one file while the first request still sends it sends it once', async () => {
  await world.attach(key, notFound);
  const send = () => world.ask({ action: 'retry', key, reason });
  await world.whileSending(send, async () => {
    expect(await send()).toMatchObject({ ok: true, repeated: true, files: [{ status: 'sending' }] });
  });
  expect(world.kombo.posts).toHaveLength(2);
});

test('retry by code twice releases its files once, and the second answer is a success', async () => {
  for (const name of ['A', 'B']) await world.attach(`candidates/GRK${name}/CV.pdf`, notFound);
  const request = { action: 'retry', code: 'KOMBO_NOT_FOUND', reason };
  expect(await world.ask(request)).toMatchObject({ ok: true, released: 2 });
  expect(await world.ask(request)).toMatchObject({ ok: true, released: 0, message: 'There was nothing to retry.' });
  await world.runSchedule();
  expect(await world.ask(request)).toMatchObject({ ok: true, released: 0 });
  expect(world.kombo.posts).toHaveLength(4);
});

test('retry of a candidate twice releases its files once, and the second answer is a success', async () => {
  await world.attach(key, notFound);
  const request = { action: 'retry', candidate_id: 'GRK123', reason };
  expect(await world.ask(request)).toMatchObject({ ok: true, released: 1 });
  await world.runSchedule();
  expect(await world.ask(request)).toMatchObject({
    ok: true,
    message: 'There was nothing to retry. 1 file left unchanged: 1 attached already.',
  });
  expect(world.kombo.posts).toHaveLength(2);
});

test('resolve of a file that was found at the target in the meantime is a success, and no repetition', async () => {
  await world.attach();
  const answer = await world.ask({ action: 'resolve', key, reason: 'Seen in the ATS.' });
  expect(answer).toMatchObject({
    ok: true,
    message: expect.stringMatching(/^Nothing was done: there is nothing to resolve\. It is attached/),
  });
  expect(answer).not.toHaveProperty('repeated');
});

test('a retry of a file that is held once more is made once more, because its cause may be fixed by now', async () => {
  await world.attach(key, notFound);
  world.kombo.script.push(notFound);
  const request = { action: 'retry', key, reason };
  const first = await world.ask(request);
  expect(first).toMatchObject({ ok: false, files: [{ status: 'held' }] });
  expect(first.message).toMatch(/^It was tried again\. It is held: an operator must act\. KOMBO_NOT_FOUND: /);
  expect(await world.ask(request)).toMatchObject({ ok: true, files: [{ status: 'attached' }] });
});

test('a dry run of retry counts the files and their integrations, and changes nothing', async () => {
  await world.attach('candidates/GRKA/CV.pdf', notFound);
  await world.attach('candidates/GRKB/CV.pdf', notFound);
  await world.attach('candidates/GRKC/CV.pdf', () => refuses('KOMBO_FORBIDDEN'));
  const before = structuredClone(world.table.items);
  const answer = await world.ask({ action: 'retry', code: 'KOMBO_NOT_FOUND', dry_run: true, limit: 1, reason });
  const integration = world.env.KOMBO_INTEGRATION_ID ?? '';
  expect(answer).toEqual({
    ok: true,
    message: `Nothing was changed. 2 files would be released: 2 for ${integration}. One request releases at most 1 of them, its "limit".`,
    wouldRelease: 2,
    integrations: { [integration]: 2 },
  });
  expect(world.table.items).toEqual(before);
  expect(world.kombo.posts).toHaveLength(3);
});

test('a dry run of retry counts what the request itself then releases, and leaves the same files', async () => {
  for (const name of ['A', 'B']) await world.attach(`candidates/GRK123/${name}.pdf`, notFound);
  await world.attach();
  const request = { action: 'retry', candidate_id: 'GRK123', reason };
  const dry = await world.ask({ ...request, dry_run: true });
  expect(dry.message).toContain('1 file left unchanged: 1 attached already.');
  const real = await world.ask({ ...request, dry_run: false });
  expect(dry.wouldRelease).toBe(2);
  expect(real).toMatchObject({ released: 2, integrations: dry.integrations });
});

test('a dry run of retry without a file says so', async () => {
  expect(await world.ask({ action: 'retry', code: 'KOMBO_NOT_FOUND', dry_run: true, reason })).toMatchObject({
    ok: true,
    message: 'Nothing was changed. There is nothing to retry.',
    wouldRelease: 0,
  });
});
