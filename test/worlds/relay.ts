import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { closeServer, listen } from '../../infra/local/process/listen.ts';

/** One forwarded call, and how much of its answer the caller read. */
export interface PassedCall {
  readonly method: string;
  readonly path: string;
  /** Bytes received from the server behind the relay: little more than what the caller read before it disconnected. */
  answerBytes: number;
}

export interface Relay {
  readonly url: string;
  readonly calls: readonly PassedCall[];
  close(): Promise<void>;
}

/** Changes a whole answer; undefined forwards it unchanged, as it arrives. */
export type Rewrite = (method: string, path: string) => ((body: string) => string) | undefined;

/** A proxy between the functions and a server of this machine, which counts calls and can change answers. */
export const startRelay = async (behind: string, rewrite: Rewrite = () => undefined): Promise<Relay> => {
  const calls: PassedCall[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method = '', url = '' } = incoming;
    const [path = ''] = url.split('?');
    const passed = { method, path, answerBytes: 0 };
    calls.push(passed);
    pass(new URL(behind).origin + url, incoming, outgoing, passed, rewrite(method, path));
  });
  server.requestTimeout = 0;
  const port = await listen(server, 0);
  return {
    url: `http://127.0.0.1:${port}${new URL(behind).pathname.replace(/\/$/, '')}`,
    calls,
    close: () => closeServer(server),
  };
};

const pass = (
  url: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  passed: PassedCall,
  change: ((body: string) => string) | undefined,
): void => {
  const { method, headers } = incoming;
  const call = request(url, { method, headers, agent: false }, (answer) => {
    const { statusCode = 502, headers: answered } = answer;
    answer.on('error', () => outgoing.destroy());
    answer.on('data', (chunk: Buffer) => {
      passed.answerBytes += chunk.length;
    });
    if (change === undefined) {
      outgoing.writeHead(statusCode, answered);
      answer.pipe(outgoing);
      return;
    }
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.on('end', () => {
      const body = Buffer.from(change(Buffer.concat(chunks).toString()));
      outgoing.writeHead(statusCode, { ...answered, 'content-length': body.length }).end(body);
    });
  });
  // A connection that breaks on one side is broken on the other.
  call.on('error', () => outgoing.destroy());
  outgoing.on('close', () => call.destroy());
  incoming.pipe(call);
};
