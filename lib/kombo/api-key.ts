import type { Clock } from '../clock.ts';
import { OwnError } from '../failures/own-error.ts';
import { at, parseJson, text } from '../json.ts';
import { apiKeyLifetimeMs, apiKeyVersionLifetimeMs, minApiKeyRefreshMs } from '../limits.ts';

/** The Kombo API key, wherever it is stored. */
export interface ApiKey {
  /** @throws {ApiKeyError} */
  current(): Promise<string>;
  /**
   * Reads the store again after Kombo refused a key, and reports whether it now contains another one. Never fails: a
   * store that does not respond has no other key.
   */
  refresh(refused: string): Promise<boolean>;
  /** A version that changes with the key without revealing it. It is read again when it is over a minute old. */
  version(): Promise<string>;
}

/** The key as stored. */
export interface StoredKey {
  readonly text: string;
  readonly version: string;
}

/** `unreadable`: an operator must fix it. `unavailable`: the store does not respond now. */
export class ApiKeyError extends OwnError {
  override readonly name = 'ApiKeyError';
  readonly fault: 'unreadable' | 'unavailable';

  constructor(fault: 'unreadable' | 'unavailable', message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

/** A key from the environment, for the local stack. It never changes. */
export const fixedApiKey = (key: string): ApiKey => ({
  current: async () => key,
  refresh: async () => false,
  version: async () => 'environment',
});

/** @param fetch reads the secret; throws `ApiKeyError`. */
export const cachedApiKey = (fetch: () => Promise<StoredKey>, clock: Clock): ApiKey => {
  let cached: { readonly key: string; readonly version: string; readonly at: number } | undefined;
  let loading: Promise<string> | undefined;
  let refreshedAt = Number.NEGATIVE_INFINITY;

  const load = async (): Promise<string> => {
    const { text: secret, version } = await fetch();
    const key = keyIn(secret);
    cached = { key, version, at: clock.now() };
    return key;
  };
  /** Concurrent callers share one request to the store. */
  const loadOnce = (): Promise<string> => {
    loading ??= load().finally(() => {
      loading = undefined;
    });
    return loading;
  };

  return {
    current: async () => {
      if (cached && clock.now() - cached.at < apiKeyLifetimeMs) return cached.key;
      try {
        return await loadOnce();
      } catch (error) {
        // While the store is unavailable, an old key is better than none: Kombo reports whether it is still valid.
        if (cached && error instanceof ApiKeyError && error.fault === 'unavailable') return cached.key;
        throw error;
      }
    },
    version: async () => {
      if (!cached || clock.now() - cached.at >= apiKeyVersionLifetimeMs) await loadOnce();
      return cached?.version ?? '';
    },
    refresh: async (refused) => {
      // A concurrent delivery may have fetched the new key while this call still used the old one.
      if (cached && cached.key !== refused) return true;
      if (!loading && clock.now() - refreshedAt < minApiKeyRefreshMs) return false;
      refreshedAt = clock.now();
      try {
        return (await loadOnce()) !== refused;
      } catch {
        return false;
      }
    },
  };
};

/**
 * The characters that may follow "Bearer" (RFC 6750, section 2.1). A blank or a quote means that something else was
 * pasted as well.
 */
const bearerToken = /^[A-Za-z0-9\-._~+/]+=*$/;

/** The secret contains the key itself, or a JSON object with the key under `apiKey` or `KOMBO_API_KEY`. */
const keyIn = (secret: string): string => {
  const content = secret.trim();
  const key = content.startsWith('{') ? keyOfJson(content) : content;
  if (key !== undefined && bearerToken.test(key)) return key;
  throw new ApiKeyError(
    'unreadable',
    content === ''
      ? 'The secret is empty: put the Kombo API key into it.'
      : 'The secret contains no API key: store the key itself, or {"apiKey": "..."}.',
  );
};

const keyOfJson = (source: string): string | undefined => {
  const secret = parseJson(source);
  return text(at(secret, 'KOMBO_API_KEY') ?? at(secret, 'apiKey'))?.trim();
};
