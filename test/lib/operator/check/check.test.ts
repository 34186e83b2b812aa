import { beforeEach, describe, expect, test } from 'vitest';
import { LedgerTableError } from '../../../../lib/aws/table-error.ts';
import type { StackSetup } from '../../../../lib/operator/check/stack-setup.ts';
import { ok } from '../../../../lib/result.ts';
import { integrationId, minute } from '../../../fakes/ledger-samples.ts';
import { refuses } from '../../../fakes/scripted-kombo.ts';
import { type CheckWorld, checkWorld } from '../../../worlds/check-world.ts';
import { key, setup } from '../../../worlds/courier-world.ts';

let world: CheckWorld;
beforeEach(() => {
  world = checkWorld();
});

test('a check of a healthy stack tries every part, sends nothing and writes nothing', async () => {
  world.put(key);
  const { lines } = await world.check();
  expect(lines.map(({ what, state }) => `${what}: ${state}`)).toEqual([
    'configuration: ok',
    'times: ok',
    'bucket, folder candidates/: ok',
    'reading an object: ok',
    'lifecycle rules: ok',
    'alarms: ok',
    'table, reading: ok',
    'table, writing: ok',
    'table, index byWork: ok',
    'table, index byTarget: ok',
    'API key: ok',
    'Kombo: ok',
    `integration ${integrationId}: ok`,
    `attaching to candidates of ${integrationId}: ok`,
    `limits for candidates of ${integrationId}: ok`,
    'ids in keys: ok',
    `synced attachments of ${integrationId}: ok`,
    'pauses: ok',
    'sweep: ok',
    `tool of ${integrationId}: ok`,
    `tool of ${integrationId}: ok`,
    `listing files of ${integrationId}: ok`,
  ]);
  expect([...world.table.items.keys()]).toEqual([`lane#${integrationId}`]);
  expect(world.kombo.posts).toHaveLength(0);
});

test('a check of a bucket that does not answer hides no other finding, and does not take a minute', async () => {
  const startedAt = world.clock.now();
  const storage = { ...world.newFunction().storage, list: () => new Promise<never>(() => undefined) };
  const { lines, of } = await world.run(world.check({ storage }));
  expect(world.clock.now() - startedAt).toBeLessThan(minute);
  expect(of('bucket')).toMatchObject({ state: 'wrong', found: 'It could not be tested: No answer arrived in time.' });
  expect(lines.filter(({ state }) => state === 'ok').map(({ what }) => what)).toEqual(
    expect.arrayContaining(['times', 'alarms', 'table, reading', 'Kombo']),
  );
});

test('a check of a part that breaks does not hide the others', async () => {
  const lanes = { ...world.newFunction().lanes, read: () => Promise.reject(new Error('broken')) };
  const { lines, wrong } = await world.check({ lanes });
  expect(wrong).toEqual(['pauses']);
  expect(lines.length).toBeGreaterThan(10);
});

test('a check names a missing index', async () => {
  const { table } = world.newFunction();
  const query: typeof table.query = async (asked) => {
    if (asked.index === 'byTarget') throw new LedgerTableError('The DynamoDB table "ledger" does not take it.');
    return table.query(asked);
  };
  const { of, wrong } = await world.check({ table: { ...table, query } });
  expect(wrong).toEqual(['table, index byTarget']);
  expect(of('table, index byTarget')?.found).toBe('The DynamoDB table "ledger" does not take it.');
});

test.each([
  ['a lease shorter than the function', { LEASE_SECONDS: '100' }],
  ['a call to Kombo longer than the function', { KOMBO_TIMEOUT_SECONDS: '400' }],
])('a check reports %s as wrong, and names the setting', async (_, env) => {
  const [setting] = Object.keys(env);
  const { of } = await world.check(world.newFunction(env));
  expect(of('times')).toMatchObject({ state: 'wrong', todo: expect.stringContaining(String(setting)) });
});

describe('check of pauses', () => {
  test('a check reports an open pause with the request that ends it', async () => {
    await world.ask({ action: 'pause', integration_id: 'account', reason: 'The ATS moves.' });
    const line = (await world.check()).of('pause of everything');
    expect(line?.found).toMatch(
      /^Everything has been paused since \S+: INTEGRATION_PAUSED\. The operator's reason: "The ATS moves"\.$/,
    );
    const [request = ''] = /\{.*\}/.exec(line?.todo ?? '') ?? [];
    expect(await world.ask(JSON.parse(request))).toMatchObject({ ok: true });
    expect((await world.check()).of('pauses')).toMatchObject({ state: 'ok', found: 'Nothing is paused.' });
  });

  test('a check gives the next step for a pause by Kombo, and counts a lane that cannot be read as one', async () => {
    await world.attach(key, () => refuses('INTEGRATION.INACTIVE'));
    expect((await world.check()).of(`pause of ${integrationId}`)).toMatchObject({
      state: 'wrong',
      found: expect.stringMatching(/^The integration has been paused since \S+: INTEGRATION\.INACTIVE\. /),
      todo: expect.stringContaining('Enable the integration in the Kombo dashboard'),
    });
    world.table.items.set('lane#*', { pk: 'lane#*', version: 1, document: '{}' });
    expect((await world.check()).of('pause of everything')?.found).toContain('cannot be read');
  });

  test('a check calls a pause that ends automatically a warning, so that nothing is called wrong in an outage', async () => {
    for (const id of ['GRK1', 'GRK2', 'GRK3'])
      await world.attach(`candidates/${id}/CV.pdf`, () => refuses('KOMBO_BROKE_OFF'));
    const { of, wrong } = await world.check();
    expect(of(`pause of ${integrationId}`)).toMatchObject({
      state: 'warning',
      todo: expect.stringMatching(/^Nothing to do: .* To end it now: \{"action":"resume"/),
    });
    expect(wrong).toEqual([]);
  });
});

describe('check of the sweep', () => {
  const linesWith = async (document: object) => {
    world.table.items.set('sweep', { pk: 'sweep', version: 1, document: JSON.stringify(document) });
    const { lines } = await world.check();
    return lines.filter(({ what }) => what === 'sweep' || what === 'unwatched folders');
  };
  const finished = { since: {}, watermark: 0, finishedAt: Date.UTC(2026, 0, 5, 8), unaccounted: 0 };

  test('a check of a sweep that accounted for every object says when, and names no folder', async () => {
    const found =
      'The last pass ended at 2026-01-05T08:00:00.000Z, 60 minutes ago. It accounted for every object that it checked.';
    expect(await linesWith(finished)).toEqual([{ what: 'sweep', state: 'ok', found }]);
  });

  test('a check reports a sweep that has finished no pass for over a day as wrong', async () => {
    const finishedAt = Date.UTC(2026, 0, 4, 8);
    const pass = { startedAt: Date.UTC(2026, 0, 4, 9), prefix: '', deep: true, unaccounted: 0 };
    const found =
      'ended at 2026-01-04T08:00:00.000Z, 25 hours ago. Another has been in progress since 2026-01-04T09:00:00.000Z.';
    expect(await linesWith({ ...finished, finishedAt, pass })).toMatchObject([
      { state: 'wrong', found: expect.stringContaining(found), todo: expect.stringContaining('s3:ListBucket') },
    ]);
  });

  test('a check reports a sweep whose first pass started less than a day ago as fine, and says when', async () => {
    const found = 'No pass has finished so far; the first one started at 2026-01-04T10:00:00.000Z, 23 hours ago.';
    const startedAt = Date.UTC(2026, 0, 4, 10);
    expect(await linesWith({ since: {}, watermark: 0, startedAt })).toEqual([{ what: 'sweep', state: 'ok', found }]);
  });

  test('a check reports a sweep that could not account for an object as wrong', async () => {
    expect(await linesWith({ ...finished, unaccounted: 3 })).toMatchObject([
      { state: 'wrong', found: expect.stringContaining('3 objects'), todo: expect.stringContaining('log') },
    ]);
  });

  test('a check shows folders that no template watches, which is not a fault', async () => {
    expect(await linesWith({ ...finished, folders: ['re•••/ (length 7)'] })).toMatchObject([
      { state: 'ok' },
      { what: 'unwatched folders', state: 'ok', found: expect.stringContaining('re•••/ (length 7)') },
    ]);
  });

  test('a check reports a sweep with a damaged item as wrong, and advises to set SWEEP_SINCE or to delete the item', async () => {
    expect(await linesWith([])).toMatchObject([{ state: 'wrong', todo: expect.stringContaining('SWEEP_SINCE') }]);
  });
});

test('a check does not mention the canary while it is off, and calls one whose key names no sandbox wrong', async () => {
  const canary = 'canary/sandbox:8d1hpPsbjxUkoCoa1veLZGe5/GRK1/canary.pdf';
  const lineOf = async (CANARY_KEY: string) => {
    const env = { CANARY_KEY, KEY_TEMPLATES: 'canary/{integration_id}/{candidate_id}/{filename}' };
    return (await world.check({ settings: world.newFunction(env).settings })).of('canary');
  };
  expect((await world.check()).of('canary')).toBeUndefined();
  expect(await lineOf(canary)).toMatchObject({ state: 'ok' });
  expect(await lineOf(canary.replace('sandbox', 'lever'))).toMatchObject({
    state: 'wrong',
    found: expect.stringMatching(
      /^Parameter canaryKey does not name an integration of Kombo's sandbox .* No canary is sent\.$/,
    ),
  });
});

test.each([
  ['no stack has set the watched folders', { watchedPrefixes: undefined }, []],
  ['the watched folders contain those of the templates', { watchedPrefixes: ['candidates/'] }, [{ state: 'ok' }]],
  ['the whole bucket is watched', { watchedPrefixes: [''] }, [{ state: 'ok' }]],
  [
    'a template has an unwatched folder, and a watched folder no template',
    { watchedPrefixes: ['cvs/'] },
    [
      {
        state: 'wrong',
        found: expect.stringContaining('start in "candidates/"'),
        todo: expect.stringContaining('Prefix1'),
      },
      { state: 'warning', found: expect.stringContaining('watches "cvs/"') },
    ],
  ],
  ['at most 25 instances call Kombo', { callingInstances: 25 }, []],
  [
    'more instances call Kombo',
    { callingInstances: 26 },
    [{ state: 'wrong', found: expect.stringContaining('26 instances') }],
  ],
])('a check of what packaging refuses and the plain template does not: %s', async (_, change, expected) => {
  const { about } = await world.check({ settings: { ...world.newFunction().settings, ...change } });
  expect([...about('watched folders'), ...about('concurrent instances')]).toMatchObject(expected);
});

describe('check of the alarms', () => {
  const command =
    'aws sns subscribe --region eu-central-1 --topic-arn arn:aws:sns:eu-central-1:111122223333:cv-courier-dev-alarms --protocol email';

  test.each<[string, Awaited<ReturnType<StackSetup['subscriptions']>>, object]>([
    [
      'reach no one is wrong, with the command that subscribes',
      ok({ confirmed: 0, pending: 0 }),
      {
        state: 'wrong',
        found: 'The alarms of this stack have no confirmed subscription, so they reach nobody.',
        todo: expect.stringContaining(command),
      },
    ],
    [
      'wait for a confirmation is wrong, with the message to look for',
      ok({ confirmed: 0, pending: 1 }),
      {
        state: 'wrong',
        found: expect.stringContaining('One subscription is not confirmed yet.'),
        todo: expect.stringContaining('Subscription Confirmation'),
      },
    ],
    [
      'have a confirmed subscription while others wait is a warning',
      ok({ confirmed: 1, pending: 2 }),
      {
        state: 'warning',
        found: 'The topic of the alarms has 1 confirmed subscription. 2 subscriptions are not confirmed yet.',
      },
    ],
    ['have no topic any more is wrong', { ok: false, error: 'NotFoundException' }, { state: 'wrong' }],
    [
      'have a topic that may not be read is not tested, with the right',
      { ok: false, error: 'AuthorizationErrorException' },
      { state: 'not tested', todo: expect.stringContaining('sns:GetTopicAttributes') },
    ],
  ])('a check of alarms that %s', async (_, answer, line) => {
    const { of } = await world.check({ setup: { ...setup, subscriptions: async () => answer } });
    expect(of('alarms')).toMatchObject(line);
  });

  test('a check of a local stack has no alarms, which is not a fault, and makes no call about them', async () => {
    const subscriptions = () => Promise.reject(new Error('Nobody may be asked.'));
    const { settings } = world.newFunction({ ALARM_TOPIC: '' });
    const { of } = await world.check({ settings, setup: { ...setup, subscriptions } });
    expect(of('alarms')).toMatchObject({ state: 'not tested', found: expect.stringContaining('deployed') });
  });
});
