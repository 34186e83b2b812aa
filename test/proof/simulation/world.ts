import type { Clock } from '../../../lib/clock.ts';
import type { Random } from './random.ts';

/** The random faults of a step of a process. The exhaustive mode enumerates them instead. */
export interface Fate {
  /** Milliseconds until a request takes effect at its server, and again until the answer is back. */
  latencyMs(): number;
  /** Whether the process crashes immediately before the effect, immediately after it, or not. */
  crash(): 'before' | 'after' | undefined;
  /** Milliseconds for which the whole process is frozen, timers included; 0 when it does not freeze. */
  freezeMs(label: string): number;
}

/** One invocation of a function, on a machine with its own clock. */
export interface Process {
  readonly name: string;
  readonly clock: Clock;
  readonly alive: () => boolean;
  /** A call to a server: the only way in which the code under test interacts with the world. */
  step<T>(label: string, effect: () => T): Promise<T>;
  /** Runs when the process is killed. */
  onDeath(action: () => void): void;
  kill(why: string): void;
  /** Runs an action now, or at the thaw; never when the process is dead. */
  whenAwake(action: () => void): void;
  /** Marks it as ended with an error or too late, so that its knowledge is lost as after a crash. */
  fail(): void;
  readonly failed: () => boolean;
  /** Whether it was frozen for a while, so that what it read before may be outdated. */
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
  /** Runs everything that is planned up to this time. Work that has just started plans its first step before time passes. */
  runUntil(time: number): Promise<void>;
  /** The next planned time, or undefined when nothing is planned. */
  nextAt(): number | undefined;
  /** Stops the faults: from now on, every step succeeds. */
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

/** An arbitrary start time. */
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

  const runNext = (time: number): void => {
    const next = heap[0];
    if (!next || next.at > time) return;
    pop(heap);
    if (!next.action) return;
    now = Math.max(now, next.at);
    next.action();
  };

  const runUntil = async (time: number): Promise<void> => {
    do await oneTurn(() => runNext(time));
    while (heap[0] && heap[0].at <= time);
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
    /** Delays events of a frozen process until the thaw. */
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

/** A turn of the event loop costs as much as several actions. */
const actionsPerTurn = 16;

/**
 * Calls it several times in one turn of the event loop. Node runs all microtasks before the first immediate and between
 * any two, so before each call no promise can continue without time passing.
 */
const oneTurn = (action: () => void): Promise<void> =>
  new Promise((resolve, reject) => {
    const call = (): void => {
      try {
        action();
      } catch (error) {
        reject(error);
      }
    };
    for (let count = 0; count < actionsPerTurn; count += 1) setImmediate(call);
    setImmediate(resolve);
  });

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
