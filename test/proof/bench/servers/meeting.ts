/**
 * Requests of one event that must be in flight at the same time. Each waits here until all have arrived, so that files sent one
 * after another cannot pass as concurrent ones.
 * @returns a function that says false when the others did not arrive in time
 */
export const createMeeting = (maxWaitMs: number): ((name: string, expected: number) => Promise<boolean>) => {
  const waiting = new Map<string, (() => void)[]>();
  return (name, expected) =>
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
      for (const go of others) go();
    });
};
