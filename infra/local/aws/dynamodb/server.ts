import { mkdir } from 'node:fs/promises';
import dynalite from 'dynalite';
import { closed, listening, onFreePort } from '../../process/listen.ts';
import { isLocalCaller } from '../../process/local-caller.ts';

export interface DynamoDbServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * DynamoDB on this machine.
 * @param directory tables stay here across restarts; one process at a time can use it
 * @param preferredPort see `onFreePort`
 */
export const startDynamoDb = async (directory: string, preferredPort: number): Promise<DynamoDbServer> => {
  await mkdir(directory, { recursive: true });
  const server = dynalite({ path: directory, createTableMs: 0 });
  const [answer] = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    if (!isLocalCaller(request.headers)) {
      response.writeHead(403, { connection: 'close' }).end();
      return;
    }
    answer?.(request, response);
    // Dynalite throws what goes wrong with a connection, and a caller that was killed would take the whole stack along.
    request.removeAllListeners('error');
    request.on('error', () => undefined);
  });
  const port = await onFreePort(preferredPort, (candidate) => listening(server, candidate));
  return { url: `http://127.0.0.1:${port}`, close: () => closed(server) };
};
