import { beforeEach, describe, expect, test } from 'vitest';
import { integrationId } from '../../../fakes/ledger-samples.ts';
import { losesFile, type PostScript, refuses } from '../../../fakes/scripted-kombo.ts';
import { type CourierWorld, courierWorld, key } from '../../../worlds/courier-world.ts';

let world: CourierWorld;
beforeEach(() => {
  world = courierWorld();
});

const other = 'candidates/GRK123/Other.pdf';

const inactive: PostScript = () => refuses('INTEGRATION.INACTIVE');
const since = '2026-01-05T09:00:00.000Z';
const sentence = `The integration has been paused since ${since}: INTEGRATION.INACTIVE. Kombo answered HTTP 400.`;
const advised = `${sentence} Enable the integration in the Kombo dashboard; the files are then sent within minutes.`;

describe('status of a key whose integration is paused', () => {
  test('status of the file that met the cause of a pause says that it is not delivered, why, and the next step', async () => {
    await world.attach(key, inactive);
    expect(await world.ask({ action: 'status', key })).toMatchObject({
      ok: true,
      message: `It is not delivered yet and will be sent automatically when the pause ends. ${sentence} Enable the integration in the Kombo dashboard; the files are then sent within minutes.`,
      files: [{ status: 'waiting', code: 'INTEGRATION.INACTIVE', paused: advised }],
    });
  });

  test('status of a file that came after a pause has the cause of the pause, although its own code is the pause', async () => {
    await world.attach(key, inactive);
    await world.attach(other);
    expect(await world.ask({ action: 'status', key: other })).toMatchObject({
      message: `It is not delivered yet and will be sent automatically when the pause ends. ${advised}`,
      files: [{ status: 'waiting', code: 'INTEGRATION_PAUSED', paused: advised, attempts: 0 }],
    });
  });

  test('status and dryRun know a pause that began after the function last read the lane', async () => {
    await world.attach(other);
    const courier = world.newFunction();
    await courier.lanes.gate(integrationId);
    await world.attach(key, inactive);
    expect(await world.ask({ action: 'status', key }, courier)).toMatchObject({ files: [{ paused: advised }] });
    expect(await world.ask({ action: 'dryRun', key }, courier)).toMatchObject({
      files: [{ wouldAttach: false, message: expect.stringContaining('has been paused since') }],
    });
  });

  test('status of a file behind an outage says what ends the outage, not what the file that met it would need', async () => {
    for (const name of ['A', 'B', 'C']) await world.attach(`candidates/GRK${name}/CV.pdf`, losesFile);
    await world.attach(key);
    const { message } = await world.ask({ action: 'status', key });
    expect(message).toMatch(
      /^It is not delivered yet and will be sent automatically when the pause ends\. The integration has been paused since \S+: ANSWER_LOST\. .* Nothing to do: one call every 1 to 30 minutes tests whether it is over; then all waiting files are sent\. If it lasts for more than an hour: ask Kombo support\.$/,
    );
  });

  test('status of a file in a paused lane that may be delivered says that its target is read when the pause ends', async () => {
    await world.attach(key, losesFile);
    await world.attach(other, inactive);
    expect(await world.ask({ action: 'status', key })).toMatchObject({
      message: `It may have been delivered; the target is checked automatically when the pause ends. ${advised}`,
      files: [{ status: 'unknown', paused: advised }],
    });
  });

  test('status of a file mentions no pause when the file is settled, or once the pause has ended', async () => {
    await world.attach(key);
    await world.attach(other, inactive);
    const settled = await world.ask({ action: 'status', key });
    await world.ask({ action: 'resume', integration_id: integrationId, reason: 'It is on again.' });
    const open = await world.ask({ action: 'status', key: other });
    expect([settled.files, open.files]).toMatchObject([[{ status: 'attached' }], [{ status: 'waiting' }]]);
    expect(JSON.stringify([settled.files, open.files])).not.toContain('"paused"');
  });
});

test('status of a target says for each waiting file whether its integration is paused', async () => {
  await world.attach(key);
  await world.attach(other, inactive);
  expect(await world.ask({ action: 'status', candidate_id: 'GRK123' })).toMatchObject({
    message: expect.stringMatching(/The ledger knows 2 files of candidate GRK123: 1 attached, 1 waiting\.$/),
    files: [{ status: 'attached' }, { status: 'waiting', paused: advised }],
  });
});

describe('status of all', () => {
  test('status of all lists each pause with its cause, next step, next probe, and the request that ends it', async () => {
    await world.attach(key, inactive);
    const answer = await world.ask({ action: 'status' });
    expect(answer.message).toBe(
      'Nothing is held. 1 continues automatically, 0 of them due now; those of a paused integration are sent when its pause ends. 1 pause active.',
    );
    expect(answer.pauses).toEqual([
      {
        integration: integrationId,
        state: 'paused',
        by: 'kombo',
        code: 'INTEGRATION.INACTIVE',
        sentence,
        meaning: 'The integration is switched off.',
        nextStep: expect.stringContaining('Enable the integration in the Kombo dashboard'),
        waiting: 1,
        unknown: 0,
        triedAgainAt: since,
        next: { action: 'resume', integration_id: integrationId, code: 'INTEGRATION.INACTIVE', reason: '...' },
      },
    ]);
  });

  test('status of all counts the files behind each pause now, and all files behind the pause of the account', async () => {
    await world.ask({ action: 'pause', integration_id: 'account', reason: 'The key is being renewed.' });
    await world.ask({ action: 'pause', integration_id: integrationId, reason: 'The ATS moves.' });
    for (const name of ['A', 'B', 'C']) await world.attach(`candidates/GRK${name}/CV.pdf`);
    const answer = await world.ask({ action: 'status' });
    expect(answer).toMatchObject({
      counts: { waiting: 3 },
      pauses: [
        { integration: 'account', waiting: 3, unknown: 0, next: { integration_id: 'account' } },
        { integration: integrationId, waiting: 3, unknown: 0 },
      ],
    });
    // A pause by an operator is never probed.
    for (const pause of answer.pauses as object[]) expect(pause).not.toHaveProperty('triedAgainAt');
  });

  test('status of all names no next probe of an integration while the account is paused', async () => {
    await world.attach(key, inactive);
    await world.ask({ action: 'pause', integration_id: 'account', reason: 'The key is being renewed.' });
    const [, pause] = (await world.ask({ action: 'status' })).pauses as [unknown, Record<string, unknown>];
    expect(pause).toMatchObject({ triedAgain: 'once the pause of the account has ended' });
    expect(pause).not.toHaveProperty('triedAgainAt');
  });

  test('status of all shows a paused lane whose record cannot be read, and the request that replaces it', async () => {
    await world.attach(key, inactive);
    world.damage(`lane#${integrationId}`);
    const [pause] = (await world.ask({ action: 'status' })).pauses as [{ next: object }];
    expect(pause).toMatchObject({
      by: 'an unreadable record',
      sentence: expect.stringContaining('The record of its lane cannot be read'),
    });
    expect(await world.ask({ ...pause.next, reason: 'It was damaged.' })).toMatchObject({ ok: true });
    expect((await world.ask({ action: 'status' })).pauses).toEqual([]);
  });
});
