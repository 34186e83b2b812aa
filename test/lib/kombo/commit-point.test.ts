import { expect, test } from 'vitest';
import { systemClock } from '../../../lib/clock.ts';
import type { RequestBody } from '../../../lib/kombo/attachment-request.ts';
import type { AttachAnswer } from '../../../lib/kombo/client.ts';
import { bodyOf, candidate, clientOf, inTime } from '../../fakes/kombo-caller.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { rawServer, success } from '../../fakes/raw-server.ts';

const file = Buffer.alloc(3_000_000, 'Frank Doe, carpenter. ');

const codeOf = (answer: AttachAnswer): string => (answer.ok ? 'delivered' : answer.failure.code);

/** A body whose last piece waits until the test releases it. */
const withheldBody = (): { body: RequestBody; letGo: () => void } => {
  const { promise: mayEnd, resolve: letGo } = Promise.withResolvers<void>();
  async function* chunks(): AsyncGenerator<string> {
    yield '{"attachment":';
    await mayEnd;
    yield '{}}';
  }
  return { body: { contentLength: 17, chunks: chunks() }, letGo };
};

test('a reset before the body is KOMBO_CONNECTION_LOST', async () => {
  const server = await rawServer({ head: (call) => call.reset() });
  expect(codeOf(await clientOf(server.url).attach(candidate, bodyOf(file), inTime()))).toBe('KOMBO_CONNECTION_LOST');
  expect(server.requests[0]?.complete).toBe(false);
});

test('a reset in the middle of the body is KOMBO_CONNECTION_LOST', async () => {
  const server = await rawServer({
    piece: ({ request, reset }) => {
      if (request.body.length > 1_000_000) reset();
    },
  });
  expect(codeOf(await clientOf(server.url).attach(candidate, bodyOf(file), inTime()))).toBe('KOMBO_CONNECTION_LOST');
  expect(server.requests[0]?.complete).toBe(false);
});

test('an orderly end in the middle of the body is KOMBO_CONNECTION_LOST', async () => {
  const server = await rawServer({ head: ({ socket }) => void socket.end() });
  expect(codeOf(await clientOf(server.url).attach(candidate, bodyOf(file), inTime()))).toBe('KOMBO_CONNECTION_LOST');
});

test('a reset while the last piece is still withheld is KOMBO_CONNECTION_LOST', async () => {
  const server = await rawServer({ piece: (call) => call.reset() });
  const { body, letGo } = withheldBody();
  const answer = await clientOf(server.url).attach(candidate, body, inTime());
  letGo();
  expect(codeOf(answer)).toBe('KOMBO_CONNECTION_LOST');
});

test('a reset after the whole body is ANSWER_LOST', async () => {
  const server = await rawServer({ complete: (call) => call.reset() });
  expect(codeOf(await clientOf(server.url).attach(candidate, bodyOf(file), inTime()))).toBe('ANSWER_LOST');
  expect(server.requests[0]?.complete).toBe(true);
});

test('an orderly end after the whole body is ANSWER_LOST', async () => {
  const server = await rawServer({ complete: ({ socket }) => void socket.end() });
  expect(codeOf(await clientOf(server.url).attach(candidate, bodyOf('small'), inTime()))).toBe('ANSWER_LOST');
});

test('a connection that breaks in the middle of a success gives an unreadable answer', async () => {
  const server = await rawServer({
    complete: ({ socket }) => {
      socket.end(`HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n${success}`);
    },
  });
  expect(codeOf(await clientOf(server.url).attach(candidate, bodyOf(file), inTime()))).toBe('ANSWER_UNREADABLE');
});

test('silence after the whole body is ANSWER_TIMED_OUT, and the connection ends with the deadline', async () => {
  const clock = manualClock();
  const server = await rawServer({ complete: () => clock.advance(30_000) });
  const answer = await clientOf(server.url, clock).attach(candidate, bodyOf(file), inTime(clock, 30_000));
  expect(codeOf(answer)).toBe('ANSWER_TIMED_OUT');
  await server.deserted();
  expect(server.requests[0]?.complete).toBe(true);
});

test('a server that stops reading gives OUT_OF_TIME', async () => {
  const server = await rawServer({ head: ({ socket }) => void socket.pause() });
  const large = Buffer.alloc(30_000_000, 'Frank Doe');
  expect(codeOf(await clientOf(server.url).attach(candidate, bodyOf(large), inTime(systemClock, 500)))).toBe(
    'OUT_OF_TIME',
  );
});

test('nothing is sent when the deadline has already passed', async () => {
  const server = await rawServer();
  expect(codeOf(await clientOf(server.url).attach(candidate, bodyOf(file), inTime(systemClock, 0)))).toBe(
    'OUT_OF_TIME',
  );
  expect(server.connections()).toBe(0);
});

test('a process that was frozen past its deadline does not send the last piece', async () => {
  const clock = manualClock();
  const server = await rawServer({
    piece: () => {
      // Time passes without a timer firing; then the source ends.
      clock.freeze(60_000);
      letGo();
    },
  });
  const { body, letGo } = withheldBody();
  const answer = await clientOf(server.url, clock).attach(candidate, body, inTime(clock, 30_000));

  expect(codeOf(answer)).toBe('OUT_OF_TIME');
  await server.deserted();
  expect(server.requests.map(({ complete }) => complete)).toEqual([false]);
});

test('the last piece is requested only when everything before it has left the process', async () => {
  const server = await rawServer({ head: ({ socket }) => void socket.pause() });
  let asked = 0;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (;;) {
      asked += 1;
      yield new Uint8Array(1_000_000);
    }
  }
  const body = { contentLength: 200_000_000, chunks: chunks() };
  expect(codeOf(await clientOf(server.url).attach(candidate, body, inTime(systemClock, 400)))).toBe('OUT_OF_TIME');
  // Some megabytes fit into the buffers of the two sockets; the rest was never produced.
  expect(asked).toBeLessThan(50);
});
