import { mkdir } from 'node:fs/promises';
import dynalite from 'dynalite';
import { closeServer, listen, onFreePort } from '../../process/listen.ts';
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
    // Dynalite throws connection errors, so a caller that was killed would end the whole stack.
    request.removeAllListeners('error');
    request.on('error', () => undefined);
  });
  const port = await onFreePort(preferredPort, (candidate) => listen(server, candidate));
  return { url: `http://127.0.0.1:${port}`, close: () => closeServer(server) };
};
