import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { deadlineIn } from '../../../lib/deadline.ts';
import type { AttachAnswer, KomboClient } from '../../../lib/kombo/client.ts';
import { bodyOf, candidate, clientOf, inTime } from '../../fakes/kombo-caller.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { type RawServer, rawServer } from '../../fakes/raw-server.ts';
import { until } from '../../fakes/until.ts';

const attach = (kombo: KomboClient, file = 'Frank Doe, carpenter', deadline = inTime()): Promise<AttachAnswer> =>
  kombo.attach(candidate, bodyOf(file), deadline);

const failureOf = async (attaching: Promise<AttachAnswer>) => {
  const answer = await attaching;
  return answer.ok ? undefined : answer.failure;
};

/** The connection on which each request came. */
const connectionsOf = ({ requests }: RawServer): number[] => requests.map(({ connection }) => connection);

test('concurrent calls have their own connections', async () => {
  const server = await rawServer();
  const kombo = clientOf(server.url);
  await Promise.all([attach(kombo), attach(kombo), attach(kombo)]);
  expect(connectionsOf(server).sort()).toEqual([1, 2, 3]);
});

test('a connection that was idle for up to 4 s is reused, one that was idle for longer is not', async () => {
  const clock = manualClock();
  const server = await rawServer();
  const kombo = clientOf(server.url, clock);
  await attach(kombo);
  clock.freeze(4_000);
  await attach(kombo);
  clock.freeze(4_001);
  await attach(kombo);
  expect(connectionsOf(server)).toEqual([1, 1, 2]);
  await until(() => server.openConnections() === 1);
});

test('a connection that the server has closed is not reused', async () => {
  const server = await rawServer({ complete: (call) => call.answer(200, '', { connection: 'close' }) });
  const kombo = clientOf(server.url);
  await attach(kombo);
  await attach(kombo);
  expect(connectionsOf(server)).toEqual([1, 2]);
});

test('a reused connection that breaks before the commit point is marked as stale', async () => {
  const server = await rawServer({
    head: ({ request, reset }) => {
      if (server.requests.length === 2) reset();
      return request;
    },
  });
  const kombo = clientOf(server.url);
  await attach(kombo);
  expect(await failureOf(attach(kombo))).toMatchObject({ code: 'KOMBO_CONNECTION_LOST', staleConnection: true });
  expect((await attach(kombo)).ok).toBe(true);
  expect(connectionsOf(server)).toEqual([1, 1, 2]);
});

test('a fresh connection that breaks is not marked as stale', async () => {
  const server = await rawServer({ head: (call) => call.reset() });
  const failure = await failureOf(attach(clientOf(server.url)));
  expect(failure).toMatchObject({ code: 'KOMBO_CONNECTION_LOST' });
  expect(failure?.staleConnection).toBeUndefined();
});

test('a connection whose answer was cut short is not reused', async () => {
  const server = await rawServer({
    complete: ({ request, answer, write }) => {
      if (request.connection === 1) write('HTTP/1.1 200 OK\r\ncontent-length: 500000\r\n\r\n'.padEnd(80_000));
      else answer(200, '{}');
    },
  });
  const kombo = clientOf(server.url);
  expect(await failureOf(attach(kombo))).toMatchObject({ code: 'ANSWER_UNREADABLE' });
  expect((await attach(kombo)).ok).toBe(true);
  expect(connectionsOf(server)).toEqual([1, 2]);
});

test('a call that reached its deadline closes its connection', async () => {
  const clock = manualClock();
  const server = await rawServer({ complete: () => clock.advance(1_000) });
  const kombo = clientOf(server.url, clock);
  for (const _ of [1, 2]) {
    expect(await failureOf(attach(kombo, 'small', inTime(clock, 1_000)))).toMatchObject({ code: 'ANSWER_TIMED_OUT' });
  }
  expect(connectionsOf(server)).toEqual([1, 2]);
  await server.deserted();
});

test('opening ahead repeatedly opens one connection', async () => {
  const server = await rawServer();
  const kombo = clientOf(server.url);
  kombo.warmUp();
  kombo.warmUp();
  await attach(kombo);
  kombo.warmUp();
  await attach(kombo);
  expect(server.connections()).toBe(1);
});

test('two calls do not share a connection that was opened ahead', async () => {
  const server = await rawServer();
  const kombo = clientOf(server.url);
  kombo.warmUp();
  const answers = await Promise.all([attach(kombo), attach(kombo)]);
  expect(answers.map(({ ok }) => ok)).toEqual([true, true]);
  expect(server.connections()).toBe(2);
});

test('a connection that was opened ahead and died in the meantime does no harm', async () => {
  const server = await rawServer();
  const kombo = clientOf(server.url);
  kombo.warmUp();
  await until(() => server.connections() === 1);
  server.resetAll();
  await server.deserted();
  await sleep(20);
  expect((await attach(kombo)).ok).toBe(true);
  expect(connectionsOf(server)).toEqual([2]);
});

test('a connection that was opened ahead and idle for too long is replaced', async () => {
  const clock = manualClock();
  const server = await rawServer();
  const kombo = clientOf(server.url, clock);
  kombo.warmUp();
  await until(() => server.connections() === 1);
  clock.freeze(4_001);
  await attach(kombo);
  expect(connectionsOf(server)).toEqual([2]);

  clock.freeze(4_001);
  kombo.warmUp();
  await until(() => server.connections() === 3);
  await attach(kombo);
  expect(connectionsOf(server)).toEqual([2, 3]);
  await until(() => server.openConnections() === 1);
});

test('opening ahead to a refused port fails silently, and the call reports the failure', async () => {
  const kombo = clientOf('http://127.0.0.1:1/v1');
  kombo.warmUp();
  await sleep(20);
  expect(await failureOf(attach(kombo))).toMatchObject({ code: 'KOMBO_UNREACHABLE' });
});

test.each([
  ['a refused port', 'http://127.0.0.1:1/v1', 'No connection could be made (ECONNREFUSED).'],
  // Longer than a DNS label may be, so that no name server is asked.
  [
    'a host that does not exist',
    `http://${'x'.repeat(64)}.invalid/v1`,
    /^No connection could be made \((ENOTFOUND|EAI_AGAIN)\)\.$/,
  ],
])('%s gives KOMBO_UNREACHABLE, however small the file', async (_, url, detail) => {
  const failure = await failureOf(attach(clientOf(url), 'x'));
  expect(failure?.code).toBe('KOMBO_UNREACHABLE');
  expect(failure?.detail).toMatch(detail);
});

test('a host that accepts the connection but never finishes the handshake gives KOMBO_UNREACHABLE after 10 s', async () => {
  const clock = manualClock();
  const server = await rawServer();
  const attaching = failureOf(
    attach(clientOf(server.url.replace('http:', 'https:'), clock), 'x', inTime(clock, 60_000)),
  );
  await until(() => server.connections() === 1);
  clock.advance(9_999);
  expect(server.openConnections()).toBe(1);
  clock.advance(1);
  expect(await attaching).toMatchObject({
    code: 'KOMBO_UNREACHABLE',
    detail: 'No connection could be made (ETIMEDOUT).',
  });
  await server.deserted();
});

test('a deadline during the handshake gives OUT_OF_TIME, and the next call works', async () => {
  const clock = manualClock();
  const server = await rawServer();
  const kombo = clientOf(server.url.replace('http:', 'https:'), clock);
  const deadline = deadlineIn(clock, 5_000);
  onTestFinished(deadline.clear);
  const attaching = failureOf(kombo.attach(candidate, bodyOf('x'), deadline));
  await until(() => server.connections() === 1);
  clock.advance(5_000);
  expect(await attaching).toMatchObject({ code: 'OUT_OF_TIME' });
  clock.advance(5_000);
  await server.deserted();
});

test('200 calls on one connection leave no listener, timer or connection behind', async () => {
  const warnings: string[] = [];
  const warn = ({ name, message }: Error): void => void warnings.push(`${name}: ${message}`);
  process.on('warning', warn);
  onTestFinished(() => void process.off('warning', warn));
  const clock = manualClock();
  const server = await rawServer();
  const kombo = clientOf(server.url, clock);
  const deadline = inTime(clock, 60_000);
  for (let call = 0; call < 200; call += 1) {
    kombo.warmUp();
    expect((await kombo.attach(candidate, bodyOf('Frank Doe'), deadline)).ok).toBe(true);
  }
  await sleep(10);

  expect(warnings).toEqual([]);
  expect(getEventListeners(deadline.signal, 'abort')).toEqual([]);
  expect(server.connections()).toBe(1);
  // The deadline of the test itself is the only timer left.
  expect(clock.timers()).toBe(1);
});
