import type { ClientRequest } from 'node:http';

/**
 * Writes a body piece by piece, the next one only when the system has taken the last: memory stays flat, and the last
 * piece never waits in a buffer of ours, where a process that was frozen meanwhile would still send it.
 * Stops when an answer comes or the connection closes: nobody wants more then.
 * @throws whatever the source of the pieces throws.
 */
export const sendBody = async (pieces: AsyncIterable<string | Uint8Array>, call: ClientRequest): Promise<void> => {
  let over = false;
  let goOn = (): void => undefined;
  const stop = (): void => {
    over = true;
    goOn();
  };
  call.once('response', stop).once('close', stop);
  for await (const piece of pieces) {
    if (over) return;
    const { promise: taken, resolve } = Promise.withResolvers<void>();
    goOn = resolve;
    call.write(piece, 'latin1', () => resolve());
    await taken;
    if (over) return;
  }
  call.end();
};
