import type { Clock } from '../clock.ts';
import type { Deadline } from '../deadline.ts';
import { failureOf } from '../failures/failures.ts';
import { describeError } from '../failures/own-error.ts';
import { syncedFilesAsked } from '../limits.ts';
import type { Target, TargetKind } from '../upload/target.ts';
import { ApiKeyError } from './api-key.ts';
import { type Listing, readAttachmentList } from './attachment-list.ts';
import type { RequestBody } from './attachment-request.ts';
import { type Classified, classify, type KomboFailure } from './classify-response.ts';
import { type CommitPoint, watchCommitPoint } from './commit-point.ts';
import type { Concurrency, Load } from './load.ts';
import { type Restrictions, readRestrictions } from './read-restrictions.ts';
import { readSyncedFiles, type SyncedFile } from './synced-files.ts';
import { type HttpAnswer, type Transport, TransportError } from './transport.ts';

/**
 * The calls that deliveries need, and one for `check`. It tolerates unexpected responses and never repeats a call. The
 * official SDK is used only in tests: it reports a delivered 201 as an error, rejects a whole list because of one
 * unexpected entry, and ends the process when a response is malformed.
 */
export interface KomboClient {
  /** Posts one attachment. Errors of the body's source are thrown as `SourceError`; nothing was delivered then. */
  attach(target: Target, body: RequestBody, deadline: Deadline): Promise<AttachAnswer>;
  listAttachments(target: Target, signal: AbortSignal): Promise<Answered<Listing>>;
  /** What the integration accepts, or undefined when Kombo knows no limits. */
  restrictions(
    kind: TargetKind,
    integrationId: string,
    signal: AbortSignal,
  ): Promise<Answered<Restrictions | undefined>>;
  /** The integration as Kombo describes it. The caller reads the fields that it needs. */
  integration(integrationId: string, signal: AbortSignal): Promise<Answered<unknown>>;
  /**
   * Some of the files that Kombo has synced into a bucket. Kombo answers this from its own data, without calling the
   * ATS.
   */
  syncedFiles(integrationId: string, signal: AbortSignal): Promise<Answered<readonly SyncedFile[]>>;
  /** Opens a connection while the caller prepares the request. */
  warmUp(): void;
}

export type Answered<T> =
  | { readonly ok: true; readonly value: T; readonly concurrency: Concurrency }
  | { readonly ok: false; readonly failure: KomboFailure; readonly concurrency: Concurrency };

export type AttachAnswer = Answered<{ readonly warnings: readonly string[] }>;

export interface KomboClientOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  /** Receives what each response reports about concurrent calls. */
  readonly load?: Pick<Load, 'note'>;
  /** Called before each request, so that a refreshed key is used immediately. */
  readonly apiKey: () => Promise<string>;
}

const collection = { candidate: 'candidates', application: 'applications' } as const;

const attachmentsPath = ({ kind, id }: Target): string =>
  `/ats/${collection[kind]}/${encodeURIComponent(id)}/attachments`;

export const komboClient = ({ transport, clock, apiKey, load }: KomboClientOptions): KomboClient => {
  const call = async (
    integrationId: string,
    request: { method: 'GET' | 'POST'; path: string; signal: AbortSignal },
    posting?: { readonly body: RequestBody; readonly deadline: Deadline },
  ): Promise<{ classified: Classified; concurrency: Concurrency }> => {
    const watched = posting && watchCommitPoint(posting.body, () => posting.deadline.remainingMs() > 0);
    const body = watched?.body;
    let key: string;
    try {
      key = await apiKey();
    } catch (error) {
      if (!(error instanceof ApiKeyError)) throw error;
      const code = error.fault === 'unavailable' ? 'API_KEY_UNAVAILABLE' : 'API_KEY_UNREADABLE';
      return { classified: { ok: false, failure: { code, detail: describeError(error) } }, concurrency: {} };
    }
    const headers = {
      authorization: `Bearer ${key}`,
      'x-integration-id': integrationId,
      accept: 'application/json',
      ...(body && { 'content-type': 'application/json' }),
    };
    try {
      const answer = await transport.send({ ...request, headers, ...(body && { body }) });
      const classified = judge(answer, watched?.commitPoint, clock.now());
      const concurrency = concurrencyOf(answer);
      load?.note(integrationId, concurrency, classified.ok ? undefined : classified.failure.code);
      return { classified, concurrency };
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      return { classified: { ok: false, failure: failureWithoutAnswer(error, watched?.commitPoint) }, concurrency: {} };
    }
  };

  const read = async <T>(
    integrationId: string,
    path: string,
    signal: AbortSignal,
    reader: (data: unknown) => T | 'unreadable',
  ): Promise<Answered<T>> => {
    const { classified, concurrency } = await call(integrationId, { method: 'GET', path, signal });
    if (!classified.ok) return { ...classified, concurrency };
    const value = reader(classified.data);
    if (value !== 'unreadable') return { ok: true, value, concurrency };
    const detail = "Kombo's answer does not have the documented form.";
    return { ok: false, failure: { code: 'ANSWER_UNREADABLE', detail }, concurrency };
  };

  return {
    attach: async (target, body, deadline) => {
      const request = { method: 'POST', path: attachmentsPath(target), signal: deadline.signal } as const;
      const { classified, concurrency } = await call(target.integrationId, request, { body, deadline });
      if (!classified.ok) return { ...classified, concurrency };
      return { ok: true, value: { warnings: classified.warnings }, concurrency };
    },
    listAttachments: (target, signal) =>
      read(target.integrationId, attachmentsPath(target), signal, readAttachmentList),
    restrictions: (kind, integrationId, signal) =>
      read(integrationId, `/ats/actions/ats_add_${kind}_attachment`, signal, readRestrictions),
    integration: (integrationId, signal) =>
      read(integrationId, `/integrations/${encodeURIComponent(integrationId)}`, signal, (data) => data),
    syncedFiles: (integrationId, signal) =>
      read(integrationId, `/ats/attachments?page_size=${syncedFilesAsked}`, signal, readSyncedFiles),
    warmUp: () => transport.warmUp(),
  };
};

/**
 * Before the commit point Kombo cannot have attached the file, so an earlier error means that nothing was delivered. An
 * earlier success cannot be right, so only the target can show what happened.
 */
const judge = (answer: HttpAnswer, commitPoint: CommitPoint | undefined, nowMs: number): Classified => {
  const classified = classify(answer, nowMs);
  if (!commitPoint || (commitPoint.passed && !answer.early)) return classified;
  if (classified.ok) {
    const detail = 'Kombo reported success before it had the whole file.';
    return { ok: false, failure: { code: 'ANSWER_UNREADABLE', detail } };
  }
  const { failure } = classified;
  return answer.status >= 300 && isUnknown(failure.code)
    ? { ok: false, failure: { ...failure, code: 'KOMBO_BROKE_OFF' } }
    : classified;
};

const isUnknown = (code: KomboFailure['code']): boolean => failureOf(code).status === 'unknown';

const failureWithoutAnswer = (error: TransportError, commitPoint: CommitPoint | undefined): KomboFailure => {
  const sentBytes = commitPoint?.sentBytes ?? 0;
  if (commitPoint?.passed) {
    return error.fault === 'aborted'
      ? { code: 'ANSWER_TIMED_OUT', detail: 'The whole file was sent, and no answer arrived before the deadline.' }
      : { code: 'ANSWER_LOST', detail: 'The connection broke after the whole file was sent.' };
  }
  switch (error.fault) {
    case 'aborted':
      return { code: 'OUT_OF_TIME', detail: `The deadline was reached after ${sentBytes} bytes of the request.` };
    case 'unreachable':
      return { code: 'KOMBO_UNREACHABLE', detail: `No connection could be made${causeOf(error)}.` };
    case 'lost':
      return {
        code: 'KOMBO_CONNECTION_LOST',
        detail: `The connection broke after ${sentBytes} bytes of the request${causeOf(error)}.`,
        ...(error.reusedConnection && { staleConnection: true }),
      };
  }
};

/** The system's error code (ECONNREFUSED, ENOTFOUND, ...). Error messages may contain addresses. */
const causeOf = (error: Error): string => {
  const cause: unknown = error.cause;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? ` (${code})` : '';
};

const concurrencyOf = ({ headers }: HttpAnswer): Concurrency => {
  const limit = countOf(headers['concurrency-limit']);
  const remaining = countOf(headers['concurrency-remaining']);
  return { ...(limit !== undefined && { limit }), ...(remaining !== undefined && { remaining }) };
};

const countOf = (value: string | readonly string[] | undefined): number | undefined =>
  typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) : undefined;
