/** The API keys that the emulator accepts. They are kept only in memory and never listed. */
export interface ApiKeys {
  accepts(key: string): boolean;
  /** Revokes one key, or all keys. */
  revoke(key?: string): void;
  /** Accepts this key, old or new; without one, the keys that the emulator started with. */
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

/** The key from `Authorization: Bearer …`, or an empty text. */
export const bearerKey = (authorization: string | undefined): string =>
  /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
