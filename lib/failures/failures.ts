import { eventFailures } from './event-failures.ts';
import type { Failure } from './failure.ts';
import { komboFailures } from './kombo-failures.ts';
import { uploadFailures } from './upload-failures.ts';

/** Every way in which an upload can fail. The only place that decides anything about a code: see the columns of `Failure`. */
export const failures = { ...uploadFailures, ...komboFailures } as const satisfies Record<string, Failure>;

export type FailureCode = keyof typeof failures;

export const isFailureCode = (text: unknown): text is FailureCode =>
  typeof text === 'string' && Object.hasOwn(failures, text);

/** The same with its optional values widened, for code that looks a decision up instead of knowing the code. */
export const failureOf = (code: FailureCode): Failure => failures[code];

/**
 * Whether an attempt that ended with this uses up the retry budget of its file. What every file would meet is not this file's
 * failure, however long it takes.
 */
export const countsAsAttempt = (code: FailureCode): boolean => {
  const { outage, pauses, throttled } = failureOf(code);
  return outage === 'no' && pauses === 'nothing' && throttled === 'no';
};

/** Whether it says that the other side is down or full. A lost answer may mean it, or may concern one file. */
export const saysOutage = (code: FailureCode): boolean => {
  const { outage, status, vendorRepeats } = failureOf(code);
  return outage !== 'no' && (status !== 'unknown' || vendorRepeats);
};

/** Whether the malware scan says it: only a clean verdict, or an operator who names the file, ends it. */
export const isScanCode = (code: string): boolean => code.startsWith('SCAN_');

/** Everything that an answer or a log line can name: failures of uploads and of the events that should report them. */
export const everyFailure = { ...failures, ...eventFailures } as const;

/** The details of one failure; the table above has the meaning of the code and the next step. */
export interface FailureDetail {
  readonly code: FailureCode;
  /** One sentence for the operator. Holds no file name, no key and no content. */
  readonly detail: string;
  /** A code that Kombo sent and our table does not have yet. */
  readonly unlistedCode?: string;
  /** Kombo's own message. May quote the file's name: kept in the ledger, never logged. */
  readonly komboMessage?: string;
  /** Kombo's log of the call, with the answer of the ATS; kept there for 30 days. */
  readonly logUrl?: string;
}
