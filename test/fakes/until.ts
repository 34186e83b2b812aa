import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until a condition is met that sockets change; a test that waits in vain ends with its timeout. */
export const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await sleep(2);
};
