import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { parseJson } from '../../../lib/json.ts';
import type { Lambda } from '../aws/lambda/function.ts';
import { FunctionFailed } from '../aws/lambda/process.ts';
import { closeServer, listen, onFreePort } from './listen.ts';
import { isLocalCaller } from './local-caller.ts';

export interface ControlServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Lets other programs on this machine call a running stack: `GET /health`, and `POST /functions/<name>` with the event
 * as JSON. The answer is `{"result": …}`, or `{"error": …}` in Lambda's form.
 */
export const startControl = async (
  functions: ReadonlyMap<string, Lambda>,
  preferredPort: number,
): Promise<ControlServer> => {
  const app = new Hono();
  app.use(async (c, next) => {
    const { host, origin } = c.req.header();
    if (!isLocalCaller({ host, origin }))
      return c.json({ error: 'Only programs on this machine may call the local stack.' }, 403);
    return next();
  });
  app.get('/health', (c) => c.json({ pid: process.pid, functions: [...functions.keys()] }));
  app.post('/functions/:name', async (c) => {
    const lambda = functions.get(c.req.param('name'));
    if (!lambda) return c.json({ functions: [...functions.keys()] }, 404);
    const event = await c.req.json<unknown>().catch(() => undefined);
    if (event === undefined)
      return c.json({ error: { errorType: 'BadRequest', errorMessage: 'The event must be JSON.' } }, 400);
    try {
      const clientContext = clientContextIn(c.req.header('x-amz-client-context'));
      return c.json({ result: await lambda.invoke(event, undefined, clientContext) });
    } catch (error) {
      if (error instanceof FunctionFailed) return c.json({ error: error.error }, 502);
      throw error;
    }
  });
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  const port = await onFreePort(preferredPort, (candidate) => listen(server, candidate));
  return { url: `http://127.0.0.1:${port}`, close: () => closeServer(server) };
};

/** Base64-encoded JSON, as in Lambda's own API. */
const clientContextIn = (header: string | undefined): unknown =>
  header === undefined ? undefined : parseJson(Buffer.from(header, 'base64').toString());
