import type { ClientRequest } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { lastStretchBytes } from '../limits.ts';
import type { RequestBody } from './attachment-request.ts';

/**
 * Writes a body piece by piece, each one only after the system has accepted the previous one. This keeps memory flat.
 * It also keeps the last piece out of this process's buffers, from which it would still be sent after a freeze. Stops
 * when a response arrives or the connection closes, because the rest is not needed then.
 * @throws any error of the body's source
 */
export const sendBody = async ({ chunks, contentLength }: RequestBody, call: ClientRequest): Promise<void> => {
  let over = false;
  let goOn = (): void => undefined;
  const stop = (): void => {
    over = true;
    goOn();
  };
  call.once('response', stop).once('close', stop);
  let leftBytes = contentLength;
  for await (const piece of chunks) {
    if (over) return;
    const { promise: taken, resolve } = Promise.withResolvers<void>();
    goOn = resolve;
    call.write(piece, 'latin1', () => resolve());
    await taken;
    leftBytes -= piece.length;
    // Complete. A response may have arrived already, but only a properly ended request leaves the connection usable.
    if (leftBytes === 0) break;
    // An early response or a closed connection must be noticed before the last piece is sent.
    if (leftBytes <= lastStretchBytes) await setImmediate();
    if (over) return;
  }
  call.end();
};
