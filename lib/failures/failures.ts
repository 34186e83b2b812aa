import { eventFailures } from './event-failures.ts';
import type { Failure } from './failure.ts';
import { komboFailures } from './kombo-failures.ts';
import { uploadFailures } from './upload-failures.ts';

/**
 * Every way in which an upload can fail. All decisions about a code are made in this table: see the columns of
 * `Failure`.
 */
export const failures = { ...uploadFailures, ...komboFailures } as const satisfies Record<string, Failure>;

export type FailureCode = keyof typeof failures;

export const isFailureCode = (text: unknown): text is FailureCode =>
  typeof text === 'string' && Object.hasOwn(failures, text);

/** The row with the general type, for code that handles any code. */
export const failureOf = (code: FailureCode): Failure => failures[code];

/**
 * Whether an attempt that ended with this code uses up the file's retry budget. A failure that every file would meet
 * does not, however long it lasts.
 */
export const countsAsAttempt = (code: FailureCode): boolean => {
  const { outage, pauses, throttled } = failureOf(code);
  return outage === 'no' && pauses === 'nothing' && throttled === 'no';
};

/**
 * Whether the code shows that Kombo or the ATS is down or full. A lost answer may mean that too, but may also concern
 * one file only.
 */
export const saysOutage = (code: FailureCode): boolean => {
  const { outage, status, vendorRepeats } = failureOf(code);
  return outage !== 'no' && (status !== 'unknown' || vendorRepeats);
};

/**
 * Whether the code comes from the malware scan. Then only a clean verdict, or an operator who names the file, releases
 * it.
 */
export const isScanCode = (code: string): boolean => code.startsWith('SCAN_');

/** Every code that an answer or a log line can show: failures of uploads and of the events that report them. */
export const everyFailure = { ...failures, ...eventFailures } as const;

/** The details of one failure; the table has the code's meaning and next step. */
export interface FailureDetail {
  readonly code: FailureCode;
  /** One sentence for the operator, without file names, keys or content. */
  readonly detail: string;
  /** A code from Kombo that is not in our table yet. */
  readonly unlistedCode?: string;
  /** Kombo's own message. It may quote the file's name, so it is stored in the ledger and never logged. */
  readonly komboMessage?: string;
  /** Kombo's log of the call, with the response of the ATS. Kombo keeps it for 30 days. */
  readonly logUrl?: string;
}
