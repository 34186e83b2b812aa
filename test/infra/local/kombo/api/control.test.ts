import { describe, expect, test } from 'vitest';
import { greenhouseIntegrationId } from '../../../../../infra/local/kombo/emulator.ts';
import { call, callControl, errorOf, list, post, wireErrorOf } from '../../../../fakes/emulator-caller.ts';
import { testEmulator } from '../../../../fakes/test-emulator.ts';

const emulator = await testEmulator();

const control = (method: string, path: string, body?: unknown) => callControl(emulator, method, path, body);

describe('faults', () => {
  test('a fault can be armed for a target and a number of calls, with headers', async () => {
    const armed = await control('POST', '/faults', {
      fault: 'REMOTE.RATE_LIMIT_EXCEEDED',
      target: 'candidate/Frank1',
      integration_id: greenhouseIntegrationId,
      times: 1,
      headers: { 'retry-after': 'soon' },
    });
    const faulty = await post(emulator, 'Frank1');
    const later = await post(emulator, 'Frank1');

    expect(armed.status).toBe(201);
    expect(armed.json).toMatchObject({ name: 'REMOTE--RATE_LIMIT_EXCEEDED', on: ['post'], remaining: 1 });
    expect(errorOf(faulty)?.code).toBe('REMOTE.RATE_LIMIT_EXCEEDED');
    expect(faulty.headers['retry-after']).toBe('soon');
    expect(later.status).toBe(200);
  });

  test('faults delay a call by the delay that they were armed with', async () => {
    await control('POST', '/faults', { fault: 'html-502', delay_ms: 60_000 });
    const waiting = wireErrorOf(post(emulator, 'Frank1'));
    await expect
      .poll(() => emulator.requests.recent().at(-1)?.bodyComplete, { interval: 5, timeout: 10_000 })
      .toBe(true);
    await emulator.reset();

    expect(await waiting).toBe('ECONNRESET');
  });

  test('faults apply to every call until they are cleared', async () => {
    await control('POST', '/faults', { fault: 'html-502', on: ['post', 'list'] });
    const faulty = [await post(emulator, 'Frank1'), await post(emulator, 'Jane1'), await list(emulator, 'Frank1')];
    await control('DELETE', '/faults');

    expect(faulty.map(({ status }) => status)).toEqual([502, 502, 502]);
    expect((await post(emulator, 'Frank1')).status).toBe(200);
  });

  test('faults are listed with their remaining calls, and with all faults that could be armed', async () => {
    await control('POST', '/faults', { fault: 'silence', times: 3 });
    await control('POST', '/faults', { fault: 'thousand' });

    const { json } = await control('GET', '/faults');

    expect(json.armed).toMatchObject([
      { name: 'silence', on: ['post'], remaining: 3 },
      { name: 'thousand', on: ['list'] },
    ]);
    expect(json.known).toContainEqual({ form: 'created-201', meaning: 'success, as HTTP 201' });
  });

  test('faults can be ended one by one', async () => {
    const { json } = await control('POST', '/faults', { fault: 'silence' });
    await control('POST', '/faults', { fault: 'html-502' });
    const ended = await control('DELETE', `/faults/${json.id}`);

    expect(ended.status).toBe(204);
    expect(emulator.faults.list().map(({ name }) => name)).toEqual(['html-502']);
  });

  test('faults do not apply to a call with a wrong key, and are not used up by it', async () => {
    await control('POST', '/faults', { fault: 'html-502', times: 1 });

    const stranger = await post(emulator, 'Frank1', { headers: { authorization: 'Bearer ks_dev_wrong' } });
    const friend = await post(emulator, 'Frank1');

    expect([stranger.status, friend.status]).toEqual([401, 502]);
  });

  test.each([
    ['an unknown name', { fault: 'sillence' }, 'Unknown fault "sillence".'],
    ['no name', {}, 'fault'],
    ['a misspelt field', { fault: 'silence', time: 1 }, 'time'],
    ['no times at all', { fault: 'silence', times: 0 }, 'times'],
    ['a target of another kind', { fault: 'silence', target: 'job/1' }, 'target must be candidate/<id>'],
    ['no call', { fault: 'silence', on: [] }, 'on'],
    ['a habit on a post', { fault: 'renamed', on: ['post', 'list'] }, 'applies only to listings'],
  ])('faults are refused with %s', async (_, body, words) => {
    const answer = await control('POST', '/faults', body);

    expect(answer.status).toBe(400);
    expect(answer.json.error).toContain(words);
    expect(emulator.faults.list()).toEqual([]);
  });

  test('faults are refused when the body is not JSON', async () => {
    const response = await fetch(`${emulator.controlUrl}/faults`, { method: 'POST', body: 'silence' });

    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: 'The body must be JSON.' });
  });
});

test('an API key can be revoked and restored', async () => {
  await control('POST', '/api-keys/revoke', { api_key: 'ks_dev_local' });
  const revoked = await post(emulator, 'Frank1');
  await control('POST', '/api-keys/restore', { api_key: 'ks_dev_new' });
  const withNew = await post(emulator, 'Frank1', { headers: { authorization: 'Bearer ks_dev_new' } });
  await control('POST', '/api-keys/revoke');
  const allRevoked = await post(emulator, 'Frank1', { headers: { authorization: 'Bearer ks_dev_new' } });
  await control('POST', '/api-keys/restore');
  const restored = await post(emulator, 'Frank1');

  expect([revoked, withNew, allRevoked, restored].map(({ status }) => status)).toEqual([401, 200, 401, 200]);
});

test('an integration can be broken and fixed', async () => {
  const path = `/integrations/${encodeURIComponent(greenhouseIntegrationId)}`;
  const broken = await control('PATCH', path, {
    status: 'INACTIVE',
    setup_status: 'COMPLETED',
    actions: { ats_add_application_attachment: 'DISABLED' },
    reading: 'UNSUPPORTED',
    tool_down: true,
    restrictions: {
      ats_add_candidate_attachment: {
        types: { CV: { is_supported: false }, COVER_LETTER: { is_supported: false }, OTHER: { is_supported: false } },
      },
    },
    habits: ['renamed', 'late-900ms'],
    warnings: ['Careful.'],
    concurrency_limit: 5,
  });
  const refused = await post(emulator, 'Frank1');

  expect(broken.json).toMatchObject({
    id: greenhouseIntegrationId,
    status: 'INACTIVE',
    actions: { ats_add_candidate_attachment: 'ENABLED', ats_add_application_attachment: 'DISABLED' },
    reading: 'UNSUPPORTED',
    toolDown: true,
    habits: ['renamed', 'late-900ms'],
    warnings: ['Careful.'],
    concurrencyLimit: 5,
  });
  expect((await control('GET', '/integrations')).json.integrations).toContainEqual(broken.json);
  expect(errorOf(refused)?.code).toBe('INTEGRATION.INACTIVE');

  await control('PATCH', path, {
    status: 'ACTIVE',
    tool_down: false,
    restrictions: { ats_add_candidate_attachment: null },
  });
  const taken = await post(emulator, 'Frank1');
  expect(JSON.parse(taken.text).warnings).toEqual([{ message: 'Careful.' }]);
});

test.each([
  ['an unknown integration', 'greenhouse:nobody', { tool_down: true }, 'Unknown integration'],
  ['an unknown status', greenhouseIntegrationId, { status: 'ASLEEP' }, 'status'],
  ['an unknown field', greenhouseIntegrationId, { toolDown: true }, 'toolDown'],
  ['an unknown habit', greenhouseIntegrationId, { habits: ['dated', 'renames'] }, 'must be one of dated, midnight,'],
  ['a habit without its number', greenhouseIntegrationId, { habits: ['late-<n>ms'] }, 'late-<n>ms'],
])('a change of an integration with %s is refused', async (_, id, change, words) => {
  const answer = await control('PATCH', `/integrations/${id}`, change);

  expect(answer.status).toBe(400);
  expect(answer.json.error).toContain(words);
});

test('the limits of the emulator can be read and changed', async () => {
  const changed = await control('PATCH', '/limits', { concurrency: 5, rate_per_window: 50, window_seconds: 2 });

  expect(changed.json).toEqual({ concurrency: 5, ratePerWindow: 50, windowSeconds: 2 });
  expect((await control('GET', '/limits')).json).toEqual(changed.json);
  expect((await post(emulator, 'Frank1')).headers).toMatchObject({ 'ratelimit-limit': '50', 'concurrency-limit': '5' });
});

test.each([
  [{ origin: 'https://evil.example' }, 403],
  [{ origin: 'http://localhost:3000' }, 200],
])('a control call with the headers %j is answered with %i', async (headers, status) => {
  expect(await call(emulator, { path: '/../_emulator/attachments', headers })).toMatchObject({ status });
});

test('an unknown control call is answered with 404', async () => {
  expect((await control('GET', '/nothing')).status).toBe(404);
});
