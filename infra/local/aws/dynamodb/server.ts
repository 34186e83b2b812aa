import { mkdir } from 'node:fs/promises';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import dynalite from 'dynalite';
import { closeServer, listen, onFreePort } from '../../process/listen.ts';
import { isLocalCaller } from '../../process/local-caller.ts';
import { dynaliteCaller, writeAnswer } from './dynalite-caller.ts';
import { type TableWrites, tableWrites } from './table-writes.ts';
import { timeToLive } from './time-to-live.ts';

export interface DynamoDbServer {
  readonly url: string;
  readonly onWrite: TableWrites['onWrite'];
  close(): Promise<void>;
}

/** DynamoDB deletes expired items within a few days; ten seconds are short enough to watch an expiry. */
const sweepEveryMs = 10_000;

/**
 * DynamoDB on this machine: dynalite, plus what it lacks (the item of a refused write, expiry and a stream).
 * @param directory keeps the tables across restarts; only one process at a time can use it. Default: in memory
 * @param preferredPort see `onFreePort`
 */
export const startDynamoDb = async (
  directory: string | undefined,
  preferredPort: number,
  expiry: { readonly nowMs?: () => number; readonly everyMs?: number } = {},
): Promise<DynamoDbServer> => {
  if (directory !== undefined) await mkdir(directory, { recursive: true });
  const store = dynalite({ ...(directory !== undefined && { path: directory }), createTableMs: 0, deleteTableMs: 0 });
  const [listener] = store.listeners('request') as RequestListener[];
  if (!listener) throw new Error('dynalite has no request listener.');
  const caller = dynaliteCaller(listener);
  const writes = tableWrites(caller);
  const expiring = timeToLive(caller, writes, expiry.nowMs ?? Date.now);

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const operation = /^DynamoDB_20120810\.(\w+)$/.exec(String(request.headers['x-amz-target']))?.[1] ?? '';
    const { handle } = [writes, expiring].find((one) => one.takes(operation)) ?? { handle: caller.send };
    writeAnswer(response, await handle(operation, await text(request), request.headers));
  };

  store.removeAllListeners('request');
  store.on('request', (request, response) => {
    if (!isLocalCaller(request.headers)) {
      response.writeHead(403, { connection: 'close' }).end();
      return;
    }
    // This rejects only when the client has closed the connection.
    answer(request, response).catch(() => response.destroy());
  });
  const port = await onFreePort(preferredPort, (candidate) => listen(store, candidate));

  let sweeping: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    sweeping = sweeping.then(expiring.sweep).catch(() => undefined);
  }, expiry.everyMs ?? sweepEveryMs).unref();

  return {
    url: `http://127.0.0.1:${port}`,
    onWrite: writes.onWrite,
    close: async () => {
      clearInterval(timer);
      await sweeping;
      await closeServer(store);
    },
  };
};
