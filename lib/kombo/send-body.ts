import type { ClientRequest } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { lastStretchBytes } from '../limits.ts';
import type { RequestBody } from './attachment-request.ts';

/**
 * Writes a body piece by piece, the next one only when the system has taken the last: memory stays flat, and the last
 * piece never waits in a buffer of ours, where a process that was frozen meanwhile would still send it.
 * Stops when an answer comes or the connection closes: nobody wants more then.
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
    // Whole: an answer may be here already, and only after a proper end the connection serves the next call.
    if (leftBytes === 0) break;
    // A refusal or an end that is here already must be seen before the last piece goes out, not after.
    if (leftBytes <= lastStretchBytes) await setImmediate();
    if (over) return;
  }
  call.end();
};
