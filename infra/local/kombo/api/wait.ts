import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** Waits, but returns early when the signal aborts. */
export const waitUpTo = async (ms: number, signal: AbortSignal): Promise<void> => {
  if (ms > 0) await delay(ms, undefined, { signal }).catch(() => undefined);
};

/** Waits until the answer is sent or the connection is closed. */
export const waitUntilClosed = async (outgoing: ServerResponse): Promise<void> => {
  if (!outgoing.closed) await once(outgoing, 'close').catch(() => undefined);
};
