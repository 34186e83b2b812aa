import type { Clock } from '../clock.ts';
import { OwnError } from '../failures/own-error.ts';
import { at, parseJson, text } from '../json.ts';
import { apiKeyLifetimeMs, apiKeyVersionLifetimeMs, minApiKeyRefreshMs } from '../limits.ts';

/** The Kombo API key, wherever it is kept. */
export interface ApiKey {
  /** @throws {ApiKeyError} */
  current(): Promise<string>;
  /**
   * Reads the store again after Kombo refused a key, and reports whether it holds another one now.
   * Never fails: a store that does not answer has no other key.
   */
  refresh(refused: string): Promise<boolean>;
  /** What changes with the key and does not reveal it: the store's version, read anew when the known one is over a minute old. */
  version(): Promise<string>;
}

/** As the store keeps it. */
export interface StoredKey {
  readonly text: string;
  readonly version: string;
}

/** `unreadable`: an operator must fix it. `unavailable`: the store does not answer now. */
export class ApiKeyError extends OwnError {
  override readonly name = 'ApiKeyError';
  readonly fault: 'unreadable' | 'unavailable';

  constructor(fault: 'unreadable' | 'unavailable', message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

/** A key from the environment: for the local stack. It never changes. */
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
  /** Files that start together ask the store once. */
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
        // An old key is better than none while the store is unavailable; Kombo reports whether it is still valid.
        if (cached && error instanceof ApiKeyError && error.fault === 'unavailable') return cached.key;
        throw error;
      }
    },
    version: async () => {
      if (!cached || clock.now() - cached.at >= apiKeyVersionLifetimeMs) await loadOnce();
      return cached?.version ?? '';
    },
    refresh: async (refused) => {
      // A concurrent delivery may have fetched the new key while this call was in progress with the old one.
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

/** What may follow "Bearer" (RFC 6750, section 2.1): a blank or a quote means that something else was pasted, too. */
const bearerToken = /^[A-Za-z0-9\-._~+/]+=*$/;

/** The secret's text is the key itself, or a JSON object with it under `apiKey` or `KOMBO_API_KEY`. */
const keyIn = (secret: string): string => {
  const content = secret.trim();
  const key = content.startsWith('{') ? keyOfJson(content) : content;
  if (key !== undefined && bearerToken.test(key)) return key;
  throw new ApiKeyError(
    'unreadable',
    content === ''
      ? 'The secret is empty: put the Kombo API key into it.'
      : 'The secret holds no API key: store the key itself, or {"apiKey": "..."}.',
  );
};

const keyOfJson = (source: string): string | undefined => {
  const secret = parseJson(source);
  return text(at(secret, 'KOMBO_API_KEY') ?? at(secret, 'apiKey'))?.trim();
};
