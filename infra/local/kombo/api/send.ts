import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';
import type { Exchange } from './exchange.ts';
import { waitUntilClosed, waitUpTo } from './wait.ts';

/** Starts an answer: status line, headers and the entry in the request log, but no byte of the body. */
export const startAnswer = (
  { outgoing, record, headers }: Exchange,
  answer: Answer,
  extra: Record<string, string>,
): void => {
  record.status = answer.status;
  record.code = answer.code;
  outgoing.writeHead(answer.status, { 'content-type': answer.contentType, ...headers(), ...extra });
};

/** Sends an answer as it is. */
export const send = async (exchange: Exchange, answer: Answer): Promise<void> => {
  const { outgoing, release } = exchange;
  if (outgoing.destroyed) return;
  startAnswer(exchange, answer, { 'content-length': String(Buffer.byteLength(answer.body)) });
  // Before the last byte: a caller that has read the answer may rely on the free slot.
  release();
  outgoing.end(answer.body);
  await waitUntilClosed(outgoing);
};

/** Sends an answer byte by byte. */
export const sendDripping = async (exchange: Exchange, answer: Answer, everyMs: number): Promise<void> => {
  const { outgoing } = exchange;
  if (outgoing.destroyed) return;
  const bytes = Buffer.from(answer.body);
  startAnswer(exchange, answer, { 'content-length': String(bytes.length) });
  outgoing.flushHeaders();
  const gone = whenGone(outgoing);
  for (const byte of bytes) {
    await waitUpTo(everyMs, gone);
    if (gone.aborted) return;
    outgoing.write(Buffer.of(byte));
  }
  outgoing.end();
  await waitUntilClosed(outgoing);
};

/** Sends half of the announced bytes and ends the connection. */
export const sendCut = async (exchange: Exchange, answer: Answer): Promise<void> => {
  const { outgoing, incoming } = exchange;
  if (outgoing.destroyed) return;
  const bytes = Buffer.from(answer.body);
  startAnswer(exchange, answer, { 'content-length': String(bytes.length) });
  const half = bytes.subarray(0, Math.floor(bytes.length / 2));
  await new Promise<void>((resolve) => outgoing.write(half, () => resolve()));
  incoming.socket.destroy();
};

const blankBlock = Buffer.alloc(64 * 1024, ' ');

/** Sends an answer with blanks before its last brace: valid JSON of this size, without an announced length. */
export const sendPadded = async (exchange: Exchange, answer: Answer, sizeBytes: number): Promise<void> => {
  const { outgoing } = exchange;
  if (outgoing.destroyed) return;
  startAnswer(exchange, answer, {});
  outgoing.write(answer.body.slice(0, -1));
  const gone = whenGone(outgoing);
  for (let sent = answer.body.length; sent < sizeBytes && !gone.aborted; sent += blankBlock.length) {
    const hasRoom = outgoing.write(blankBlock.subarray(0, sizeBytes - sent));
    if (!hasRoom) await once(outgoing, 'drain', { signal: gone }).catch(() => undefined);
  }
  outgoing.end(answer.body.slice(-1));
  await waitUntilClosed(outgoing);
};

/** Aborts when the connection is gone, or the answer out; `close` cuts every connection. */
const whenGone = (outgoing: ServerResponse): AbortSignal => {
  const gone = new AbortController();
  if (outgoing.closed) gone.abort();
  else outgoing.once('close', () => gone.abort());
  return gone.signal;
};
