import type { Server, ServerResponse } from 'node:http';
import { pieces } from '../workload.ts';

/** Listens on a free port of this machine and reports it to the parent process; ends with the parent, however that one ends. */
export const serve = (server: Server): void => {
  // A contender that is busy for a long time must not find its connection closed.
  server.keepAliveTimeout = 120_000;
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (typeof address === 'object') process.send?.({ url: `http://127.0.0.1:${address?.port}` });
  });
  process.on('disconnect', () => process.exit());
};

/** Sends an object, as fast as the reader reads, and stops when the reader disconnects. */
export const sendObject = async (response: ServerResponse, sizeBytes: number): Promise<void> => {
  for (const piece of pieces(sizeBytes)) {
    if (response.destroyed) return;
    await new Promise((resolve) => response.write(piece, resolve));
  }
  response.end();
};
