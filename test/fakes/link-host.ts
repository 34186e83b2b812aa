import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { loopbackTls } from './loopback-tls.ts';
import { type Behaviour, type RawCall, rawServer } from './raw-server.ts';

/** Servers that links lead to, all on this machine. */

export const filePath = '/files/Frank%20Doe.pdf?token=s3cr3t';
export const urlOn = (port: number, origin = 'http://127.0.0.1'): string => `${origin}:${port}${filePath}`;

export const httpServer = (complete?: Behaviour['complete']) => rawServer(complete ? { complete } : {});
export const httpsServer = (complete?: Behaviour['complete']) => rawServer(complete ? { complete } : {}, loopbackTls);

export const redirectTo =
  (location: string, status = 302) =>
  (call: RawCall): void =>
    call.write(`HTTP/1.1 ${status} Status\r\nlocation: ${location}\r\ncontent-length: 0\r\n\r\n`);

/** Accepts connections and never writes a byte. */
export const silentServer = async (): Promise<{ port: number; connections(): number }> => {
  const open: Socket[] = [];
  const server = createServer((socket) => {
    open.push(socket.on('error', () => undefined));
    socket.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, connections: () => open.length };
};
