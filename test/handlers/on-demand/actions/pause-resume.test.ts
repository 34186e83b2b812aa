import { beforeEach, describe, expect, test } from 'vitest';
import { hour, integrationId } from '../../../fakes/ledger-samples.ts';
import { refuses } from '../../../fakes/scripted-kombo.ts';
import { type CourierWorld, courierWorld, key } from '../../../worlds/courier-world.ts';

let world: CourierWorld;
beforeEach(() => {
  world = courierWorld();
});

const pause = { action: 'pause', integration_id: integrationId, reason: 'The ATS moves.' };
const resume = { action: 'resume', integration_id: integrationId, reason: 'It has moved.' };

/** Kombo refuses a file for a cause that every file of the integration would meet. */
const pausedByKombo = async (): Promise<void> => {
  await world.attach(key, () => refuses('INTEGRATION.PERMISSION_MISSING'));
};

const lanesOf = () => [...world.table.items.values()].filter(({ pk }) => pk === `lane#${integrationId}`);

describe('pause', () => {
  test('pause says what is paused, that nothing is lost, and how it ends', async () => {
    expect(await world.ask(pause)).toEqual({
      ok: true,
      message: `${integrationId} is paused. Running functions notice it within 30 seconds; new files wait and nothing is lost. "next" ends the pause.`,
      next: { action: 'resume', integration_id: integrationId, code: 'INTEGRATION_PAUSED', reason: '...' },
    });
  });

  test('pause of an integration that nothing is known of is carried out, and says that the id may be a mistake', async () => {
    await world.attach();
    const mistyped = `${integrationId}x`;
    const answer = await world.ask({ ...pause, integration_id: mistyped });
    expect(answer).toMatchObject({ ok: true, next: { action: 'resume', integration_id: mistyped } });
    expect(answer.message).toContain(
      `"next" ends the pause. No file of ${mistyped} is known so far, so check the id for a mistake. Integrations with files now: ${integrationId}.`,
    );
  });

  test('a file of a paused integration waits without a call, and is sent after the request in "next"', async () => {
    const { next } = await world.ask(pause);
    world.put(key);
    const answer = await world.ask({ action: 'attach', key });
    expect(answer).toMatchObject({
      ok: false,
      files: [{ status: 'waiting', code: 'INTEGRATION_PAUSED', attempts: 0 }],
    });
    expect(answer.message).toMatch(
      /^It is not delivered yet and will be sent automatically when the pause ends\. The integration has been paused since \S+: INTEGRATION_PAUSED\. The operator's reason: "The ATS moves"\. An operator ends it with "resume"; its files are then sent\.$/,
    );
    expect(world.kombo.posts).toHaveLength(0);
    expect(await world.ask({ ...(next as object), reason: 'It has moved.' })).toMatchObject({ ok: true });
    await world.runSchedule();
    expect(await world.ask({ action: 'status', key })).toMatchObject({ files: [{ status: 'attached' }] });
  });

  test('a second pause by an operator is reported as such, and the first reason is kept', async () => {
    await world.ask(pause);
    const answer = await world.ask({ ...pause, reason: 'Another one.' });
    expect(answer.ok).toBe(true);
    expect(answer.message).toMatch(
      /^It is already paused\. The integration has been paused since \S+: .*"The ATS moves"\.$/,
    );
  });

  test("an operator's pause replaces one that Kombo caused, and is listed as the operator's", async () => {
    await pausedByKombo();
    await world.ask(pause);
    expect(await world.ask({ action: 'status' })).toMatchObject({
      pauses: [{ integration: integrationId, by: 'operator', code: 'INTEGRATION_PAUSED' }],
    });
  });
});

describe('resume', () => {
  test('resume says which pause has ended, and when the files follow', async () => {
    await world.ask(pause);
    expect(await world.ask(resume)).toEqual({
      ok: true,
      message: `The pause of ${integrationId} (INTEGRATION_PAUSED) has ended. Its files are sent by the next scheduled runs.`,
    });
  });

  test('resume says how many files follow, by the last count', async () => {
    await world.ask(pause);
    for (const name of ['A', 'B', 'C']) {
      await world.attach(`candidates/GRK123/${name}.pdf`);
    }
    world.clock.advance(2 * hour);
    await world.runSchedule();
    expect((await world.ask(resume)).message).toContain('At least 3 files will be sent by the next scheduled runs.');
  });

  test('resume ends the pause that "code" names', async () => {
    await pausedByKombo();
    const { pauses } = await world.ask({ action: 'status' });
    const [{ next }] = pauses as [{ next: object }];
    expect(next).toMatchObject({ action: 'resume', code: 'INTEGRATION.PERMISSION_MISSING' });
    expect(await world.ask({ ...next, reason: 'The right was granted.' })).toMatchObject({
      ok: true,
      message: expect.stringContaining('(INTEGRATION.PERMISSION_MISSING) has ended'),
    });
    world.clock.advance(hour);
    await world.runSchedule();
    expect(world.kombo.standing).toHaveLength(1);
  });

  test('resume changes nothing when another cause pauses the integration by now, and names the request for that one', async () => {
    await pausedByKombo();
    const before = lanesOf();
    const meant = { ...resume, code: 'INTEGRATION_PAUSED' };
    const answer = await world.ask(meant);
    expect(answer).toEqual({
      ok: false,
      message: `Nothing was done: ${integrationId} is now paused for another cause, INTEGRATION.PERMISSION_MISSING. "next" ends that pause.`,
      next: { ...resume, code: 'INTEGRATION.PERMISSION_MISSING', reason: '...' },
    });
    expect(lanesOf()).toEqual(before);
    expect(await world.ask({ ...(answer.next as object), reason: 'The right was granted.' })).toMatchObject({
      ok: true,
    });
  });

  test('resume of the account ends its pause, and each integration keeps its own', async () => {
    await world.ask(pause);
    await world.ask({ ...pause, integration_id: 'account' });
    expect(await world.ask({ ...resume, integration_id: 'account' })).toMatchObject({
      ok: true,
      message: `The pause of account (INTEGRATION_PAUSED) has ended. Its files are sent by the next scheduled runs. But these integrations are also paused on their own, so their files still wait: ${integrationId}.`,
    });
    expect(await world.ask({ action: 'status' })).toMatchObject({ pauses: [{ integration: integrationId }] });
  });

  test('resume of an unknown id names what is paused', async () => {
    expect(await world.ask(resume)).toEqual({
      ok: false,
      message: `The integration ${integrationId} is not known. Nothing is paused.`,
      paused: [],
    });
  });

  test('resume can be repeated: the pause has ended, as requested', async () => {
    await world.ask(pause);
    await world.ask(resume);
    const ended = {
      ok: true,
      message: `${integrationId} is not paused any more. Nothing is paused.`,
      paused: [],
    };
    expect(await world.ask(resume)).toEqual(ended);
    expect(await world.ask({ ...resume, code: 'INTEGRATION.PERMISSION_MISSING' })).toEqual(ended);
    expect(await world.ask({ ...resume, integration_id: 'account' })).toMatchObject({ ok: true });
  });

  test('resume of an integration that only the pause of everything stops says so', async () => {
    await world.ask(pause);
    await world.ask(resume);
    await world.ask({ ...pause, integration_id: 'account' });
    expect(await world.ask(resume)).toEqual({
      ok: false,
      message: `${integrationId} is not paused any more. Paused are: account.`,
      paused: ['account'],
    });
  });

  test.each([
    ['the integration', integrationId, `lane#${integrationId}`],
    ['the account', 'account', 'lane#*'],
  ])('resume replaces the record of %s that cannot be read, and its files follow', async (_, name, pk) => {
    world.put(key);
    world.table.items.set(pk, { pk, version: 7, document: '{"touchedAt":"yesterday"}' });
    expect(await world.ask({ action: 'attach', key })).toMatchObject({
      files: [
        { status: 'waiting', paused: expect.stringContaining('or resume the integration, which writes a new record') },
      ],
    });
    expect(await world.ask({ ...resume, integration_id: name })).toEqual({
      ok: true,
      message: `The unreadable record of ${name} was replaced: its files are sent by the next run.`,
    });
    expect(JSON.parse(world.table.items.get(pk)?.document ?? '')).toMatchObject({ openedAt: world.clock.now() });
    await world.runSchedule();
    expect(world.kombo.standing).toHaveLength(1);
  });
});
