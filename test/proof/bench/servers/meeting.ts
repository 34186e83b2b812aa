/**
 * Requests of one event that must be in flight at the same time. Each waits here until all have arrived, so that files sent one
 * after another cannot pass as concurrent ones.
 */
export interface Meeting {
  /** @returns false when the others did not arrive in time */
  arrive(name: string, expected: number): Promise<boolean>;
  /** The number of requests that have met. */
  met(name: string): number;
}

export const createMeeting = (maxWaitMs: number): Meeting => {
  const waiting = new Map<string, (() => void)[]>();
  const met = new Map<string, number>();
  return {
    arrive: (name, expected) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => resolve(false), maxWaitMs);
        const others = waiting.get(name) ?? [];
        waiting.set(name, others);
        others.push(() => {
          clearTimeout(timer);
          resolve(true);
        });
        if (others.length < expected) return;
        waiting.delete(name);
        met.set(name, (met.get(name) ?? 0) + others.length);
        for (const go of others) go();
      }),
    met: (name) => met.get(name) ?? 0,
  };
};
