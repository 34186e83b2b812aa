import { describe, expect, test } from 'vitest';
import { greenhouseIntegrationId, sandboxIntegrationId } from '../../../../../infra/local/kombo/emulator.ts';
import { call, errorOf, list, post } from '../../../../fakes/emulator-caller.ts';
import { testEmulator } from '../../../../fakes/test-emulator.ts';

let nowMs = Date.UTC(2026, 0, 5, 9);
const emulator = await testEmulator({
  limits: { concurrency: 3, ratePerWindow: 8, windowSeconds: 60 },
  clock: () => nowMs,
});

test.each([
  ['missing', undefined],
  ['of another scheme', 'Basic ks_dev_local'],
  ['bare', 'ks_dev_local'],
])('an API key that is %s is refused with 401, and not quoted', async (_, authorization) => {
  const answer = await post(emulator, 'Frank1', { headers: { authorization } });

  expect(answer.status).toBe(401);
  expect(errorOf(answer)?.code).toBe('PLATFORM.AUTHENTICATION_INVALID');
  expect(answer.text).not.toContain('ks_dev');
});

describe('the integration header', () => {
  test('a call without the integration header is refused as PLATFORM.INTEGRATION_NOT_FOUND', async () => {
    const headers = { 'x-integration-id': undefined };
    const answers = [
      await post(emulator, 'Frank1', { headers }),
      await call(emulator, { path: '/ats/actions/ats_add_candidate_attachment', headers }),
    ];

    for (const answer of answers) {
      expect(answer.status).toBe(404);
      expect(errorOf(answer)?.code).toBe('PLATFORM.INTEGRATION_NOT_FOUND');
    }
  });

  test('calls that need no integration are accepted without the integration header', async () => {
    const headers = { 'x-integration-id': undefined };

    const details = await call(emulator, {
      path: `/integrations/${encodeURIComponent(sandboxIntegrationId)}`,
      headers,
    });
    const key = await call(emulator, { path: '/check-api-key', headers });

    expect([details.status, key.status]).toEqual([200, 200]);
  });
});

test.each([
  ['GET', '/ats/jobs'],
  ['GET', '/ats/candidates/Frank%2F1/attachments'],
  ['GET', '/ats/candidates/%zz/attachments'],
  ['GET', `/ats/candidates/${'x'.repeat(65)}/attachments`],
  ['GET', '/ats/actions/ats_create_candidate'],
  ['POST', '/integrations/greenhouse:x'],
] as const)('%s %s is not an endpoint of the emulator', async (method, path) => {
  const answer = await call(emulator, { method, path, body: method === 'POST' ? '{}' : '' });

  expect(answer.status).toBe(404);
  expect(errorOf(answer)).toMatchObject({ code: null, message: 'Kombo has no such endpoint.' });
});

describe('the rate limit', () => {
  test('calls beyond the rate limit are refused until the next window starts', async () => {
    for (let index = 0; index < 8; index += 1) expect((await list(emulator, 'Frank1')).status).toBe(200);
    nowMs += 10_500;
    const refused = await post(emulator, 'Frank1');
    nowMs += 50_000;
    const next = await post(emulator, 'Frank1');

    expect(refused.status).toBe(429);
    expect(errorOf(refused)?.code).toBe('PLATFORM.RATE_LIMIT_EXCEEDED');
    expect(refused.headers).toMatchObject({ 'ratelimit-remaining': '0', 'ratelimit-reset': '50' });
    expect(next.status).toBe(200);
    expect(emulator.attachments()).toHaveLength(1);
  });

  test('the rate limit counts each API key separately', async () => {
    emulator.apiKeys.restore('ks_dev_second');
    for (let index = 0; index < 8; index += 1) await list(emulator, 'Frank1');

    const second = await post(emulator, 'Frank1', { headers: { authorization: 'Bearer ks_dev_second' } });

    expect(second.status).toBe(200);
    expect(second.headers['ratelimit-remaining']).toBe('7');
  });
});

describe('the concurrency limit', () => {
  /** Calls that stay in flight until the emulator closes. */
  const hold = async (count: number, integrationId = greenhouseIntegrationId) => {
    emulator.faults.arm('silence', { times: count });
    const before = emulator.inFlight(integrationId);
    for (let index = 0; index < count; index += 1) {
      post(emulator, 'Frank1', { headers: { 'x-integration-id': integrationId } }).catch(() => undefined);
    }
    await expect.poll(() => emulator.inFlight(integrationId), { interval: 5 }).toBe(before + count);
  };

  test('the concurrency limit is in the headers of unified actions: both POSTs and both listings', async () => {
    const unified = [await post(emulator, 'Frank1'), await list(emulator, 'Frank1')];
    const others = [
      await call(emulator, { path: '/check-api-key' }),
      await call(emulator, { path: '/ats/actions/ats_add_candidate_attachment' }),
    ];

    for (const { headers } of unified) {
      expect(headers).toMatchObject({ 'concurrency-limit': '3', 'concurrency-remaining': '2' });
    }
    for (const { headers } of others) expect(headers).not.toHaveProperty('concurrency-limit');
  });

  test('posts and listings beyond the concurrency limit are refused and counted', async () => {
    await hold(3);

    const posted = await post(emulator, 'Frank1');
    const listed = await list(emulator, 'Frank1');

    for (const answer of [posted, listed]) {
      expect(answer.status).toBe(429);
      expect(errorOf(answer)?.code).toBe('PLATFORM.CONCURRENCY_LIMIT_EXCEEDED');
      expect(answer.headers['concurrency-remaining']).toBe('0');
    }
    expect(emulator.attachments()).toEqual([]);
    expect([emulator.inFlight(), emulator.maxInFlight()]).toEqual([3, 3]);
  });

  test('the concurrency limit counts each integration separately', async () => {
    await hold(3);

    const elsewhere = await post(emulator, 'Frank1', { headers: { 'x-integration-id': sandboxIntegrationId } });

    expect(elsewhere.status).toBe(200);
    expect(emulator.maxInFlight(sandboxIntegrationId)).toBe(1);
  });

  test('the concurrency limit can be lower for one integration', async () => {
    emulator.integrations.change(greenhouseIntegrationId, { concurrencyLimit: 1 });
    await hold(1);

    const answer = await list(emulator, 'Frank1');

    expect(answer.status).toBe(429);
    expect(answer.headers['concurrency-limit']).toBe('1');
  });
});
