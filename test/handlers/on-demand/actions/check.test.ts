import { beforeEach, describe, expect, test } from 'vitest';
import { LedgerTableError } from '../../../../lib/aws/table-error.ts';
import { ApiKeyError } from '../../../../lib/kombo/api-key.ts';
import type { KomboClient } from '../../../../lib/kombo/client.ts';
import type { LifecycleAction, LifecycleRule, StackSetup } from '../../../../lib/operator/check/stack-setup.ts';
import { fail, ok } from '../../../../lib/result.ts';
import { learnTool } from '../../../fakes/known-tool.ts';
import { integrationId, minute } from '../../../fakes/ledger-samples.ts';
import { refuses } from '../../../fakes/scripted-kombo.ts';
import { type CourierWorld, courierWorld, key, setup } from '../../../worlds/courier-world.ts';

let world: CourierWorld;
beforeEach(() => {
  world = courierWorld();
  learnTool(world);
  world.kombo.integration = async () => ({ ok: true, value: integration(), concurrency: {} });
});

const integration = (change: object = {}, action: object = {}) => ({
  status: 'ACTIVE',
  setup_status: 'COMPLETED',
  write_actions: [
    {
      id: 'ats_add_candidate_attachment',
      is_available: true,
      coverage_status: 'SUPPORTED',
      scope_config_setting: 'ENABLED',
      opted_out_by_customer: false,
      ...action,
    },
  ],
  ...change,
});

const forbidden = { code: 'KOMBO_FORBIDDEN', detail: 'Kombo answered HTTP 403.' } as const;

type Lines = readonly { what: string; state: string; found: string; todo?: string }[];
const check = async (event: object = {}, change: object = {}) => {
  const answer = await world.ask({ action: 'check', ...event }, change);
  const lines = answer.checks as Lines;
  return { answer, lines, of: (what: string) => lines.find((line) => line.what === what) };
};
const wrongOf = (lines: Lines): readonly string[] =>
  lines.filter(({ state }) => state === 'wrong').map(({ what }) => what);

test('check of a healthy stack tries every part, sends nothing and writes nothing', async () => {
  world.put(key);
  const { answer, lines } = await check();
  expect(answer).toMatchObject({ ok: true, message: 'Everything that could be tested works.' });
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

test('check returns where to upload and by which rules, for a program that tests the deployment', async () => {
  const { answer } = await check();
  expect(answer.deployment).toEqual({
    bucket: 'cv-inbox',
    keyTemplates: ['candidates/{candidate_id}/{filename}'],
    integrationId,
    requireScan: false,
    sweepEveryMinutes: 60,
  });
});

describe('check of the sweep', () => {
  const linesWith = async (document: object) => {
    world.table.items.set('sweep', { pk: 'sweep', version: 1, document: JSON.stringify(document) });
    const { lines } = await check();
    return lines.filter(({ what }) => what === 'sweep' || what === 'unwatched folders');
  };
  const finished = { since: {}, watermark: 0, finishedAt: Date.UTC(2026, 0, 5, 8), unaccounted: 0 };

  test('check of a sweep that accounted for every object says when, and names no folder', async () => {
    const found =
      'The last pass ended at 2026-01-05T08:00:00.000Z, 60 minutes ago. It accounted for every object that it checked.';
    expect(await linesWith(finished)).toEqual([{ what: 'sweep', state: 'ok', found }]);
  });

  test.each([
    [
      'of which no first pass has finished for over a day',
      { startedAt: Date.UTC(2026, 0, 4, 8) },
      'started at 2026-01-04T08:00:00.000Z, 25 hours ago.',
    ],
    [
      'that has finished no pass for over a day',
      {
        startedAt: Date.UTC(2026, 0, 4, 7),
        finishedAt: Date.UTC(2026, 0, 4, 8),
        pass: { startedAt: Date.UTC(2026, 0, 4, 9), prefix: '', deep: true, unaccounted: 0 },
      },
      'ended at 2026-01-04T08:00:00.000Z, 25 hours ago. Another has been in progress since 2026-01-04T09:00:00.000Z.',
    ],
  ])('check reports a sweep %s as wrong', async (_, document, found) => {
    expect(await linesWith({ since: {}, watermark: 0, ...document })).toMatchObject([
      { state: 'wrong', found: expect.stringContaining(found), todo: expect.stringContaining('s3:ListBucket') },
    ]);
  });

  test('check reports a sweep whose first pass started less than a day ago as fine, and says when', async () => {
    const found = 'No pass has finished so far; the first one started at 2026-01-04T10:00:00.000Z, 23 hours ago.';
    const startedAt = Date.UTC(2026, 0, 4, 10);
    expect(await linesWith({ since: {}, watermark: 0, startedAt })).toEqual([{ what: 'sweep', state: 'ok', found }]);
  });

  test('check reports a sweep that could not account for an object as wrong', async () => {
    expect(await linesWith({ ...finished, unaccounted: 3 })).toMatchObject([
      { state: 'wrong', found: expect.stringContaining('3 objects'), todo: expect.stringContaining('log') },
    ]);
  });

  test('check shows folders that no template watches, which is not a fault', async () => {
    expect(await linesWith({ ...finished, folders: ['re•••/ (length 7)'] })).toMatchObject([
      { state: 'ok' },
      { what: 'unwatched folders', state: 'ok', found: expect.stringContaining('re•••/ (length 7)') },
    ]);
  });

  test('check reports a sweep with a damaged item as wrong, and advises to set SWEEP_SINCE or to delete the item', async () => {
    expect(await linesWith([])).toMatchObject([{ state: 'wrong', todo: expect.stringContaining('SWEEP_SINCE') }]);
  });
});

test('check of a bucket that does not answer hides no other finding, and does not take a minute', async () => {
  const startedAt = world.clock.now();
  const storage = { ...world.newFunction().storage, list: () => new Promise<never>(() => undefined) };
  const { answer, lines, of } = await world.run(check({}, { storage }));
  expect(world.clock.now() - startedAt).toBeLessThan(minute);
  expect(answer).toMatchObject({ ok: false });
  expect(of('bucket')).toMatchObject({ state: 'wrong', found: 'It could not be tested: No answer arrived in time.' });
  expect(of('times')).toMatchObject({ state: 'ok' });
  expect(lines.filter(({ state }) => state === 'ok').map(({ what }) => what)).toEqual(
    expect.arrayContaining(['alarms', 'table, reading', 'Kombo']),
  );
});

describe('check of the canary', () => {
  const canaryKey = 'canary/sandbox:8d1hpPsbjxUkoCoa1veLZGe5/GRK1/canary.pdf';
  const canaryLine = async (env: Record<string, string>) =>
    (await check({}, { settings: world.newFunction(env).settings })).of('canary');

  test('check does not mention the canary while it is off', async () => {
    expect(await canaryLine({})).toBeUndefined();
  });

  test('check reports the canary as fine when its key names the sandbox, and as wrong otherwise', async () => {
    const KEY_TEMPLATES = 'canary/{integration_id}/{candidate_id}/{filename}';
    expect(await canaryLine({ CANARY_KEY: canaryKey, KEY_TEMPLATES })).toMatchObject({ state: 'ok' });
    expect(await canaryLine({ CANARY_KEY: canaryKey.replace('sandbox', 'lever'), KEY_TEMPLATES })).toMatchObject({
      state: 'wrong',
      found: expect.stringMatching(
        /^Parameter canaryKey does not name an integration of Kombo's sandbox .* No canary is sent\.$/,
      ),
    });
  });
});

describe('check of what packaging refuses and the plain template does not', () => {
  const linesWith = async (change: object) =>
    (await check({}, { settings: { ...world.newFunction().settings, ...change } })).lines.filter(({ what }) =>
      /^(watched folders|concurrent instances)$/.test(what),
    );

  test('check skips the watched folders when no stack has set them', async () => {
    expect(await linesWith({ watchedPrefixes: undefined })).toEqual([]);
  });

  test('check reports the watched folders as fine while they contain the folders of the templates', async () => {
    expect(await linesWith({ watchedPrefixes: ['candidates/'] })).toMatchObject([{ state: 'ok' }]);
    expect(await linesWith({ watchedPrefixes: [''] })).toMatchObject([{ state: 'ok' }]);
  });

  test('check reports a template with an unwatched folder as wrong, and warns about a watched folder without a template', async () => {
    expect(await linesWith({ watchedPrefixes: ['cvs/'] })).toMatchObject([
      {
        state: 'wrong',
        found: expect.stringContaining('start in "candidates/"'),
        todo: expect.stringContaining('Prefix1'),
      },
      { state: 'warning', found: expect.stringContaining('watches "cvs/"') },
    ]);
  });

  test('check reports more than 25 instances as wrong', async () => {
    expect(await linesWith({ callingInstances: 25 })).toEqual([]);
    expect(await linesWith({ callingInstances: 26 })).toMatchObject([
      { state: 'wrong', found: expect.stringContaining('26 instances') },
    ]);
  });
});

describe('check of the tool', () => {
  const linesAbout = async (what: string) => (await check()).lines.filter((line) => line.what.startsWith(what));

  test('check names a tool of which nothing is known, and lists no target for it', async () => {
    world.table.items.clear();
    expect(await linesAbout('tool')).toMatchObject([
      { state: 'ok', found: expect.stringContaining('Nothing is known') },
    ]);
    expect(await linesAbout('listing')).toMatchObject([{ state: 'not tested' }]);
    expect(world.kombo.listings).toEqual([]);
  });

  test('check lists a target that a key of the bucket names for an unknown tool, never an invented one', async () => {
    world.table.items.clear();
    world.put(key);
    world.put('candidates/not-a-key.pdf');
    world.kombo.listing = () => ({ ok: false, failure: forbidden, concurrency: {} });
    expect(await linesAbout('listing')).toMatchObject([{ state: 'wrong' }]);
    expect(world.kombo.listings).toEqual([{ kind: 'candidate', id: 'GRK123', integrationId }]);
  });

  test('check lists up to three targets when one is refused; refusals of targets say nothing about the right', async () => {
    for (const id of ['GRK1', 'GRK2']) world.put(`candidates/${id}/CV.pdf`);
    const gone = { ok: false, failure: { code: 'KOMBO_NOT_FOUND', detail: 'Gone.' }, concurrency: {} } as const;
    world.kombo.listing = () => gone;
    expect(await linesAbout('listing')).toMatchObject([
      { state: 'not tested', found: expect.stringContaining('3 targets that were tried (KOMBO_NOT_FOUND)') },
    ]);
    const tried = world.kombo.listings.map(({ id }) => id);
    expect(tried).toEqual(['earlierTwo', 'earlierOne', 'earlierTwo']);
    world.kombo.listing = ({ id }) =>
      id === 'earlierTwo' ? gone : { ok: true, value: { files: [], more: false }, concurrency: {} };
    expect(await linesAbout('listing')).toMatchObject([{ state: 'ok' }]);
  });

  test('check says what the tool lists and keeps, and until when that is known', async () => {
    const [line] = await linesAbout('tool');
    expect(line?.found).toBe(
      'This tool lists application/pdf files of candidates, and stores them unchanged up to 10000 bytes (valid until 2026-02-04T09:00:00.000Z).',
    );
  });

  test.each([
    ['KOMBO_FORBIDDEN', 'wrong', 'Read document attachments'],
    ['INTEGRATION.PERMISSION_MISSING', 'wrong', 'Read document attachments'],
    ['KOMBO_UNAVAILABLE', 'not tested', 'later'],
    ['INTEGRATION.ACTION_NOT_AVAILABLE', 'ok', undefined],
  ] as const)('check of a tool whose files cannot be listed: %s is %s', async (code, state, todo) => {
    world.kombo.listing = () => ({ ok: false, failure: { code, detail: 'Kombo answered.' }, concurrency: {} });
    expect(await linesAbout('listing')).toMatchObject([
      {
        state,
        found: expect.stringContaining(code),
        ...(todo !== undefined && { todo: expect.stringContaining(todo) }),
      },
    ]);
  });
});

describe('check of the integration', () => {
  test.each<[string, object, object, string, string]>([
    ['switched off', { status: 'INACTIVE' }, {}, `integration ${integrationId}`, 'Enable the integration'],
    ['with invalid credentials', { status: 'INVALID' }, {}, `integration ${integrationId}`, 'reconnect'],
    ['half set up', { setup_status: 'INCOMPLETE' }, {}, `integration ${integrationId}`, 'finish the setup'],
    [
      'in its first sync',
      { setup_status: 'FINAL_SYNC_PENDING' },
      {},
      `integration ${integrationId}`,
      'Wait for the sync',
    ],
    [
      'without the action',
      {},
      { coverage_status: 'UNSUPPORTED' },
      `attaching to candidates of ${integrationId}`,
      '{application_id}',
    ],
    [
      'with the action off',
      {},
      { scope_config_setting: 'DISABLED' },
      `attaching to candidates of ${integrationId}`,
      'scope config',
    ],
    [
      'opted out',
      {},
      { opted_out_by_customer: true },
      `attaching to candidates of ${integrationId}`,
      'Ask the customer',
    ],
    ['unavailable', {}, { is_available: false }, `attaching to candidates of ${integrationId}`, 'dashboard'],
  ])('check reports an integration %s as wrong, with the next step', async (_name, change, action, what, todo) => {
    world.kombo.integration = async () => ({ ok: true, value: integration(change, action), concurrency: {} });
    const { answer, lines, of } = await check();
    expect(answer.ok).toBe(false);
    expect(wrongOf(lines)).toEqual([what]);
    expect(of(what)?.todo).toContain(todo);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['a text', 'ACTIVE'],
    ['an empty object', {}],
    ['unexpected types', { status: 7, write_actions: 'all' }],
    ['nulls', { status: null, setup_status: null, write_actions: [null] }],
    ['a new status', integration({ status: 'DREAMING' })],
    ['an action without a field', { status: 'ACTIVE', write_actions: [{ id: 'ats_add_candidate_attachment' }] }],
  ])('check reports an integration described as %s as not tested instead of wrong', async (_name, value) => {
    world.kombo.integration = async () => ({ ok: true, value, concurrency: {} });
    const { answer, lines } = await check();
    expect(answer.ok).toBe(true);
    expect(answer.message).toMatch(/could not be tested/);
    expect(lines.some(({ state }) => state === 'not tested')).toBe(true);
  });

  test('check of an integration that Kombo does not know gives the next step of its code', async () => {
    const failure = { code: 'PLATFORM.INTEGRATION_NOT_FOUND', detail: 'Kombo answered HTTP 404.' } as const;
    world.kombo.integration = async () => ({ ok: false, failure, concurrency: {} });
    const { of } = await check();
    expect(of(`Kombo, integration ${integrationId}`)?.todo).toContain('Compare KOMBO_INTEGRATION_ID');
  });

  test('check uses the integration named in the request', async () => {
    const asked: string[] = [];
    const own: KomboClient['integration'] = async (id) => {
      asked.push(id);
      return { ok: true, value: integration(), concurrency: {} };
    };
    world.kombo.integration = own;
    await check({ integration_id: 'workable:8Xi6iZrwusZqJmDGXs49GBmJ' });
    expect(asked).toEqual(['workable:8Xi6iZrwusZqJmDGXs49GBmJ']);
  });

  test('check reports an integration that only keys name as not tested, and shows how to test it', async () => {
    const templates = { KEY_TEMPLATES: '{integration_id}/{application_id}/{filename}', KOMBO_INTEGRATION_ID: '' };
    const { of } = await check({}, world.newFunction(templates));
    expect(of('Kombo')).toMatchObject({ state: 'not tested', todo: expect.stringContaining('"integration_id"') });
  });

  test('check reports limits that reject every CV as wrong, and names a limit smaller than ours', async () => {
    world.kombo.restrictions = async () => ({ ok: true, value: { CV: { supported: false } }, concurrency: {} });
    expect((await check()).of(`limits for candidates of ${integrationId}`)).toMatchObject({ state: 'wrong' });
    world.kombo.restrictions = async () => ({
      ok: true,
      value: { CV: { supported: true, maxSizeBytes: 5000 } },
      concurrency: {},
    });
    const { of } = await check();
    expect(of(`limits for candidates of ${integrationId}`)).toMatchObject({
      state: 'ok',
      found: 'CV up to 5 kB. MAX_BYTES is 10 kB; the smaller limit applies.',
    });
  });
});

describe('check of the other parts', () => {
  test('check of a bucket that may not be listed names the missing right', async () => {
    const { storage } = world.newFunction();
    const list = async () => fail('STORAGE_DENIED', 'S3 answered AccessDenied (HTTP 403).');
    const { lines, of } = await check({}, { storage: { ...storage, list } });
    expect(wrongOf(lines)).toEqual(['bucket, folder candidates/']);
    expect(of('bucket, folder candidates/')?.todo).toContain('s3:GetObject');
  });

  test('check reports an object that may not be read separately from the list', async () => {
    world.put(key);
    const { storage } = world.newFunction();
    const open = async () => fail('STORAGE_DENIED', 'S3 answered AccessDenied (HTTP 403).');
    expect(wrongOf((await check({}, { storage: { ...storage, open } })).lines)).toEqual(['reading an object']);
  });

  test('check names a missing index', async () => {
    const { table } = world.newFunction();
    const query: typeof table.query = async (asked) => {
      if (asked.index === 'byTarget') throw new LedgerTableError('The DynamoDB table "ledger" does not take it.');
      return table.query(asked);
    };
    const { lines, of } = await check({}, { table: { ...table, query } });
    expect(wrongOf(lines)).toEqual(['table, index byTarget']);
    expect(of('table, index byTarget')?.found).toBe('The DynamoDB table "ledger" does not take it.');
  });

  test('check reports a secret that cannot be read, and then does not call Kombo', async () => {
    const apiKey = {
      current: () =>
        Promise.reject(new ApiKeyError('unreadable', 'The secret is empty: put the Kombo API key into it.')),
      refresh: async () => false,
    };
    const { lines, of } = await check({}, { apiKey });
    expect(wrongOf(lines)).toEqual(['API key']);
    expect(of('Kombo')).toMatchObject({ state: 'not tested' });
  });

  test('check reports an open pause with the request that ends it', async () => {
    await world.ask({ action: 'pause', integration_id: 'account', reason: 'The ATS moves.' });
    const { of } = await check();
    const line = of('pause of everything');
    expect(line?.found).toMatch(
      /^Everything has been paused since \S+: INTEGRATION_PAUSED\. The operator's reason: "The ATS moves"\.$/,
    );
    const [request = ''] = /\{.*\}/.exec(line?.todo ?? '') ?? [];
    expect(await world.ask(JSON.parse(request))).toMatchObject({ ok: true });
    expect((await check()).of('pauses')).toMatchObject({ state: 'ok', found: 'Nothing is paused.' });
  });

  test('check gives the next step for a pause by Kombo, and counts a lane that cannot be read as one', async () => {
    world.put(key);
    world.kombo.script.push(() => refuses('INTEGRATION.INACTIVE'));
    await world.ask({ action: 'attach', key });
    expect((await check()).of(`pause of ${integrationId}`)).toMatchObject({
      state: 'wrong',
      found: expect.stringMatching(/^The integration has been paused since \S+: INTEGRATION\.INACTIVE\. /),
      todo: expect.stringContaining('Enable the integration in the Kombo dashboard'),
    });
    world.table.items.set('lane#*', { pk: 'lane#*', version: 1, document: '{}' });
    expect((await check()).of('pause of everything')?.found).toContain('cannot be read');
  });

  test('check calls a pause that ends automatically a warning, so that nothing is called wrong in an outage', async () => {
    for (const id of ['GRK1', 'GRK2', 'GRK3']) {
      const name = `candidates/${id}/CV.pdf`;
      world.put(name);
      world.kombo.script.push(() => refuses('KOMBO_BROKE_OFF'));
      await world.ask({ action: 'attach', key: name });
    }
    const { of, lines } = await check();
    expect(of(`pause of ${integrationId}`)).toMatchObject({
      state: 'warning',
      todo: expect.stringMatching(/^Nothing to do: .* To end it now: \{"action":"resume"/),
    });
    expect(wrongOf(lines)).toEqual([]);
  });

  test('check reports a lease shorter than the function', async () => {
    const runtime = world.newFunction({ LEASE_SECONDS: '100' });
    expect((await check({}, runtime)).of('times')).toMatchObject({
      state: 'wrong',
      todo: expect.stringContaining('LEASE_SECONDS'),
    });
  });

  test('check reports a call to Kombo longer than the function', async () => {
    const runtime = world.newFunction({ KOMBO_TIMEOUT_SECONDS: '400' });
    expect((await check({}, runtime)).of('times')).toMatchObject({
      state: 'wrong',
      todo: expect.stringContaining('KOMBO_TIMEOUT_SECONDS'),
    });
  });

  test('check of a part that breaks does not hide the others', async () => {
    const lanes = { ...world.newFunction().lanes, read: () => Promise.reject(new Error('broken')) };
    const { lines } = await check({}, { lanes });
    expect(wrongOf(lines)).toEqual(['pauses']);
    expect(lines.length).toBeGreaterThan(10);
  });
});

describe('check of the bucket', () => {
  const linesWith = async (change: Partial<StackSetup>, env: Record<string, string> = {}) =>
    check({}, { ...world.newFunction(env), setup: { ...setup, ...change } });
  const ruleLines = async (rule: Partial<LifecycleRule>, change: Partial<StackSetup> = {}) => {
    const lifecycle: StackSetup['lifecycle'] = async () =>
      ok([{ name: 'tidy-up', prefix: '', onlyTagged: false, actions: [], ...rule }]);
    const { answer, lines } = await linesWith({ ...change, lifecycle });
    return { answer, rules: lines.filter(({ what }) => what.startsWith('lifecycle')) };
  };
  const deletesAfter = (afterDays: number, to: LifecycleAction['to'] = 'objects'): LifecycleAction => ({
    does: 'deletes',
    to,
    when: { afterDays },
  });
  const clean = { what: 'lifecycle rules', state: 'ok' };

  test('check warns about a rule that deletes watched objects after a week, with the rule and the folder', async () => {
    const { answer, rules } = await ruleLines({ actions: [deletesAfter(7)] });
    expect(answer).toMatchObject({ ok: true, message: expect.stringMatching(/^1 warning: lifecycle rule tidy-up\. /) });
    expect(rules).toMatchObject([
      {
        what: 'lifecycle rule tidy-up',
        state: 'warning',
        found: 'It deletes objects in candidates/ 7 days after their upload.',
        todo: expect.stringContaining('at least 30 days'),
      },
    ]);
  });

  test.each<[string, Partial<LifecycleRule>]>([
    ['waits 30 days', { actions: [deletesAfter(30)] }],
    ['concerns another folder', { prefix: 'logs/', actions: [deletesAfter(1)] }],
    ['concerns only objects that are too large to be sent', { largerThanBytes: 10_000, actions: [deletesAfter(1)] }],
    ['does nothing to files', { actions: [] }],
  ])('check reports a bucket with a rule that %s as fine', async (_name, rule) => {
    expect((await ruleLines(rule)).rules).toMatchObject([clean]);
  });

  test.each<[string, Partial<LifecycleRule>, string]>([
    ['of a folder above', { prefix: 'cand' }, 'deletes objects in candidates/ 29 days after their upload'],
    ['of a folder inside', { prefix: 'candidates/tmp' }, 'deletes objects in candidates/ 29 days'],
    ['of tagged objects', { onlyTagged: true }, 'deletes objects with certain tags in candidates/'],
    [
      'that archives',
      { actions: [{ does: 'archives', to: 'objects', when: { afterDays: 0 } }] },
      'It archives objects in candidates/ 0 days after their upload.',
    ],
    [
      'from a date on, which applies to new objects forever',
      { actions: [{ does: 'deletes', to: 'objects', when: { from: new Date(Date.UTC(2099, 0, 1)) } }] },
      'It deletes objects in candidates/ from 2099-01-01 on, and new ones immediately.',
    ],
  ])('check warns about a bucket with a rule %s', async (_name, rule, found) => {
    const { rules } = await ruleLines({ actions: [deletesAfter(29)], ...rule });
    expect(rules).toMatchObject([{ state: 'warning', found: expect.stringContaining(found) }]);
  });

  test('check warns about a rule for old versions when versions are kept, or when that is unknown', async () => {
    const rule = { name: '', actions: [deletesAfter(1, 'old versions')] };
    const expected = {
      what: 'lifecycle rule without a name',
      found: 'It deletes old versions in candidates/ 1 day after they were replaced.',
    };
    expect((await ruleLines(rule)).rules).toMatchObject([expected]);
    const versioning = async () => ({ ok: false, error: 'AccessDenied' }) as const;
    expect((await ruleLines(rule, { versioning })).rules).toMatchObject([expected]);
    expect((await ruleLines(rule, { versioning: async () => ok('suspended') })).rules).toMatchObject([clean]);
  });

  test('check of a bucket whose rules may not be read does not call it fine, and names the right', async () => {
    const { of, answer } = await linesWith({ lifecycle: async () => ({ ok: false, error: 'AccessDenied' }) });
    expect(of('lifecycle rules')).toMatchObject({
      state: 'not tested',
      found: expect.stringContaining('AccessDenied'),
      todo: expect.stringContaining('s3:GetLifecycleConfiguration'),
    });
    expect(answer).toMatchObject({
      ok: true,
      message: 'Everything that could be tested works. 2 things could not be tested.',
    });
  });

  test.each<[string, Awaited<ReturnType<StackSetup['versioning']>>, string, string]>([
    ['with versions', ok('enabled'), 'ok', 'pinned to one version'],
    ['without versions', ok('never enabled'), 'warning', 'is off'],
    ['with suspended versions', ok('suspended'), 'warning', 'is suspended'],
    ['that may not be asked', { ok: false, error: 'AccessDenied' }, 'not tested', 'sent as data'],
  ])('check of a bucket %s says whether links can be pinned', async (_name, answer, state, found) => {
    const versioning = async () => answer;
    const { of } = await linesWith({ versioning }, { TRANSFER: 'data_url' });
    expect(of('links to files')).toMatchObject({ state, found: expect.stringContaining(found) });
    expect((await linesWith({ versioning })).of('links to files')).toBeUndefined();
  });
});

describe('check of the ids in keys', () => {
  const idLines = async (change: object = {}) =>
    (await check({}, change)).lines.filter(({ what }) => what.includes('ids'));
  const komboIds = ['8Xi6iZrwusZqJmDGXs49GBmJ', 'BTbkvY2w5ou3z3hdwuKcKzDh', 'H5daSm8e85Dmvmne3wLeCPhX'];
  const put = (ids: readonly string[], folder = 'candidates') => {
    for (const id of ids) world.put(`${folder}/${id}/Frank Doe CV.pdf`);
  };

  test("check warns when most ids in keys are not in Kombo's form, and shows counts and no id", async () => {
    put(['1001', '1002', '1003', '1004', ...komboIds]);
    const [line, ...others] = await idLines();
    expect(others).toEqual([]);
    expect(line).toMatchObject({
      what: `ids in keys of ${integrationId}`,
      state: 'warning',
      found: expect.stringContaining('4 of the 7 ids'),
      todo: expect.stringContaining('remote_id'),
    });
    expect(JSON.stringify(line)).not.toMatch(/1001|Frank|BTbk/);
  });

  test.each([
    ['two of them', ['1001', '1002']],
    ['a minority', ['1001', '1002', '1003', ...komboIds]],
  ])('check reports ids in keys as fine when only %s look unusual', async (_name, ids) => {
    put(ids);
    expect(await idLines()).toMatchObject([{ what: 'ids in keys', state: 'ok' }]);
  });

  test('check warns about ids that Kombo did not know from the third target of an integration on', async () => {
    const templates = { KEY_TEMPLATES: '{integration_id}/{candidate_id}/{filename}', KOMBO_INTEGRATION_ID: '' };
    const runtime = () => world.newFunction(templates);
    const other = 'lever:CBNMt7dSNCzBdnRTx87dev4E';
    const unknown = async (id: string) => {
      world.kombo.script.push(() => refuses('KOMBO_NOT_FOUND'));
      await world.ask({ action: 'attach', key: id }, runtime());
    };
    const attach = async (of: string, id: string, name: string) => {
      const path = `${of}/${id}/${name}.pdf`;
      world.put(path);
      await unknown(path);
    };
    for (const [place, id] of komboIds.entries()) await attach(other, id, `CV ${place}`);
    for (const name of ['a', 'b', 'c']) await attach(integrationId, 'GRK123', name);
    const lines = await idLines(runtime());
    expect(lines).toMatchObject([
      {
        what: `unknown ids of ${other}`,
        state: 'warning',
        found: expect.stringContaining('3 targets of held files (KOMBO_NOT_FOUND)'),
        todo: expect.stringContaining('all ids change'),
      },
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/GRK123|BTbk/);
  });

  test('check does not warn about ids of files that are held because of something else', async () => {
    put(komboIds);
    for (const id of komboIds) {
      world.kombo.script.push(() => refuses('KOMBO_FORBIDDEN'));
      await world.ask({ action: 'attach', key: `candidates/${id}/Frank Doe CV.pdf` });
    }
    expect(await idLines()).toMatchObject([{ what: 'ids in keys', state: 'ok' }]);
  });
});

describe('check of synced attachments', () => {
  const linesWith = async (change: object = {}) =>
    (await check({}, change)).lines.filter(({ what }) => what.startsWith('synced attachments'));
  const syncs = (...files: readonly { readonly bucket: string; readonly key: string }[]) => {
    world.kombo.syncedFiles = async () => ({ ok: true, value: files, concurrency: {} });
  };
  const suffix =
    'ats_attachments/integrations/greenhousev3:BsUP8fPMzHDo/candidates/BTbkvY2w5ou3z3hdwuKcKzDh/EYJjhMQT3LtV';
  const what = `synced attachments of ${integrationId}`;

  test('check reports synced attachments that match a key template as wrong, because each CV would be attached again', async () => {
    syncs({ bucket: 'cv-inbox', key: 'candidates/GRK123/EYJjhMQT3LtV' });
    expect(await linesWith()).toMatchObject([
      {
        what,
        state: 'wrong',
        found: expect.stringContaining('1 of 1 keys match a key template: each of these files is attached again'),
        todo: expect.stringContaining('another bucket'),
      },
    ]);
  });

  test('check warns about synced attachments in a watched folder that match no key template', async () => {
    syncs({ bucket: 'cv-inbox', key: `candidates/${suffix}` });
    expect(await linesWith()).toMatchObject([{ what, state: 'warning', found: expect.stringContaining('not sent') }]);
  });

  test.each([
    ['in another bucket', { bucket: 'acme-files', key: 'candidates/GRK123/EYJjhMQT3LtV' }, 'Kombo named 1'],
    [
      'in a folder that is not watched',
      { bucket: 'cv-inbox', key: `kombo/${suffix}` },
      'none of them in a watched folder',
    ],
  ])('check reports synced attachments %s as fine', async (_name, file, found) => {
    syncs(file);
    expect(await linesWith()).toMatchObject([{ what, state: 'ok', found: expect.stringContaining(found) }]);
  });

  test.each([
    ['INTEGRATION.MODEL_DISABLED', 'ok', 'syncs none'],
    ['INTEGRATION.MODEL_NOT_AVAILABLE', 'ok', 'syncs none'],
    ['KOMBO_FORBIDDEN', 'not tested', 'does not report'],
    ['KOMBO_NOT_FOUND', 'not tested', 'does not report'],
    ['KOMBO_UNAVAILABLE', 'not tested', 'does not report'],
  ] as const)('check of synced attachments about which Kombo answers %s: %s', async (code, state, found) => {
    const failure = { code, detail: 'Kombo answered.' };
    world.kombo.syncedFiles = async () => ({ ok: false, failure, concurrency: {} });
    expect(await linesWith()).toMatchObject([{ what, state, found: expect.stringContaining(found) }]);
  });

  test('check recognises synced attachments by the keys in the bucket when Kombo cannot be asked about an integration', async () => {
    const templates = '{any}/integrations/{integration_id}/candidates/{candidate_id}/{filename}';
    const runtime = world.newFunction({ KEY_TEMPLATES: templates, KOMBO_INTEGRATION_ID: '' });
    world.put(suffix);
    world.put(`${suffix}.pdf`);
    world.put('inbox/integrations/greenhouse:1/candidates/GRK123/CV.pdf');
    expect(await linesWith(runtime)).toMatchObject([
      {
        what: 'synced attachments',
        state: 'wrong',
        found: expect.stringContaining('2 of 2 keys match a key template'),
      },
    ]);
  });
});

describe('check of the alarms', () => {
  const alarmsWith = async (answer: Awaited<ReturnType<StackSetup['subscriptions']>>) =>
    check({}, { setup: { ...setup, subscriptions: async () => answer } });
  const command =
    'aws sns subscribe --region eu-central-1 --topic-arn arn:aws:sns:eu-central-1:111122223333:cv-courier-dev-alarms --protocol email';

  test('check fails when the alarms reach no one, with the command that subscribes', async () => {
    const { answer, of } = await alarmsWith(ok({ confirmed: 0, pending: 0 }));
    expect(answer).toMatchObject({ ok: false, message: expect.stringContaining('1 thing to fix: alarms.') });
    expect(of('alarms')).toMatchObject({
      state: 'wrong',
      found: 'The alarms of this stack have no confirmed subscription, so they reach nobody.',
      todo: expect.stringContaining(command),
    });
  });

  test('check fails when the alarms wait for a confirmation, and names the message to look for', async () => {
    const { answer, of } = await alarmsWith(ok({ confirmed: 0, pending: 1 }));
    expect(answer.ok).toBe(false);
    expect(of('alarms')).toMatchObject({
      state: 'wrong',
      found: expect.stringContaining('One subscription is not confirmed yet.'),
      todo: expect.stringContaining('Subscription Confirmation'),
    });
  });

  test('check warns when one subscription of the alarms is confirmed and another waits', async () => {
    const { answer, of } = await alarmsWith(ok({ confirmed: 1, pending: 2 }));
    expect(answer.ok).toBe(true);
    expect(of('alarms')).toMatchObject({
      state: 'warning',
      found: 'The topic of the alarms has 1 confirmed subscription. 2 subscriptions are not confirmed yet.',
    });
  });

  test('check reports alarms whose topic no longer exists as wrong, and a topic that may not be read as not tested', async () => {
    expect((await alarmsWith({ ok: false, error: 'NotFoundException' })).of('alarms')).toMatchObject({
      state: 'wrong',
    });
    expect((await alarmsWith({ ok: false, error: 'AuthorizationErrorException' })).of('alarms')).toMatchObject({
      state: 'not tested',
      todo: expect.stringContaining('sns:GetTopicAttributes'),
    });
  });

  test('check of a local stack has no alarms, which is not a fault, and makes no call about them', async () => {
    const subscriptions = () => Promise.reject(new Error('Nobody may be asked.'));
    const { answer, of } = await check(
      {},
      { ...world.newFunction({ ALARM_TOPIC: '' }), setup: { ...setup, subscriptions } },
    );
    expect(answer.ok).toBe(true);
    expect(of('alarms')).toMatchObject({ state: 'not tested', found: expect.stringContaining('deployed') });
  });
});
