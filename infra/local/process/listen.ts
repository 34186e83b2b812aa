import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Lets a server listen on this machine only.
 * @param port 0 means any free one
 * @returns the actual port
 * @throws {Error} with code EADDRINUSE when the port is taken.
 */
export const listen = async (server: Server, port: number): Promise<number> => {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

/** Stops listening and cuts every connection, idle or busy. */
export const closeServer = async (server: Server): Promise<void> => {
  const done = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await done;
};

/** The ports of one stack differ in their last digit, so another stack takes the same ones ten further on. */
const step = 10;
const maxSteps = 100;

/**
 * Starts something on the preferred port or, while that is taken, ten further on.
 * @param preferred 0 means any free one
 * @throws whatever `start` throws, except that a port is taken
 */
export const onFreePort = async <T>(preferred: number, start: (port: number) => Promise<T>): Promise<T> => {
  for (let at = 0; at < maxSteps; at += 1) {
    const port = preferred === 0 ? 0 : preferred + at * step;
    if (port > 65_535) break;
    try {
      return await start(port);
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
  throw new Error(`No free port was found from ${preferred} on. Set PORT_BASE to another one.`);
};

const isTaken = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
