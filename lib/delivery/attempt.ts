import { checkAnnouncedSize } from '../attachment/check-size.ts';
import { type PreparedAttachment, prepareAttachment } from '../attachment/prepare.ts';
import { sleep } from '../clock.ts';
import { type Deadline, deadlineWithin } from '../deadline.ts';
import { type FailureDetail, failureOf } from '../failures/failures.ts';
import { describeError } from '../failures/own-error.ts';
import type { KeyMatch } from '../key-template/match-key.ts';
import { attachmentBody, attachmentLinkBody, type RequestBody } from '../kombo/attachment-request.ts';
import type { KomboFailure } from '../kombo/classify-response.ts';
import type { Sent } from '../ledger/record.ts';
import { maxQuickRepeats, minTimeToRepeatMs, restrictionsTimeoutMs, sourceStallMs } from '../limits.ts';
import { recognise } from '../stream/recognise.ts';
import { SourceError } from '../stream/source-error.ts';
import { stopWhenStalled } from '../stream/stall-timeout.ts';
import { verify } from '../stream/verify.ts';
import { correlationIdOf } from '../upload/correlation-id.ts';
import { headersDigest } from '../upload/headers-digest.ts';
import type { StoredObject } from '../upload/storage.ts';
import type { Upload } from '../upload/upload.ts';
import { type AttemptReport, failWith } from './attempt-report.ts';
import type { AttemptCourier, BeforeSending } from './delivery-options.ts';
import { type QuickRepeatFacts, quickRepeatWaitMs } from './retry-policy.ts';

/**
 * Reads the object and posts it. Repeats at most twice, within seconds, and only if nothing was delivered. Returns
 * every failure as a value, and ends by the deadline.
 */
export const attempt = async (
  upload: Upload,
  match: KeyMatch,
  deadline: Deadline,
  courier: AttemptCourier,
  beforeSending?: BeforeSending,
): Promise<AttemptReport> => {
  for (let repeats = 0; ; repeats += 1) {
    const { report, repeat } = await attemptOnce(upload, match, deadline, courier, beforeSending);
    if (!repeat) return report;
    const waitMs = repeat === 'now' ? 0 : quickRepeatWaitMs(repeat, repeats, courier.random());
    const isLast = repeats >= maxQuickRepeats;
    if (waitMs === undefined || isLast || deadline.remainingMs() < waitMs + minTimeToRepeatMs) return report;
    if (waitMs > 0) await sleep(courier.clock, waitMs);
  }
};

interface SingleAttempt {
  readonly report: AttemptReport;
  /** Set when a repeat is safe: `now` for an immediate one, otherwise the facts for the retry policy. */
  readonly repeat?: 'now' | QuickRepeatFacts;
}

const attemptOnce = async (
  upload: Upload,
  match: KeyMatch,
  deadline: Deadline,
  courier: AttemptCourier,
  beforeSending: BeforeSending | undefined,
): Promise<SingleAttempt> => {
  const { storage, kombo, clock, settings } = courier;
  const { target, attachmentType } = match;
  const limits = courier.restrictions.known(target);
  const announced = checkAnnouncedSize(upload.sizeBytes, attachmentType, settings.maxBytes, limits);
  if (!announced.ok) return notSent(announced.error);
  kombo.warmUp();
  const preflight = deadlineWithin(clock, deadline, restrictionsTimeoutMs);
  const restrictions = courier.restrictions.of(target, preflight.signal).finally(preflight.clear);
  const opening = deadlineWithin(clock, deadline, sourceStallMs);
  const opened = await storage.open(upload, opening.signal).finally(opening.clear);
  if (!opened.ok) return notSent(opened.error);
  const object = opened.value;
  const seen = {
    sizeBytes: object.sizeBytes,
    modifiedAt: object.modifiedAt,
    correlationId: correlationIdOf(object.metadata),
    headers: headersDigest(object),
  };
  const calling = deadlineWithin(clock, deadline, settings.komboTimeoutMs);
  try {
    const bytes = stopWhenStalled(object.chunks, sourceStallMs, calling, clock);
    const { chunks, content } = recognise(verify(bytes, object.sizeBytes, object.checksum), object);
    const prepared = await prepareAttachment(object, chunks, match, settings, restrictions);
    const before = prepared.ok ? await beforeSending?.(object) : undefined;
    const unsent: SingleAttempt | undefined = before && { report: { ending: before } };
    const { report, repeat } = prepared.ok
      ? (unsent ?? (await post(prepared.value, object, upload, match, calling, courier)))
      : notSent(prepared.error);
    const ending = { ...report.ending, ...seen, content: content() };
    return { report: { ...report, ending }, ...(repeat && { repeat }) };
  } catch (error) {
    if (error instanceof SourceError) return notSent({ code: error.code, detail: describeError(error) });
    throw error;
  } finally {
    calling.clear();
    object.close();
  }
};

const notSent = (failure: FailureDetail): SingleAttempt => repeatable({ ending: failWith(failure) }, failure);

const repeatable = (report: AttemptReport, facts: QuickRepeatFacts): SingleAttempt =>
  failureOf(facts.code).retry === 'never' ? { report } : { report, repeat: facts };

const post = async (
  prepared: PreparedAttachment,
  object: StoredObject,
  upload: Upload,
  match: KeyMatch,
  deadline: Deadline,
  courier: AttemptCourier,
): Promise<SingleAttempt> => {
  const { kombo, apiKey, clock } = courier;
  const { facts, sizeBytes } = prepared;
  const body = await requestBody(prepared, object, upload, deadline, courier);
  if (!body) return notSent({ code: 'STORAGE_UNAVAILABLE', detail: 'No link to the object could be signed.' });
  const keyInUse = await apiKey.current().catch(() => undefined);
  const startedAt = clock.now();
  const answer = await kombo.attach(match.target, body, deadline);
  const sent: Sent = { name: facts.name, type: facts.type, contentType: facts.contentType };
  const measured = { sizeBytes, komboMs: clock.now() - startedAt };
  if (answer.ok) {
    return { report: { ending: { kind: 'delivered', sent, warnings: answer.value.warnings }, ...measured } };
  }

  const { failure } = answer;
  const { retryAfterMs } = failure;
  const ending = failWith(detailOf(failure), sent);
  const report = { ending, ...measured, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  // Kombo refused the key and so did nothing. If there is a new key, the same file can be sent immediately.
  const hasNewKey = failureOf(failure.code).keyRefused && keyInUse !== undefined && (await apiKey.refresh(keyInUse));
  return hasNewKey ? { report, repeat: 'now' } : repeatable(report, failure);
};

/** Undefined when there are no credentials to sign a link. */
const requestBody = async (
  { facts, sizeBytes, chunks }: PreparedAttachment,
  { versionId }: StoredObject,
  upload: Upload,
  deadline: Deadline,
  { settings, storage }: AttemptCourier,
): Promise<RequestBody | undefined> => {
  // A link without a version returns whatever is under the key when Kombo reads it, which may not be the bytes that
  // were checked.
  if (settings.transfer === 'data' || versionId === undefined) return attachmentBody(facts, sizeBytes, chunks);
  const options = {
    // Kombo downloads the file before it responds, so the link need not live longer than our call.
    lifetimeSeconds: Math.max(1, Math.ceil(deadline.remainingMs() / 1000)),
    contentType: facts.contentType,
    versionId,
  };
  const link = await storage.link(upload, options).catch(() => undefined);
  return link === undefined ? undefined : attachmentLinkBody(facts, link);
};

const detailOf = ({ code, detail, unlistedCode, komboMessage, logUrl }: KomboFailure): FailureDetail => ({
  code,
  detail,
  ...(unlistedCode !== undefined && { unlistedCode }),
  ...(komboMessage !== undefined && { komboMessage }),
  ...(logUrl !== undefined && { logUrl }),
});
