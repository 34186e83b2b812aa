import type { Clock } from '../clock.ts';
import { failedRestrictionsLifetimeMs, maxCachedRestrictions, restrictionsLifetimeMs } from '../limits.ts';
import type { Target, TargetKind } from '../upload/target.ts';
import type { KomboClient } from './client.ts';
import type { Restrictions } from './read-restrictions.ts';

/**
 * What integrations accept, according to Kombo. It never blocks a delivery: if it cannot be read, only our own limits
 * apply.
 */
export interface RestrictionsCache {
  /** Never fails. */
  of(target: Target, signal: AbortSignal): Promise<Restrictions | undefined>;
  /** Returns a value that was already read and is still valid, without a request. */
  known(target: Target): Restrictions | undefined;
}

interface CacheEntry {
  until: number;
  known?: Restrictions | undefined;
  readonly restrictions: Promise<Restrictions | undefined>;
}

export const restrictionsCache = (kombo: Pick<KomboClient, 'restrictions'>, clock: Clock): RestrictionsCache => {
  const entries = new Map<string, CacheEntry>();

  const ask = async (kind: TargetKind, integrationId: string, signal: AbortSignal) => {
    try {
      const answer = await kombo.restrictions(kind, integrationId, signal);
      return answer.ok ? { value: answer.value } : undefined;
    } catch {
      return undefined;
    }
  };

  const newEntry = (kind: TargetKind, integrationId: string, signal: AbortSignal): CacheEntry => {
    const asked = ask(kind, integrationId, signal);
    const entry: CacheEntry = {
      until: clock.now() + restrictionsLifetimeMs,
      restrictions: asked.then((answer) => answer?.value),
    };
    void asked.then((answer) => {
      if (answer) entry.known = answer.value;
      else entry.until = clock.now() + failedRestrictionsLifetimeMs;
    });
    return entry;
  };

  const keyOf = ({ kind, integrationId }: Target): string => `${kind}@${integrationId}`;

  const entryOf = (key: string): CacheEntry | undefined => {
    const entry = entries.get(key);
    return entry && clock.now() < entry.until ? entry : undefined;
  };

  return {
    of: (target, signal) => {
      const key = keyOf(target);
      const current = entryOf(key);
      if (current) return current.restrictions;
      if (entries.size >= maxCachedRestrictions) entries.clear();
      const entry = newEntry(target.kind, target.integrationId, signal);
      entries.set(key, entry);
      return entry.restrictions;
    },
    known: (target) => entryOf(keyOf(target))?.known,
  };
};
