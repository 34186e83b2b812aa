import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Makes a server listen on this machine only.
 * @param port 0 means any free port
 * @returns the actual port
 * @throws {Error} with code EADDRINUSE when the port is taken.
 */
export const listen = async (server: Server, port: number): Promise<number> => {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

/** Stops listening and closes every connection, idle or busy. */
export const closeServer = async (server: Server): Promise<void> => {
  const done = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await done;
};

/** The ports of one stack differ in their last digit, so a second stack uses ports that are higher by ten. */
const step = 10;
const maxSteps = 100;

/**
 * Starts something on the preferred port; while a port is taken, it tries the one ten higher.
 * @param preferred 0 means any free port
 * @throws every error of `start` except a taken port
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
  throw new Error(`No free port was found starting at ${preferred}. Set PORT_BASE to another port.`);
};

const isTaken = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
