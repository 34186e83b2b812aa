import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** Waits, or returns early when the signal says so. */
export const waitUpTo = async (ms: number, signal: AbortSignal): Promise<void> => {
  if (ms > 0) await delay(ms, undefined, { signal }).catch(() => undefined);
};

/** Until the answer is out or the connection is gone. */
export const waitUntilClosed = async (outgoing: ServerResponse): Promise<void> => {
  if (!outgoing.closed) await once(outgoing, 'close').catch(() => undefined);
};
