import { expect, test } from 'vitest';
import { systemClock } from '../../../lib/clock.ts';
import { ApiKeyError } from '../../../lib/kombo/api-key.ts';
import { komboClient } from '../../../lib/kombo/client.ts';
import { httpTransport } from '../../../lib/kombo/http-transport.ts';
import type { HttpAnswer, Transport } from '../../../lib/kombo/transport.ts';
import { bodyOf, candidate, clientOf, inTime } from '../../fakes/kombo-caller.ts';
import { rawServer, success } from '../../fakes/raw-server.ts';

test('a POST has the headers that Kombo asks for, and an exact length', async () => {
  const server = await rawServer();
  await clientOf(server.url).attach(candidate, bodyOf('Frank Doe'), inTime());
  const [request] = server.requests;
  expect(request).toMatchObject({
    method: 'POST',
    path: '/v1/ats/candidates/Frank1/attachments',
    headers: {
      authorization: 'Bearer ks_dev_local',
      'x-integration-id': 'greenhouse:local1',
      'content-type': 'application/json',
      accept: 'application/json',
      'content-length': '109',
    },
  });
  expect(request?.headers).not.toHaveProperty('transfer-encoding');
  expect(request?.body.length).toBe(109);
});

test.each([
  ['candidate', 'a/b?c#d%', '/v1/ats/candidates/a%2Fb%3Fc%23d%25/attachments'],
  ['application', 'Ap_1-x', '/v1/ats/applications/Ap_1-x/attachments'],
] as const)('the id of a %s is one segment of the path', async (kind, id, path) => {
  const server = await rawServer();
  const kombo = clientOf(server.url);
  await kombo.attach({ ...candidate, kind, id }, bodyOf('x'), inTime());
  await kombo.listAttachments({ ...candidate, kind, id }, inTime().signal);
  expect(server.requests.map(({ method, path: asked }) => [method, asked])).toEqual([
    ['POST', path],
    ['GET', path],
  ]);
});

test.each([
  ['http://127.0.0.1:PORT', '/integrations/greenhouse%3Alocal1'],
  ['http://127.0.0.1:PORT/', '/integrations/greenhouse%3Alocal1'],
  ['http://127.0.0.1:PORT/a/v1/', '/a/v1/integrations/greenhouse%3Alocal1'],
])('paths are appended to the base URL %s', async (base, path) => {
  const server = await rawServer();
  await clientOf(base.replace('PORT', String(server.port))).integration('greenhouse:local1', inTime().signal);
  expect(server.requests[0]?.path).toBe(path);
});

test('a GET has neither a body nor the headers of one', async () => {
  const server = await rawServer();
  await clientOf(server.url).restrictions('application', 'greenhouse:local1', inTime().signal);
  expect(server.requests[0]).toMatchObject({ method: 'GET', path: '/v1/ats/actions/ats_add_application_attachment' });
  expect(server.requests[0]?.headers).not.toHaveProperty('content-length');
  expect(server.requests[0]?.headers).not.toHaveProperty('content-type');
});

test('the place of synced files is requested with one short page', async () => {
  const content_ref = { type: 's3', bucket: 'acme-files', key: 'kombo/ats_attachments/1' };
  const body = JSON.stringify({ status: 'success', data: { next: null, results: [{ id: '1', content_ref }] } });
  const server = await rawServer({ complete: ({ answer }) => answer(200, body) });
  const answer = await clientOf(server.url).syncedFiles('greenhouse:local1', inTime().signal);
  expect(answer).toMatchObject({ ok: true, value: [{ bucket: 'acme-files', key: 'kombo/ats_attachments/1' }] });
  expect(server.requests[0]).toMatchObject({
    path: '/v1/ats/attachments?page_size=10',
    headers: { 'x-integration-id': 'greenhouse:local1' },
  });
});

test('the API key is requested before each call', async () => {
  const server = await rawServer();
  const keys = ['first', 'second'];
  const kombo = komboClient({
    transport: httpTransport(server.url, systemClock),
    clock: systemClock,
    apiKey: async () => keys.shift() ?? 'none',
  });
  await kombo.attach(candidate, bodyOf('x'), inTime());
  await kombo.attach(candidate, bodyOf('x'), inTime());
  expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer first', 'Bearer second']);
});

test.each([
  ['unavailable', 'API_KEY_UNAVAILABLE'],
  ['unreadable', 'API_KEY_UNREADABLE'],
] as const)('nothing is sent when the API key is %s', async (fault, code) => {
  const server = await rawServer();
  const kombo = komboClient({
    transport: httpTransport(server.url, systemClock),
    clock: systemClock,
    apiKey: () => Promise.reject(new ApiKeyError(fault, 'No key.')),
  });
  const answer = await kombo.attach(candidate, bodyOf('x'), inTime());
  expect(answer).toMatchObject({ ok: false, failure: { code, detail: 'No key.' } });
  expect(server.connections()).toBe(0);
});

test('a redirect is not followed, because it would receive the API key', async () => {
  const elsewhere = await rawServer();
  const server = await rawServer({
    complete: ({ answer }) => answer(302, '', { location: `${elsewhere.url}/ats/candidates/Frank1/attachments` }),
  });
  const answer = await clientOf(server.url).attach(candidate, bodyOf('x'), inTime());
  expect(answer).toMatchObject({
    ok: false,
    failure: { code: 'KOMBO_REDIRECTED', detail: 'Kombo answered HTTP 302.' },
  });
  expect(elsewhere.connections()).toBe(0);
});

const answering = async (headers: Readonly<Record<string, string>>, status = 200) => {
  const server = await rawServer({ complete: ({ answer }) => answer(status, status === 200 ? success : '', headers) });
  return clientOf(server.url).attach(candidate, bodyOf('x'), inTime());
};

test('the concurrency headers are read on success and on failure', async () => {
  const headers = { 'Concurrency-Limit': '30', 'Concurrency-Remaining': '7' };
  expect((await answering(headers)).concurrency).toEqual({ limit: 30, remaining: 7 });
  expect((await answering(headers, 429)).concurrency).toEqual({ limit: 30, remaining: 7 });
});

test.each([[{}], [{ 'concurrency-limit': '-1' }], [{ 'concurrency-limit': 'many', 'concurrency-remaining': '' }]])(
  'the concurrency headers %j are ignored',
  async (headers) => {
    expect((await answering(headers)).concurrency).toEqual({});
  },
);

test('the wait that Kombo asks for is returned', async () => {
  const answer = await answering(
    { 'ratelimit-limit': '300', 'ratelimit-remaining': '0', 'ratelimit-reset': '57' },
    429,
  );
  expect(answer).toMatchObject({ failure: { code: 'KOMBO_RATE_LIMITED', retryAfterMs: 57_000 } });
});

test.each([
  ['listAttachments', { data: {} }],
  ['restrictions', { data: [] }],
] as const)('an answer to %s without the requested data is ANSWER_UNREADABLE', async (call, body) => {
  const server = await rawServer({ complete: ({ answer }) => answer(200, JSON.stringify(body)) });
  const kombo = clientOf(server.url);
  const answer =
    call === 'restrictions'
      ? await kombo.restrictions('candidate', 'greenhouse:local1', inTime().signal)
      : await kombo.listAttachments(candidate, inTime().signal);
  expect(answer).toMatchObject({ ok: false, failure: { code: 'ANSWER_UNREADABLE' } });
});

test('an exception of the code itself is not reported as a failure of the call', async () => {
  const broken: Transport = {
    send: (): Promise<HttpAnswer> => Promise.reject(new TypeError('a bug')),
    warmUp: () => undefined,
  };
  const kombo = komboClient({ transport: broken, clock: systemClock, apiKey: async () => 'key' });
  await expect(kombo.attach(candidate, bodyOf('x'), inTime())).rejects.toThrow('a bug');
});

test('no failure contains the API key, the file or its name', async () => {
  const server = await rawServer({ complete: ({ reset }) => reset() });
  const answers = [
    await clientOf(server.url).attach(candidate, bodyOf('Frank Doe, carpenter'), inTime()),
    await clientOf('http://127.0.0.1:1/v1').attach(candidate, bodyOf('Frank Doe, carpenter'), inTime()),
  ];
  expect(answers.map(({ ok }) => ok)).toEqual([false, false]);
  expect(JSON.stringify(answers)).not.toMatch(/ks_dev_local|Frank|RnJhbms/);
});
