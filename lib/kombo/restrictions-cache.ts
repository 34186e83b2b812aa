import type { Clock } from '../clock.ts';
import { canonicalType } from '../content-type/known-types.ts';
import { fail, ok, type Result } from '../result.ts';
import type { AttachmentType, Target, TargetKind } from '../upload/target.ts';
import type { KomboClient } from './client.ts';
import type { Restrictions } from './read-restrictions.ts';

/** What integrations accept, as Kombo knows it. Never an obstacle: where it cannot be read, our own limits apply. */
export interface RestrictionsBook {
  /** Never fails. */
  of(target: Target, signal: AbortSignal): Promise<Restrictions | undefined>;
}

const lifetimeMs = 3_600_000;
/** An unavailable answer is asked for again sooner. */
const failedLifetimeMs = 5 * 60_000;
const mostIntegrations = 1_000;

interface Page {
  until: number;
  readonly restrictions: Promise<Restrictions | undefined>;
}

export const restrictionsBook = (kombo: Pick<KomboClient, 'restrictions'>, clock: Clock): RestrictionsBook => {
  const pages = new Map<string, Page>();

  const ask = async (kind: TargetKind, integrationId: string, signal: AbortSignal) => {
    try {
      const answer = await kombo.restrictions(kind, integrationId, signal);
      return answer.ok ? { value: answer.value } : undefined;
    } catch {
      return undefined;
    }
  };

  const newPage = (kind: TargetKind, integrationId: string, signal: AbortSignal): Page => {
    const asked = ask(kind, integrationId, signal);
    const page = { until: clock.now() + lifetimeMs, restrictions: asked.then((known) => known?.value) };
    void asked.then((known) => {
      if (!known) page.until = clock.now() + failedLifetimeMs;
    });
    return page;
  };

  return {
    of: ({ kind, integrationId }, signal) => {
      const key = `${kind}@${integrationId}`;
      const known = pages.get(key);
      if (known && clock.now() < known.until) return known.restrictions;
      if (pages.size >= mostIntegrations) pages.clear();
      const page = newPage(kind, integrationId, signal);
      pages.set(key, page);
      return page.restrictions;
    },
  };
};

/** Whether the integration takes a file of this size and type. */
export const checkRestrictions = (
  restrictions: Restrictions | undefined,
  file: { readonly type: AttachmentType; readonly contentType: string; readonly sizeBytes: number },
): Result<void> => {
  const limit = restrictions?.[file.type];
  if (!limit) return ok(undefined);
  if (!limit.supported) return fail('TYPE_NOT_ALLOWED', `The integration takes no attachments of type ${file.type}.`);
  if (limit.maxSizeBytes !== undefined && file.sizeBytes > limit.maxSizeBytes) {
    return fail('FILE_TOO_LARGE', `The file has ${file.sizeBytes} bytes; the integration takes ${limit.maxSizeBytes}.`);
  }
  if (limit.contentTypes && !limit.contentTypes.some((accepted) => covers(accepted, file.contentType))) {
    return fail('TYPE_NOT_ALLOWED', `The integration does not take ${file.contentType} as ${file.type}.`);
  }
  return ok(undefined);
};

/** ATSs write types in many ways: other names of one type, capitals, "image" followed by an asterisk. */
const covers = (accepted: string, contentType: string): boolean => {
  const [main, sub] = accepted.trim().split('/');
  if (main === '*' || (sub === '*' && contentType.startsWith(`${main?.toLowerCase()}/`))) return true;
  return canonicalType(accepted) === canonicalType(contentType);
};
