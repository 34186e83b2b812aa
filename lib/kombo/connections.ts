import * as http from 'node:http';
import * as https from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import { OwnError } from '../failures/own-error.ts';
import { maxHandshakeMs, maxIdleConnectionMs } from '../limits.ts';

/** Without noDelay the small last piece waits until the previous one is acknowledged, which costs 40 ms per file. */
const socketOptions = { keepAlive: true, noDelay: true };

/** Keep-alive connections to one host. One can be opened ahead of need. */
export interface Connections {
  /** Gives a request its socket only once it is ready to be written to, with the TLS handshake done. */
  readonly agent: http.Agent;
  /** Closes connections that have been idle for too long. Call it before each request. */
  dropIdle(): void;
  /** Never fails: the request that follows opens its own connection and reports the error. */
  openAhead(): void;
}

interface Opening {
  readonly socket: Socket;
  readonly ready: Promise<Socket>;
}

export const connectionsTo = (baseUrl: URL, clock: Clock): Connections => {
  const secure = baseUrl.protocol === 'https:';
  const agent = new (secure ? https : http).Agent({ ...socketOptions, scheduling: 'lifo' });
  const connect = agent.createConnection.bind(agent);
  const idleSince = new WeakMap<Socket, number>();
  let ahead: Opening | undefined;

  const isFresh = (socket: Socket): boolean =>
    !socket.destroyed && clock.now() - (idleSince.get(socket) ?? clock.now()) <= maxIdleConnectionMs;
  const freeSockets = (): Socket[] => Object.values(agent.freeSockets).flatMap((sockets) => [...(sockets ?? [])]);

  const open = (options: http.ClientRequestArgs): Opening => {
    const socket = connect(options) as Socket;
    const { promise: ready, resolve, reject } = Promise.withResolvers<Socket>();
    const cancel = clock.after(maxHandshakeMs, () =>
      socket.destroy(Object.assign(new OwnError('The handshake took too long.'), { code: 'ETIMEDOUT' })),
    );
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      idleSince.set(socket, clock.now());
      resolve(socket);
    });
    // Listens for the socket's whole life, because an idle socket may break at any time.
    socket.on('error', reject);
    void ready.catch(() => undefined).finally(cancel);
    return { socket, ready };
  };

  const openedFor = async (options: http.ClientRequestArgs, opening: Opening | undefined): Promise<Socket> => {
    const socket = await opening?.ready.catch(() => undefined);
    if (socket && isFresh(socket)) return socket;
    socket?.destroy();
    return open(options).ready;
  };

  agent.createConnection = (options, callback) => {
    const opening = ahead;
    ahead = undefined;
    opening?.socket.ref();
    void openedFor(options, opening).then(
      (socket) => callback?.(null, socket),
      (error: Error) => callback?.(error, undefined as never),
    );
    return undefined;
  };
  agent.on('free', (socket: Socket) => idleSince.set(socket, clock.now()));

  return {
    agent,
    dropIdle: () => {
      for (const socket of freeSockets()) if (!isFresh(socket)) socket.destroy();
    },
    openAhead: () => {
      if ([...freeSockets(), ...(ahead ? [ahead.socket] : [])].some(isFresh)) return;
      ahead?.socket.destroy();
      const host = baseUrl.hostname.replace(/^\[|\]$/g, '');
      const port = Number(baseUrl.port) || (secure ? 443 : 80);
      ahead = open({ ...socketOptions, host, port, ...(isIP(host) === 0 && { servername: host }) });
      // An unused connection must not keep the process alive.
      ahead.socket.unref();
    },
  };
};
