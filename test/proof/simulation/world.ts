import type { Clock } from '../../../lib/clock.ts';
import type { Random } from './random.ts';

/** What chance may do to a step of a process. The exhaustive mode decides it by enumeration instead. */
export interface Fate {
  /** Milliseconds until a request takes effect at its server, and again until the answer is back. */
  latencyMs(): number;
  /** Whether the process dies right before the effect, right after it, or lives. */
  crash(): 'before' | 'after' | undefined;
  /** Milliseconds for which the whole process stands still, timers included; 0 when it does not freeze. */
  freezeMs(label: string): number;
}

/** One invocation of a function, on a machine with its own idea of the time. */
export interface Process {
  readonly name: string;
  readonly clock: Clock;
  readonly alive: () => boolean;
  /** Does something at a server: the only way in which the code under test meets the world. */
  step<T>(label: string, effect: () => T): Promise<T>;
  /** Runs when the process dies. */
  onDeath(action: () => void): void;
  kill(why: string): void;
  /** Now, or at the thaw; never when it is dead. */
  whenAwake(action: () => void): void;
  /** It ended with an error, or came too late: what it knew is lost as if it had died. */
  fail(): void;
  readonly failed: () => boolean;
  /** It stood still for a while: what it read before may be long outdated. */
  readonly frozen: () => boolean;
}

export interface World {
  readonly now: () => number;
  readonly random: Random;
  readonly history: string[];
  readonly crashes: () => number;
  tell(line: string): void;
  at(delayMs: number, action: () => void): () => void;
  spawn(name: string, options: { skewMs: number; fate: Fate }): Process;
  /** Runs all that is planned up to that time. What has just been started plans its first step before time goes on. */
  runUntil(time: number): Promise<void>;
  /** The next planned moment, or undefined when nothing is planned. */
  nextAt(): number | undefined;
  /** Faults end here: from now on every fate is kind. */
  calmDown(): void;
  readonly calm: () => boolean;
}

interface Planned {
  readonly at: number;
  readonly order: number;
  action: (() => void) | undefined;
}

/** A process that freezes for longer than this has lost its lease and may not write. */
const longerThanAnyLeaseMs = 240_000;

/** An arbitrary moment to start from. */
const beginning = Date.UTC(2030, 0, 1);

export const createWorld = (random: Random): World => {
  let now = beginning;
  let order = 0;
  let crashes = 0;
  let calm = false;
  const heap: Planned[] = [];
  const history: string[] = [];
  const tell = (line: string): void => {
    history.push(`${((now - beginning) / 1000).toFixed(1).padStart(9)} s  ${line}`);
  };

  const at = (delayMs: number, action: () => void): (() => void) => {
    const planned: Planned = { at: now + Math.max(0, delayMs), order: order++, action };
    push(heap, planned);
    return () => {
      planned.action = undefined;
    };
  };

  const nextAt = (): number | undefined => {
    while (heap[0] && !heap[0].action) pop(heap);
    return heap[0]?.at;
  };

  const runUntil = async (time: number): Promise<void> => {
    await quiet();
    for (let next = heap[0]; next && next.at <= time; next = heap[0]) {
      pop(heap);
      if (!next.action) continue;
      now = Math.max(now, next.at);
      next.action();
      await quiet();
    }
    now = Math.max(now, time);
  };

  const spawn: World['spawn'] = (name, { skewMs, fate }) => {
    let alive = true;
    let failed = false;
    let frozen = false;
    let frozenUntil = 0;
    const deathbed: (() => void)[] = [];
    const kill = (why: string): void => {
      if (!alive) return;
      alive = false;
      crashes += 1;
      tell(`${name}: dies (${why})`);
      for (const action of deathbed) action();
    };
    /** What happens to a frozen process waits for the thaw. */
    const whenAwake = (action: () => void): void => {
      if (!alive) return;
      if (now < frozenUntil) at(frozenUntil - now, () => whenAwake(action));
      else action();
    };
    const step = <T>(label: string, effect: () => T): Promise<T> =>
      new Promise((resolve, reject) => {
        const crash = calm ? undefined : fate.crash();
        const freezeMs = calm ? 0 : fate.freezeMs(label);
        if (crash === 'before') return kill(`before ${label}`);
        if (freezeMs > 0) {
          frozenUntil = now + freezeMs;
          frozen = true;
          failed ||= freezeMs > longerThanAnyLeaseMs;
          tell(`${name}: freezes for ${Math.round(freezeMs / 1000)} s before ${label}`);
        }
        at(fate.latencyMs(), () =>
          whenAwake(() => {
            let settle: () => void;
            try {
              const value = effect();
              settle = () => resolve(value);
            } catch (error) {
              settle = () => reject(error);
            }
            if (crash === 'after') return kill(`after ${label}`);
            at(fate.latencyMs(), () => whenAwake(settle));
          }),
        );
      });
    return {
      name,
      alive: () => alive,
      step,
      kill,
      whenAwake,
      fail: () => {
        failed = true;
      },
      failed: () => failed || !alive,
      frozen: () => frozen,
      onDeath: (action) => void deathbed.push(action),
      clock: {
        now: () => now + skewMs,
        after: (delayMs, action) => at(delayMs, () => whenAwake(action)),
      },
    };
  };

  return {
    now: () => now,
    random,
    history,
    crashes: () => crashes,
    tell,
    at,
    spawn,
    runUntil,
    nextAt,
    calmDown: () => {
      calm = true;
      tell('--- faults stop ---');
    },
    calm: () => calm,
  };
};

/** All promises that can go on have gone on: immediates come after every microtask. */
const quiet = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const earlier = (a: Planned, b: Planned): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

const push = (heap: Planned[], planned: Planned): void => {
  heap.push(planned);
  let child = heap.length - 1;
  while (child > 0) {
    const parent = (child - 1) >> 1;
    if (!swapIfEarlier(heap, child, parent)) return;
    child = parent;
  }
};

const pop = (heap: Planned[]): void => {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  heap[0] = last;
  let parent = 0;
  for (;;) {
    const left = 2 * parent + 1;
    const right = left + 1;
    const [a, b] = [heap[left], heap[right]];
    if (!a) return;
    const child = b && earlier(b, a) ? right : left;
    if (!swapIfEarlier(heap, child, parent)) return;
    parent = child;
  }
};

const swapIfEarlier = (heap: Planned[], child: number, parent: number): boolean => {
  const [c, p] = [heap[child], heap[parent]];
  if (!c || !p || !earlier(c, p)) return false;
  heap[child] = p;
  heap[parent] = c;
  return true;
};
