import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until a condition that depends on sockets is met; if it never is, the test times out. */
export const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await sleep(2);
};
