/**
 * How many calls the emulator accepts. Kombo publishes its limit of 30 calls in flight, but not its quota per window.
 */
export interface Limits {
  /** Unified actions in flight per integration. */
  readonly concurrency: number;
  /** Requests per API key and window. High by default, so that no test reaches it by accident. */
  readonly ratePerWindow: number;
  readonly windowSeconds: number;
}

export const defaultLimits: Limits = { concurrency: 30, ratePerWindow: 100_000, windowSeconds: 60 };

export interface LimitSettings {
  get(): Limits;
  change(change: Partial<Limits>): Limits;
  reset(): void;
}

export const createLimitSettings = (changes: Partial<Limits>): LimitSettings => {
  const initial: Limits = { ...defaultLimits, ...changes };
  let limits = initial;
  return {
    get: () => limits,
    change(change) {
      limits = { ...limits, ...change };
      return limits;
    },
    reset() {
      limits = initial;
    },
  };
};

export interface RateWindows {
  /** Counts one request; returns false when the quota of the window is used up. */
  admit(key: string, limits: Limits): boolean;
  /** The `ratelimit-*` headers that Kombo sends with every answer; `reset` is in seconds. */
  headers(key: string, limits: Limits): Record<string, string>;
  reset(): void;
}

/** Fixed windows, one per API key. */
export const createRateWindows = (clock: () => number): RateWindows => {
  const windows = new Map<string, { startMs: number; used: number }>();
  const current = (key: string, { windowSeconds }: Limits) => {
    const nowMs = clock();
    const known = windows.get(key);
    if (known !== undefined && nowMs < known.startMs + windowSeconds * 1000) return known;
    const fresh = { startMs: nowMs, used: 0 };
    windows.set(key, fresh);
    return fresh;
  };
  return {
    admit(key, limits) {
      const window = current(key, limits);
      if (window.used >= limits.ratePerWindow) return false;
      window.used += 1;
      return true;
    },
    headers(key, limits) {
      const window = current(key, limits);
      const leftMs = window.startMs + limits.windowSeconds * 1000 - clock();
      return {
        'ratelimit-limit': String(limits.ratePerWindow),
        'ratelimit-remaining': String(Math.max(0, limits.ratePerWindow - window.used)),
        'ratelimit-reset': String(Math.ceil(leftMs / 1000)),
      };
    },
    reset: () => windows.clear(),
  };
};

/** The place of one call among those in flight. Calling `release` again has no effect. */
export interface Slot {
  release(): void;
}

export interface ConcurrencyGate {
  /** Returns a slot, or undefined when `limit` calls of this integration are in flight. */
  enter(integrationId: string, limit: number): Slot | undefined;
  inFlight(integrationId?: string): number;
  /** The highest number of calls of one integration that have been in flight together. */
  maxInFlight(integrationId?: string): number;
  reset(): void;
}

export const createConcurrencyGate = (): ConcurrencyGate => {
  const inFlight = new Map<string, number>();
  const highest = new Map<string, number>();
  return {
    enter(integrationId, limit) {
      const now = inFlight.get(integrationId) ?? 0;
      if (now >= limit) return undefined;
      inFlight.set(integrationId, now + 1);
      highest.set(integrationId, Math.max(highest.get(integrationId) ?? 0, now + 1));
      let taken = true;
      return {
        release() {
          if (taken) inFlight.set(integrationId, (inFlight.get(integrationId) ?? 1) - 1);
          taken = false;
        },
      };
    },
    inFlight: (id) =>
      id === undefined ? [...inFlight.values()].reduce((sum, count) => sum + count, 0) : (inFlight.get(id) ?? 0),
    maxInFlight: (id) => (id === undefined ? Math.max(0, ...highest.values()) : (highest.get(id) ?? 0)),
    reset: () => highest.clear(),
  };
};
