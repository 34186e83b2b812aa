import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';
import type { Exchange } from './exchange.ts';
import { waitUntilClosed, waitUpTo } from './wait.ts';

type AnyAnswer = Answer<string | Buffer>;

/** Starts an answer: sends the status line and headers, and adds it to the request log. */
export const startAnswer = (
  { outgoing, record, headers }: Exchange,
  answer: AnyAnswer,
  extra: Record<string, string>,
): void => {
  record.status = answer.status;
  record.code = answer.code;
  outgoing.writeHead(answer.status, { 'content-type': answer.contentType, ...headers(), ...extra });
};

/** Sends an answer unchanged. */
export const send = async (exchange: Exchange, answer: AnyAnswer): Promise<void> => {
  const { outgoing, release } = exchange;
  if (outgoing.destroyed) return;
  startAnswer(exchange, answer, { 'content-length': String(Buffer.byteLength(answer.body)) });
  // Before the last byte: a caller that has read the answer may rely on the slot being free.
  release();
  outgoing.end(answer.body);
  await waitUntilClosed(outgoing);
};

/** Sends an answer byte by byte. */
export const sendDripping = async (exchange: Exchange, answer: AnyAnswer, everyMs: number): Promise<void> => {
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

/** Sends half of the declared bytes, then closes the connection. */
export const sendCut = (exchange: Exchange, answer: AnyAnswer): Promise<void> => {
  const bytes = Buffer.from(answer.body);
  return sendShort(exchange, { ...answer, body: bytes.subarray(0, Math.floor(bytes.length / 2)) }, bytes.length);
};

/** Sends an answer that is shorter than declared, then closes the connection. */
export const sendShort = async (exchange: Exchange, answer: AnyAnswer, announcedBytes: number): Promise<void> => {
  const { outgoing, incoming } = exchange;
  if (outgoing.destroyed) return;
  startAnswer(exchange, answer, { 'content-length': String(announcedBytes) });
  await new Promise<void>((resolve) => outgoing.write(answer.body, () => resolve()));
  incoming.socket.destroy();
};

const blankBlock = Buffer.alloc(64 * 1024, ' ');

/**
 * Sends an answer of this size without Content-Length. Blanks before the last brace fill it, so the JSON stays valid.
 */
export const sendPadded = async (exchange: Exchange, answer: AnyAnswer, sizeBytes: number): Promise<void> => {
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

/** Aborts when the answer is sent or the connection is closed; `close` closes all connections. */
const whenGone = (outgoing: ServerResponse): AbortSignal => {
  const gone = new AbortController();
  if (outgoing.closed) gone.abort();
  else outgoing.once('close', () => gone.abort());
  return gone.signal;
};
