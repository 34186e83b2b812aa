import { beforeEach, describe, expect, test } from 'vitest';
import { ApiKeyError } from '../../../../lib/kombo/api-key.ts';
import { integrationId } from '../../../fakes/ledger-samples.ts';
import { type CheckWorld, checkWorld, integration } from '../../../worlds/check-world.ts';
import { key } from '../../../worlds/courier-world.ts';

let world: CheckWorld;
beforeEach(() => {
  world = checkWorld();
});

const forbidden = { code: 'KOMBO_FORBIDDEN', detail: 'Kombo answered HTTP 403.' } as const;

test('a check reports a secret that cannot be read, and then does not call Kombo', async () => {
  const empty = new ApiKeyError('unreadable', 'The secret is empty: put the Kombo API key into it.');
  const { of, wrong } = await world.check({
    apiKey: { current: () => Promise.reject(empty), refresh: async () => false, version: async () => '' },
  });
  expect(wrong).toEqual(['API key']);
  expect(of('Kombo')).toMatchObject({ state: 'not tested' });
});

describe('check of the integration', () => {
  const itself = `integration ${integrationId}`;
  const attaching = `attaching to candidates of ${integrationId}`;

  test.each<[string, object, object, string, string]>([
    ['switched off', { status: 'INACTIVE' }, {}, itself, 'Enable the integration'],
    ['with invalid credentials', { status: 'INVALID' }, {}, itself, 'reconnect'],
    ['half set up', { setup_status: 'INCOMPLETE' }, {}, itself, 'finish the setup'],
    ['in its first sync', { setup_status: 'FINAL_SYNC_PENDING' }, {}, itself, 'Wait for the sync'],
    ['without the action', {}, { coverage_status: 'UNSUPPORTED' }, attaching, '{application_id}'],
    ['with the action off', {}, { scope_config_setting: 'DISABLED' }, attaching, 'scope config'],
    ['opted out', {}, { opted_out_by_customer: true }, attaching, 'Ask the customer'],
    ['unavailable', {}, { is_available: false }, attaching, 'dashboard'],
  ])('a check reports an integration %s as wrong, with the next step', async (_name, change, action, what, todo) => {
    world.kombo.integration = async () => ({ ok: true, value: integration(change, action), concurrency: {} });
    const { of, wrong } = await world.check();
    expect(wrong).toEqual([what]);
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
  ])('a check reports an integration described as %s as not tested instead of wrong', async (_name, value) => {
    world.kombo.integration = async () => ({ ok: true, value, concurrency: {} });
    const { lines, wrong } = await world.check();
    expect(wrong).toEqual([]);
    expect(lines.some(({ state }) => state === 'not tested')).toBe(true);
  });

  test('a check of an integration that Kombo does not know gives the next step of its code', async () => {
    const failure = { code: 'PLATFORM.INTEGRATION_NOT_FOUND', detail: 'Kombo answered HTTP 404.' } as const;
    world.kombo.integration = async () => ({ ok: false, failure, concurrency: {} });
    const { of } = await world.check();
    expect(of(`Kombo, integration ${integrationId}`)?.todo).toContain('Compare KOMBO_INTEGRATION_ID');
  });

  test('a check reports an integration that only keys name as not tested, and shows how to test it', async () => {
    const templates = { KEY_TEMPLATES: '{integration_id}/{application_id}/{filename}', KOMBO_INTEGRATION_ID: '' };
    const { of } = await world.check(world.newFunction(templates));
    expect(of('Kombo')).toMatchObject({ state: 'not tested', todo: expect.stringContaining('"integration_id"') });
  });

  test.each([
    ['that reject every CV as wrong', { supported: false }, { state: 'wrong' }],
    [
      'as fine, and names one that is smaller than ours',
      { supported: true, maxSizeBytes: 5000 },
      { state: 'ok', found: 'CV up to 5 kB. MAX_BYTES is 10 kB; the smaller limit applies.' },
    ],
  ])('a check reports limits %s', async (_, CV, line) => {
    world.kombo.restrictions = async () => ({ ok: true, value: { CV }, concurrency: {} });
    expect((await world.check()).of(`limits for candidates of ${integrationId}`)).toMatchObject(line);
  });
});

describe('check of the tool', () => {
  test('a check names a tool of which nothing is known, and lists no target for it', async () => {
    world.table.items.clear();
    const { about } = await world.check();
    expect(about('tool')).toMatchObject([{ state: 'ok', found: expect.stringContaining('Nothing is known') }]);
    expect(about('listing')).toMatchObject([{ state: 'not tested' }]);
    expect(world.kombo.listings).toEqual([]);
  });

  test('a check lists a target that a key of the bucket names for an unknown tool, never an invented one', async () => {
    world.table.items.clear();
    world.put(key);
    world.put('candidates/not-a-key.pdf');
    world.kombo.listing = () => ({ ok: false, failure: forbidden, concurrency: {} });
    expect((await world.check()).about('listing')).toMatchObject([{ state: 'wrong' }]);
    expect(world.kombo.listings).toEqual([{ kind: 'candidate', id: 'GRK123', integrationId }]);
  });

  test('a check lists up to three targets when one is refused; refusals of targets say nothing about the right', async () => {
    for (const id of ['GRK1', 'GRK2']) world.put(`candidates/${id}/CV.pdf`);
    const gone = { ok: false, failure: { code: 'KOMBO_NOT_FOUND', detail: 'Gone.' }, concurrency: {} } as const;
    world.kombo.listing = () => gone;
    expect((await world.check()).about('listing')).toMatchObject([
      { state: 'not tested', found: expect.stringContaining('3 targets that were tried (KOMBO_NOT_FOUND)') },
    ]);
    const tried = world.kombo.listings.map(({ id }) => id);
    expect(tried).toEqual(['earlierTwo', 'earlierOne', 'earlierTwo']);
    world.kombo.listing = ({ id }) =>
      id === 'earlierTwo' ? gone : { ok: true, value: { files: [], more: false }, concurrency: {} };
    expect((await world.check()).about('listing')).toMatchObject([{ state: 'ok' }]);
  });

  test('a check says what the tool lists and keeps, and until when that is known', async () => {
    const [line] = (await world.check()).about('tool');
    expect(line?.found).toBe(
      'This tool lists application/pdf files of candidates, and stores them unchanged up to 10000 bytes (valid until 2026-02-04T09:00:00.000Z).',
    );
  });

  test.each([
    ['KOMBO_FORBIDDEN', 'wrong', 'Read document attachments'],
    ['INTEGRATION.PERMISSION_MISSING', 'wrong', 'Read document attachments'],
    ['KOMBO_UNAVAILABLE', 'not tested', 'later'],
    ['INTEGRATION.ACTION_NOT_AVAILABLE', 'ok', ''],
  ] as const)('check of a tool whose files cannot be listed: %s is %s', async (code, state, todo) => {
    world.kombo.listing = () => ({ ok: false, failure: { code, detail: 'Kombo answered.' }, concurrency: {} });
    const [line] = (await world.check()).about('listing');
    expect(line).toMatchObject({ state, found: expect.stringContaining(code) });
    expect(line?.todo ?? '').toContain(todo);
  });
});
