/** The keys that the emulator accepts. They are kept in memory only and never listed. */
export interface ApiKeys {
  accepts(key: string): boolean;
  /** One key, or all of them. */
  revoke(key?: string): void;
  /** One key, old or new; without one, those the emulator started with. */
  restore(key?: string): void;
}

export const createApiKeys = (initial: readonly string[]): ApiKeys => {
  const valid = new Set(initial);
  return {
    accepts: (key) => valid.has(key),
    revoke(key) {
      if (key === undefined) valid.clear();
      else valid.delete(key);
    },
    restore(key) {
      for (const each of key === undefined ? initial : [key]) valid.add(each);
    },
  };
};

/** The key of `Authorization: Bearer …`; empty when there is none. */
export const bearerKey = (authorization: string | undefined): string =>
  /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
