import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Lets a server listen on this machine only.
 * @returns the port, which 0 leaves to the system
 * @throws {Error} with code EADDRINUSE when the port is taken.
 */
export const listening = async (server: Server, port: number): Promise<number> => {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

/** Stops listening and cuts every connection, idle or busy. */
export const closed = async (server: Server): Promise<void> => {
  const done = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await done;
};

/** Ports of one stack differ in their last digit, so the next stack finds its own ten ports further on. */
const step = 10;
const mostSteps = 100;

/**
 * Starts something on the port that it prefers or, while that one is taken, ten further on.
 * @param preferred 0 means any free one
 * @throws whatever `start` throws, except that a port is taken
 */
export const onFreePort = async <T>(preferred: number, start: (port: number) => Promise<T>): Promise<T> => {
  for (let at = 0; at < mostSteps; at += 1) {
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
