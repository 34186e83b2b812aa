import type { Stack } from '../../../infra/local/stack.ts';
import type { Phase } from './plan.ts';
import { type ProcessUsage, usageOf } from './process-usage.ts';

/** The state at one moment. */
export interface Sample {
  /** Milliseconds since the start of the soak. */
  readonly atMs: number;
  readonly phase: Phase;
  readonly uploaded: number;
  readonly attached: number;
  readonly processes: readonly (ProcessUsage & { readonly pid: number; readonly name: string })[];
}

/** Every process of the built functions. */
export const processesOf = async (stack: Stack): Promise<Sample['processes']> => {
  const pids = [...stack.functions.values()].flatMap(({ name, pids }) => pids.map((pid) => ({ name, pid })));
  const usages = await Promise.all(pids.map(async (one) => ({ ...one, usage: await usageOf(one.pid) })));
  return usages.flatMap(({ usage, ...one }) => (usage ? [{ ...one, ...usage }] : []));
};
