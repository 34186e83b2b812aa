import type { ClientRequest } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { lastStretchBytes } from '../limits.ts';
import type { RequestBody } from './attachment-request.ts';

/**
 * Writes a body piece by piece, the next one only when the system has taken the previous one. So memory stays flat, and
 * the last piece never waits in a buffer of this process, which would still send it after having been frozen.
 * Stops when an answer comes or the connection closes, because the rest is not needed then.
 * @throws whatever the source of the pieces throws.
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
    // Complete. An answer may have come already, but only a properly ended request leaves the connection usable.
    if (leftBytes === 0) break;
    // A refusal or a close that has come already must be noticed before the last piece is sent, not after.
    if (leftBytes <= lastStretchBytes) await setImmediate();
    if (over) return;
  }
  call.end();
};
