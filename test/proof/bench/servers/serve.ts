import type { Server } from 'node:http';

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
