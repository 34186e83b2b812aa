import { type KomboFailureCode, komboErrorCodes } from '../failures/kombo-failures.ts';
import { isObject, parseJson } from '../json.ts';
import { maxMessageLength } from '../limits.ts';
import { retryAfterMs } from './retry-after.ts';
import type { HttpAnswer } from './transport.ts';
import type { WireError } from './wire.ts';

/** A failed call, with its code from the failure table. */
export interface KomboFailure {
  readonly code: KomboFailureCode | 'OUT_OF_TIME';
  /** One sentence for the operator, without file names, keys or content. */
  readonly detail: string;
  /** A code from Kombo that the table does not have. It needs an alert; the HTTP status decides. */
  readonly unlistedCode?: string;
  /** Kombo's own message, at most 500 characters. It may quote the file's name: never logged. */
  readonly komboMessage?: string;
  readonly logUrl?: string;
  /** The wait that Kombo asks for, in milliseconds; at most an hour. */
  readonly retryAfterMs?: number;
  /** The connection was reused and broke before the commit point, so a new one may succeed immediately. */
  readonly staleConnection?: true;
}

export type Classified =
  | { readonly ok: true; readonly data: unknown; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly failure: KomboFailure };

/**
 * Reads a response as Kombo's error guide asks: by `error.code` first, by the HTTP status only without a known code,
 * never by the message. Fields may be missing. A response that is not JSON is classified by its status.
 * @see https://docs.kombo.dev/guides/errors
 */
export const classify = (answer: HttpAnswer, nowMs: number): Classified => {
  const body = parse(answer);
  const success = answer.status >= 200 && answer.status < 300;
  if (success && !saysError(body)) {
    // An empty body does not contradict its status. A page of HTML does not come from Kombo.
    const isEmpty = answer.complete && answer.text.trim() === '';
    if (body.kind === 'text' && !isEmpty) return toFailure(answer, nowMs, 'ANSWER_UNREADABLE', {});
    const json = body.kind === 'json' ? body.value : {};
    return { ok: true, data: json.data, warnings: warningsOf(json.warnings) };
  }
  const error = body.kind === 'json' ? errorOf(body.value) : {};
  const code = error.code;
  if (typeof code === 'string' && Object.hasOwn(komboErrorCodes, code)) {
    return toFailure(answer, nowMs, code as keyof typeof komboErrorCodes, error);
  }
  return toFailure(answer, nowMs, byStatus(answer.status), error);
};

type Body = { kind: 'json'; value: Record<string, unknown> } | { kind: 'text' };

const parse = (answer: HttpAnswer): Body => {
  if (!answer.complete) return { kind: 'text' };
  const value = parseJson(answer.text);
  return isObject(value) ? { kind: 'json', value } : { kind: 'text' };
};

/**
 * Whether the body reports an error or a status other than success, whatever the HTTP status. A field that is null is
 * ignored.
 */
const saysError = (body: Body): boolean => {
  if (body.kind === 'text') return false;
  const { error = null, status = null } = body.value;
  return error !== null || (status !== null && status !== 'success');
};

/** Older documentation shows `message` beside `status`, without an error object. */
const errorOf = (json: Record<string, unknown>): WireError =>
  isObject(json.error) ? json.error : { message: json.message };

const byStatus = (status: number): KomboFailureCode => {
  if (status === 401) return 'KOMBO_UNAUTHORIZED';
  if (status === 403) return 'KOMBO_FORBIDDEN';
  if (status === 404) return 'KOMBO_NOT_FOUND';
  if (status === 429) return 'KOMBO_RATE_LIMITED';
  if (status === 503) return 'KOMBO_UNAVAILABLE';
  // The status 408 does not say whether the request stalled or the work took too long. The file is not the cause.
  if (status === 408) return 'KOMBO_FAULT';
  if (status >= 300 && status < 400) return 'KOMBO_REDIRECTED';
  if (status >= 400 && status < 500) return 'KOMBO_REFUSED';
  // Includes an error under a 2xx status: Kombo may have done the work before it failed.
  return 'KOMBO_FAULT';
};

const toFailure = (answer: HttpAnswer, nowMs: number, code: KomboFailureCode, error: WireError): Classified => {
  const wait = retryAfterMs(answer.headers, nowMs);
  return {
    ok: false,
    failure: {
      code,
      detail: `Kombo answered HTTP ${answer.status}.`,
      ...(isCode(error.code) && error.code !== code && { unlistedCode: error.code }),
      ...(typeof error.message === 'string' && { komboMessage: error.message.slice(0, maxMessageLength) }),
      ...(isLink(error.log_url) && { logUrl: error.log_url }),
      ...(wait !== undefined && { retryAfterMs: wait }),
    },
  };
};

/** Codes are logged and links are clicked, so unexpected forms are dropped. */
const isCode = (value: unknown): value is string => typeof value === 'string' && /^[\w.-]{1,100}$/.test(value);
const isLink = (value: unknown): value is string => typeof value === 'string' && /^https?:\/\/\S{1,1000}$/.test(value);

/** Kombo promises a list of `{message}`; anything else is dropped. */
const warningsOf = (warnings: unknown): string[] =>
  Array.isArray(warnings)
    ? warnings.flatMap((warning: unknown) =>
        isObject(warning) && typeof warning.message === 'string' ? [warning.message.slice(0, maxMessageLength)] : [],
      )
    : [];
