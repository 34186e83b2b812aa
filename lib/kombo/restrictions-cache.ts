import type { Clock } from '../clock.ts';
import { failedRestrictionsLifetimeMs, maxCachedRestrictions, restrictionsLifetimeMs } from '../limits.ts';
import type { Target, TargetKind } from '../upload/target.ts';
import type { KomboClient } from './client.ts';
import type { Restrictions } from './read-restrictions.ts';

/** What integrations accept, as Kombo knows it. Never blocks a delivery: where it cannot be read, our own limits apply. */
export interface RestrictionsCache {
  /** Never fails. */
  of(target: Target, signal: AbortSignal): Promise<Restrictions | undefined>;
}

interface CacheEntry {
  until: number;
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
    const entry = { until: clock.now() + restrictionsLifetimeMs, restrictions: asked.then((known) => known?.value) };
    void asked.then((known) => {
      if (!known) entry.until = clock.now() + failedRestrictionsLifetimeMs;
    });
    return entry;
  };

  return {
    of: ({ kind, integrationId }, signal) => {
      const key = `${kind}@${integrationId}`;
      const known = entries.get(key);
      if (known && clock.now() < known.until) return known.restrictions;
      if (entries.size >= maxCachedRestrictions) entries.clear();
      const entry = newEntry(kind, integrationId, signal);
      entries.set(key, entry);
      return entry.restrictions;
    },
  };
};
