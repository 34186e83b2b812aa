import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { onTestFinished } from 'vitest';

/** One request with its bytes as they arrived; no HTTP library normalizes them. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Whether as many bytes arrived as Content-Length announced. Once true, it stays true. */
  readonly complete: boolean;
  /** The number of its connection, from 1. */
  readonly connection: number;
}

/** A request in progress, for the test that answers it. */
export interface RawCall {
  readonly request: RawRequest;
  readonly socket: Socket;
  /** A whole HTTP answer; JSON text by default. */
  answer(status: number, body?: string, headers?: Readonly<Record<string, string>>): void;
  /** Sends bytes unchanged. */
  write(text: string): void;
  /** A TCP reset, as a killed server sends it. */
  reset(): void;
}

/** What the server does at each stage of a request. By default nothing, and `complete` answers with success. */
export interface Behaviour {
  head?(call: RawCall): void;
  /** After each piece of the body, the last one included. */
  piece?(call: RawCall): void;
  complete?(call: RawCall): void;
}

export interface RawServer {
  /** With `/v1`. */
  readonly url: string;
  readonly port: number;
  /** In the order in which their heads arrived. */
  readonly requests: readonly RawRequest[];
  /** Releases the requests so far, for tests that send many megabytes. */
  forget(): void;
  /** Connections accepted so far. */
  connections(): number;
  openConnections(): number;
  /** Resets every connection. */
  resetAll(): void;
  /** Resolves when no connection is open. */
  deserted(): Promise<void>;
}

export const success = '{"status":"success","data":{},"warnings":[]}';

const answerText = (status: number, body: string, headers: Readonly<Record<string, string>>): string =>
  [
    `HTTP/1.1 ${status} Status`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '',
    body,
  ].join('\r\n');

type Received = { -readonly [K in keyof RawRequest]: RawRequest[K] } & { pieces: Buffer[] };

/** Reads requests off a connection, one after another, as keep-alive sends them. */
const serve = (socket: Socket, connection: number, behaviour: Behaviour, requests: RawRequest[]): void => {
  let head = Buffer.alloc(0);
  let call: (RawCall & { readonly received: Received }) | undefined;
  let missingBytes = 0;

  const begin = (text: string): void => {
    const [requestLine = '', ...lines] = text.split('\r\n');
    const [method = '', path = ''] = requestLine.split(' ');
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    );
    const received: Received = {
      ...{ method, path, headers, complete: false, connection, pieces: [] },
      get body() {
        return Buffer.concat(this.pieces);
      },
    };
    requests.push(received);
    missingBytes = Number(headers['content-length'] ?? 0);
    call = {
      request: received,
      received,
      socket,
      answer: (status, body = '', more = {}) => void socket.write(answerText(status, body, more)),
      write: (bytes) => void socket.write(bytes),
      reset: () => void socket.resetAndDestroy(),
    };
    behaviour.head?.(call);
  };

  const take = (bytes: Buffer): void => {
    if (!call) {
      head = Buffer.concat([head, bytes]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      const rest = head.subarray(end + 4);
      begin(head.toString('latin1', 0, end));
      head = Buffer.alloc(0);
      take(rest);
      return;
    }
    const piece = bytes.subarray(0, missingBytes);
    missingBytes -= piece.length;
    if (piece.length > 0) {
      call.received.pieces.push(piece);
      behaviour.piece?.(call);
    }
    if (missingBytes > 0) return;
    const done = call;
    call = undefined;
    done.received.complete = true;
    if (behaviour.complete) behaviour.complete(done);
    else done.answer(200, success);
    if (bytes.length > piece.length) take(bytes.subarray(piece.length));
  };

  socket.on('data', take);
};

/** A server on a free loopback port that keeps every byte it got and does what the test says. Ends with the test. */
export const rawServer = async (behaviour: Behaviour = {}, tls?: TlsOptions): Promise<RawServer> => {
  const requests: RawRequest[] = [];
  const open = new Set<Socket>();
  let accepted = 0;
  let desertion = Promise.withResolvers<void>();
  const accept = (socket: Socket): void => {
    accepted += 1;
    if (open.size === 0) desertion = Promise.withResolvers<void>();
    open.add(socket);
    // Callers that disconnect are part of the test.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      open.delete(socket);
      if (open.size === 0) desertion.resolve();
    });
    serve(socket, accepted, behaviour, requests);
  };
  const server = tls ? createTlsServer(tls, accept) : createServer(accept);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of open) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}/v1`,
    port,
    requests,
    forget: () => {
      requests.length = 0;
    },
    connections: () => accepted,
    openConnections: () => open.size,
    resetAll: () => {
      for (const socket of open) socket.resetAndDestroy();
    },
    deserted: async () => {
      if (open.size > 0) await desertion.promise;
    },
  };
};
