import type { Lambda } from '../../infra/local/aws/lambda/function.ts';

/** on-demand as the servers of the local stack see it. */
export const fakeOnDemand = (invoke: Lambda['invoke']): Lambda => ({
  name: 'on-demand',
  pids: [],
  invoke,
  send: async () => ({ ok: true, result: null }),
  kill: async () => undefined,
  close: async () => undefined,
});
