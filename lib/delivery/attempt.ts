import { type AttachmentRules, type PreparedAttachment, prepareAttachment } from '../attachment/prepare.ts';
import { type Clock, sleep } from '../clock.ts';
import { type Deadline, deadlineWithin } from '../deadline.ts';
import type { FailureStatus } from '../failures/failure.ts';
import { type FailureDetail, failureOf } from '../failures/failures.ts';
import type { KeyMatch } from '../key-template/match-key.ts';
import type { ApiKey } from '../kombo/api-key.ts';
import {
  type AttachmentFacts,
  attachmentBody,
  attachmentLinkBody,
  type RequestBody,
} from '../kombo/attachment-request.ts';
import type { KomboFailure } from '../kombo/classify-response.ts';
import type { Concurrency, KomboClient } from '../kombo/client.ts';
import type { RestrictionsBook } from '../kombo/restrictions-cache.ts';
import type { Sent } from '../ledger/record.ts';
import { SourceError } from '../stream/source-error.ts';
import { untilStalled } from '../stream/stall-timeout.ts';
import { verified } from '../stream/verify.ts';
import type { Storage, StoredObject } from '../upload/storage.ts';
import type { Upload } from '../upload/upload.ts';
import { mostQuickRepeats, quickRepeatWaitMs } from './retry-policy.ts';

export interface AttemptSettings extends AttachmentRules {
  readonly transfer: 'data' | 'data_url';
  readonly komboTimeoutMs: number;
}

export interface AttemptDeps {
  readonly settings: AttemptSettings;
  readonly storage: Storage;
  readonly kombo: KomboClient;
  readonly restrictions: RestrictionsBook;
  readonly apiKey: ApiKey;
  readonly clock: Clock;
  readonly random: () => number;
}

export interface AttemptOptions {
  /** Whoever calls slows down when Kombo refuses for load, and so must hear of every such refusal. */
  readonly paced?: boolean | undefined;
}

/** How one claim went, before the ledger hears of it. */
export type AttemptResult = {
  readonly sent?: Sent;
  readonly sizeBytes?: number;
  /** From the first byte of the request to the answer. */
  readonly komboMs?: number;
  readonly concurrency?: Concurrency;
} & (
  | { readonly delivered: true; readonly sent: Sent; readonly warnings: readonly string[] }
  | {
      readonly delivered: false;
      readonly as: FailureStatus;
      readonly failure: FailureDetail;
      readonly askedWaitMs?: number;
      readonly pauses?: { readonly scope: 'integration' | 'account'; readonly heals: boolean };
    }
);

/** S3 answers in milliseconds; silence for this long is a fault. */
const stallMs = 20_000;
/** Preflight is a courtesy; nobody waits longer for it. */
const restrictionsMs = 3_000;

/**
 * Reads the object and posts it; repeats at most twice, at once, and only what is known not to be delivered. In a paced
 * run a refusal for load is not repeated here: it would hide from the pace, and come back too early.
 * Every failure is a value. Ends by the deadline.
 */
export const attempt = async (
  upload: Upload,
  match: KeyMatch,
  deadline: Deadline,
  deps: AttemptDeps,
  { paced }: AttemptOptions = {},
): Promise<AttemptResult> => {
  for (let repeats = 0; ; repeats += 1) {
    const { result, repeat } = await once(upload, match, deadline, deps);
    if (!repeat || (paced && repeat !== 'now' && failureOf(repeat.code).throttled !== 'no')) return result;
    const waitMs = repeat === 'now' ? 0 : quickRepeatWaitMs(repeat, repeats, deps.random());
    if (waitMs === undefined || repeats >= mostQuickRepeats || deadline.remainingMs() < waitMs + leastForARepeatMs)
      return result;
    if (waitMs > 0) await sleep(deps.clock, waitMs);
  }
};

/** With less than this left a repeat would only be cut off. */
const leastForARepeatMs = 10_000;

interface Once {
  readonly result: AttemptResult;
  /** Set when a repeat is safe: `now`, or as the policy says. */
  readonly repeat?: 'now' | (Pick<KomboFailure, 'askedWaitMs' | 'staleConnection'> & Pick<FailureDetail, 'code'>);
}

const once = async (upload: Upload, match: KeyMatch, deadline: Deadline, deps: AttemptDeps): Promise<Once> => {
  const { storage, kombo, clock, settings } = deps;
  kombo.warmUp();
  const courtesy = deadlineWithin(clock, deadline, restrictionsMs);
  const restrictions = deps.restrictions.of(match.target, courtesy.signal).finally(courtesy.clear);
  const opening = deadlineWithin(clock, deadline, stallMs);
  const opened = await storage.open(upload, opening.signal).finally(opening.clear);
  if (!opened.ok) return refused(opened.error);
  const object = opened.value;
  const calling = deadlineWithin(clock, deadline, settings.komboTimeoutMs);
  try {
    const chunks = verified(untilStalled(object.chunks, stallMs, calling, clock), object.sizeBytes, object.checksum);
    const prepared = await prepareAttachment(object, chunks, match, settings, restrictions);
    if (!prepared.ok) return refused(prepared.error);
    return await post(prepared.value, object, upload, match, calling, deps);
  } catch (error) {
    if (error instanceof SourceError) return refused({ code: error.code, detail: error.message });
    throw error;
  } finally {
    calling.clear();
    object.close();
  }
};

const post = async (
  prepared: PreparedAttachment,
  object: StoredObject,
  upload: Upload,
  match: KeyMatch,
  deadline: Deadline,
  { kombo, apiKey, clock, settings, storage }: AttemptDeps,
): Promise<Once> => {
  const { facts, sizeBytes } = prepared;
  const body =
    settings.transfer === 'data'
      ? attachmentBody(facts, sizeBytes, prepared.chunks)
      : await linkBody(facts, object, upload, deadline, storage);
  if (!body) return refused({ code: 'STORAGE_UNAVAILABLE', detail: 'No link to the object could be signed.' });
  const keyInUse = await apiKey.current().catch(() => undefined);
  const startedAt = clock.now();
  const answer = await kombo.attach(match.target, body, deadline);
  const sent: Sent = { name: facts.name, type: facts.type, contentType: facts.contentType };
  const measured = { sizeBytes, komboMs: clock.now() - startedAt, concurrency: answer.concurrency };
  if (answer.ok) return { result: { delivered: true, sent, warnings: answer.value.warnings, ...measured } };

  const { failure } = answer;
  const { status, pauses, selfHealing, keyRefused } = failureOf(failure.code);
  const result: AttemptResult = {
    delivered: false,
    as: status,
    failure: detailOf(failure),
    sent,
    ...measured,
    ...(failure.askedWaitMs !== undefined && { askedWaitMs: failure.askedWaitMs }),
    ...(pauses !== 'nothing' && { pauses: { scope: pauses, heals: selfHealing } }),
  };
  // Kombo refused the key, so it did nothing: with another key the same file may go at once.
  if (keyRefused && keyInUse !== undefined && (await apiKey.refresh(keyInUse))) return { result, repeat: 'now' };
  return status === 'retrying' ? { result, repeat: failure } : { result };
};

/** Undefined when the credentials for signing cannot be had. */
const linkBody = async (
  facts: AttachmentFacts,
  { versionId }: StoredObject,
  upload: Upload,
  deadline: Deadline,
  storage: Storage,
): Promise<RequestBody | undefined> => {
  const options = {
    // Kombo downloads while it answers, so the link need not live longer than we wait.
    lifetimeSeconds: Math.max(1, Math.ceil(deadline.remainingMs() / 1000)),
    contentType: facts.contentType,
    ...(versionId !== undefined && { versionId }),
  };
  const link = await storage.link(upload, options).catch(() => undefined);
  return link === undefined ? undefined : attachmentLinkBody(facts, link);
};

const refused = (failure: FailureDetail): Once => {
  const { status } = failureOf(failure.code);
  const result: AttemptResult = { delivered: false, as: status, failure };
  return status === 'retrying' ? { result, repeat: failure } : { result };
};

const detailOf = ({ code, detail, unlistedCode, komboMessage, logUrl }: KomboFailure): FailureDetail => ({
  code,
  detail,
  ...(unlistedCode !== undefined && { unlistedCode }),
  ...(komboMessage !== undefined && { komboMessage }),
  ...(logUrl !== undefined && { logUrl }),
});
