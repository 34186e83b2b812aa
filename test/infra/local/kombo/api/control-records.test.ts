import { describe, expect, test } from 'vitest';
import { greenhouseIntegrationId } from '../../../../../infra/local/kombo/emulator.ts';
import { call, callControl, errorOf, list, post, resultsOf, wireErrorOf } from '../../../../fakes/emulator-caller.ts';
import { testEmulator } from '../../../../fakes/test-emulator.ts';

const emulator = await testEmulator();

const control = (method: string, path: string, body?: unknown) => callControl(emulator, method, path, body);

describe('stored attachments', () => {
  test('stored attachments are shown with size, sha256 and a link to their exact bytes', async () => {
    await post(emulator, 'Frank1');
    await post(emulator, 'Jane1');

    const { json } = await control('GET', '/attachments?target=candidate/Frank1');

    expect(json.attachments).toHaveLength(1);
    expect(json.attachments[0]).toMatchObject({
      target: 'candidate/Frank1',
      integrationId: greenhouseIntegrationId,
      name: 'Frank Doe CV.pdf',
      sizeBytes: 14,
      // printf '%%PDF-1.7 Frank' | sha256sum
      sha256: '97beb8e111c636f6215da105a5496931b6f9f1d42fd37492dc2b3c07022139cf',
    });
    const content = await fetch(json.attachments[0].contentUrl);
    expect(await content.text()).toBe('%PDF-1.7 Frank');
    expect(content.headers.get('content-type')).toBe('application/pdf');
  });

  test('stored attachments never run as a page of this machine, whatever their type and name', async () => {
    const page = {
      name: 'R\u00e9sum\u00e9 "\u{1F600}".html',
      type: 'CV',
      content_type: 'text/html',
      data: 'PHNjcmlwdD4=',
    };
    await post(emulator, 'Frank1', { body: { attachment: page } });

    const { headers } = await fetch(String(resultsOf(await list(emulator, 'Frank1'))[0]?.data_url));

    expect(headers.get('content-disposition')).toBe(
      "attachment; filename*=UTF-8''R%C3%A9sum%C3%A9%20%22%F0%9F%98%80%22.html",
    );
    expect(headers.get('content-security-policy')).toBe('sandbox');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('a stored attachment with an unknown id is answered with 404', async () => {
    expect((await control('GET', '/attachments/nobody/content')).status).toBe(404);
    expect((await control('GET', '/attachments?target=Frank1')).status).toBe(400);
  });
});

describe('requests', () => {
  test('the emulator counts and keeps requests, without body, query or API key', async () => {
    await post(emulator, 'Frank1');
    await call(emulator, { path: '/ats/candidates/Frank1/attachments?token=secret' });
    await post(emulator, 'fault-html-502');
    await post(emulator, 'Frank1', { headers: { authorization: 'Bearer ks_dev_wrong' } });
    await emulator.idle();

    const { json } = await control('GET', '/requests');

    expect(json.counters).toEqual({
      total: 4,
      completePosts: 3,
      incompletePosts: 0,
      stored: 1,
      byCall: { post: 3, list: 1 },
      byStatus: { '200': 2, '401': 1, '502': 1 },
      byCode: { 'PLATFORM.AUTHENTICATION_INVALID': 1 },
    });
    expect(json).toMatchObject({ in_flight: 0, max_in_flight: 1 });
    expect(json.recent).toHaveLength(4);
    expect(json.recent[0]).toMatchObject({
      method: 'POST',
      path: '/v1/ats/candidates/Frank1/attachments',
      call: 'post',
      integrationId: greenhouseIntegrationId,
      contentLengthBytes: 117,
      receivedBytes: 117,
      bodyComplete: true,
      status: 200,
      code: null,
      stored: true,
      open: false,
    });
    expect(json.recent[2].faults).toEqual(['html-502']);
    expect(JSON.stringify(json)).not.toMatch(/secret|ks_dev|Frank Doe|JVBE/);
  });

  test('the log_url of an error leads to its request', async () => {
    const refused = await post(emulator, 'fault-PLATFORM--TASK_TIMED_OUT');

    const record = await (await fetch(errorOf(refused)?.log_url ?? '')).json();

    expect(record).toMatchObject({
      path: '/v1/ats/candidates/fault-PLATFORM--TASK_TIMED_OUT/attachments',
      status: 504,
    });
    expect((await control('GET', '/requests/0')).status).toBe(404);
  });
});

test.each(['silence', 'slow-60000ms'])(
  'a reset of the emulator cuts a call with the fault %s, which then stores and counts nothing',
  async (fault) => {
    const cut = wireErrorOf(post(emulator, `fault-${fault}`));
    await expect.poll(() => emulator.requests.recent().at(-1)?.bodyComplete, { interval: 5 }).toBe(true);
    await control('POST', '/reset');

    expect(await cut).toBe('ECONNRESET');
    await emulator.idle();
    expect(emulator.attachments()).toEqual([]);
    expect(emulator.requests.counters().total).toBe(0);
    expect(emulator.requests.recent()).toEqual([]);
    expect(emulator.inFlight()).toBe(0);
  },
);

test('a reset of the emulator restores its initial state', async () => {
  await post(emulator, 'Frank1');
  emulator.faults.arm('html-502');
  emulator.apiKeys.revoke();
  emulator.apiKeys.restore('ks_dev_new');
  emulator.integrations.change(greenhouseIntegrationId, { toolDown: true });
  emulator.limits.change({ concurrency: 1 });

  expect((await control('POST', '/reset')).status).toBe(204);

  expect(emulator.attachments()).toEqual([]);
  expect(emulator.faults.list()).toEqual([]);
  expect(emulator.limits.get()).toEqual({ concurrency: 30, ratePerWindow: 100_000, windowSeconds: 60 });
  expect(emulator.maxInFlight()).toBe(0);
  expect((await post(emulator, 'Frank1')).status).toBe(200);
  expect((await post(emulator, 'Frank1', { headers: { authorization: 'Bearer ks_dev_new' } })).status).toBe(401);
});
