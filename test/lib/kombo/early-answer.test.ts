import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { attachmentBody } from '../../../lib/kombo/attachment-request.ts';
import type { AttachAnswer } from '../../../lib/kombo/client.ts';
import { asFromASocket } from '../../fakes/chunks.ts';
import { candidate, clientOf, facts, inTime } from '../../fakes/kombo-caller.ts';
import { type Behaviour, type RawServer, rawServer, success } from '../../fakes/raw-server.ts';

const refusal = '{"status":"error","error":{"code":null,"title":null,"message":"Too large.","log_url":null}}';
/** More than the buffers of both sockets hold, so that it cannot all be sent before the answer comes. */
const sizeBytes = 30_000_000;

interface Attempt {
  readonly server: RawServer;
  readonly answer: AttachAnswer;
  /** Bytes of the file that were read. */
  readonly readBytes: number;
}

const attempt = async (behaviour: Behaviour): Promise<Attempt> => {
  const server = await rawServer(behaviour);
  let readBytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of asFromASocket(Buffer.alloc(sizeBytes, 'Frank Doe'))) {
      readBytes += chunk.length;
      yield chunk;
    }
  }
  const body = attachmentBody(facts, sizeBytes, counted());
  const answer = await clientOf(server.url).attach(candidate, body, inTime());
  return { server, answer, readBytes };
};

/** Answers as soon as the head has arrived, and reads no further, like a proxy with a size limit. */
const early = (status: number, body: string): Behaviour => ({
  head: ({ answer, socket }) => {
    answer(status, body);
    socket.pause();
  },
});

/** Enough turns of the event loop for data between two sockets of this process to arrive. */
const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await setImmediate();
};

const failureOf = ({ answer }: Attempt) => (answer.ok ? undefined : answer.failure);

test('an early 413 ends the sending and counts as the answer', async () => {
  let readOn = (): void => undefined;
  const result = await attempt({
    head: ({ answer, socket }) => {
      answer(413, refusal);
      socket.pause();
      readOn = () => void socket.resume();
    },
  });
  expect(failureOf(result)).toMatchObject({
    code: 'KOMBO_REFUSED',
    detail: 'Kombo answered HTTP 413.',
    komboMessage: 'Too large.',
  });
  expect(result.readBytes).toBeLessThan(sizeBytes);
  readOn();
  await result.server.deserted();
  expect(result.server.requests.map(({ complete }) => complete)).toEqual([false]);
});

test('an early refusal ends the sending even when the server keeps reading', async () => {
  const result = await attempt({ head: ({ answer }) => answer(413, refusal) });
  expect(failureOf(result)).toMatchObject({ code: 'KOMBO_REFUSED', detail: 'Kombo answered HTTP 413.' });
  expect(result.readBytes).toBeLessThan(sizeBytes);
  await result.server.deserted();
  expect(result.server.requests.map(({ complete }) => complete)).toEqual([false]);
});

test('an early refusal is read while the source of the file stalls', async () => {
  const server = await rawServer({ piece: ({ answer }) => answer(429, refusal) });
  async function* stalling(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(100_000);
    await new Promise(() => undefined);
  }
  const body = attachmentBody(facts, 200_000, stalling());
  const answer = await clientOf(server.url).attach(candidate, body, inTime());
  expect(answer).toMatchObject({ ok: false, failure: { code: 'KOMBO_RATE_LIMITED' } });
});

test.each([
  [500, refusal],
  [502, '<html>Bad Gateway</html>'],
  [504, ''],
])('an early HTTP %i means that nothing was delivered', async (status, text) => {
  const result = await attempt(early(status, text));
  expect(failureOf(result)).toMatchObject({ code: 'KOMBO_BROKE_OFF', detail: `Kombo answered HTTP ${status}.` });
});

test.each([
  ['success', success],
  ['an empty success', ''],
  ['an HTML page', '<html></html>'],
])('%s before the body is complete is ANSWER_UNREADABLE, so the target must be looked at', async (_, text) => {
  const result = await attempt(early(200, text));
  expect(failureOf(result)).toMatchObject({ code: 'ANSWER_UNREADABLE' });
});

test.each([
  [200, success, 'ANSWER_UNREADABLE'],
  [500, refusal, 'KOMBO_BROKE_OFF'],
])(
  'an HTTP %i that starts early stays early, even if the file ends before the answer does',
  async (status, text, code) => {
    const endOfFile = Promise.withResolvers<void>();
    const server = await rawServer({
      head: ({ write }) => {
        // The answer comes in two halves; between them the source ends.
        write(`HTTP/1.1 ${status} Status\r\ncontent-length: ${text.length}\r\n\r\n${text.slice(0, 9)}`);
        void turns(50)
          .then(endOfFile.resolve)
          .then(() => turns(50))
          .then(() => write(text.slice(9)));
      },
    });
    async function* file(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(49_152);
      await endOfFile.promise;
      yield new Uint8Array(1);
    }
    const body = attachmentBody(facts, 49_152, file());
    const answer = await clientOf(server.url).attach(candidate, body, inTime());
    expect(answer).toMatchObject({ ok: false, failure: { code } });
    expect(server.requests.map(({ complete }) => complete)).toEqual([false]);
  },
);

test('an informational response is not an answer', async () => {
  const server = await rawServer({
    head: ({ write }) => {
      write('HTTP/1.1 100 Continue\r\n\r\n');
      write('HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n');
    },
  });
  const answer = await clientOf(server.url).attach(
    candidate,
    attachmentBody(facts, 9, asFromASocket(Buffer.from('Frank Doe'))),
    inTime(),
  );
  expect(answer).toMatchObject({ ok: true });
  expect(server.requests[0]?.complete).toBe(true);
});
