import { type FailureCode, type FailureDetail, failures } from '../failures/failures.ts';

/*
 * Decides which verdict of the malware scan counts. Events arrive at least once and in any order, so the result depends
 * only on which verdicts arrived, not on their order. Pure. No I/O, no clock.
 */

/** The codes of verdicts that are not clean. A missing verdict is not one of them. */
export type ScanFailureCode = Exclude<Extract<FailureCode, `SCAN_${string}`>, 'SCAN_MISSING'>;

export type ScanCode = 'clean' | ScanFailureCode;

/** A stored verdict of the malware scan about the bytes of one upload. */
export interface ScanVerdict {
  readonly code: ScanCode;
  /** When its event was sent, in milliseconds since the epoch. */
  readonly at: number;
  /** An operator has seen it and decided about the file. It blocks nothing then, and is no longer listed. */
  readonly acknowledged?: true | undefined;
}

/** A verdict as its event reports it. */
export interface ReportedVerdict {
  readonly code: ScanCode;
  /** Milliseconds since the epoch; absent when its event has no readable time. */
  readonly at?: number;
}

/**
 * How verdicts compare. A scan that did not examine the file never overrides a scan of the same bytes that did,
 * whichever is later. Within the same second the worse verdict counts. An unknown verdict may be a threat.
 */
const weights: Readonly<Record<ScanCode, { readonly looked: boolean; readonly badness: number }>> = {
  SCAN_FAILED: { looked: false, badness: 0 },
  SCAN_DENIED: { looked: false, badness: 1 },
  SCAN_UNSUPPORTED: { looked: false, badness: 2 },
  clean: { looked: true, badness: 0 },
  SCAN_VERDICT_UNKNOWN: { looked: true, badness: 1 },
  SCAN_THREAT_FOUND: { looked: true, badness: 2 },
};

export const scanCodes = Object.keys(weights) as readonly ScanCode[];

export const hasLookedInside = (code: ScanCode): boolean => weights[code].looked;

export const latestVerdict = (
  known: ScanVerdict | undefined,
  reported: ScanVerdict | undefined,
): ScanVerdict | undefined => {
  if (!known || !reported) return reported ?? known;
  if (!counts(reported, known)) return known;
  // A repeat of the same finding is not news for the operator who acknowledged it.
  return known.acknowledged && known.code === reported.code ? { ...reported, acknowledged: true } : reported;
};

const counts = (reported: ScanVerdict, known: ScanVerdict): boolean => {
  const [its, ours] = [weights[reported.code], weights[known.code]];
  if (its.looked !== ours.looked) return its.looked;
  return reported.at === known.at ? its.badness > ours.badness : reported.at > known.at;
};

/** The verdict that prevents sending, or that an operator must see because the file is attached. */
export const openVerdict = (verdict: ScanVerdict | undefined): (ScanVerdict & { code: ScanFailureCode }) | undefined =>
  verdict && verdict.code !== 'clean' && !verdict.acknowledged ? { ...verdict, code: verdict.code } : undefined;

/** An attached file is listed until its verdict is acknowledged, because it may have to be deleted in the ATS. */
export const verdictOnAttached = ({
  state,
  verdict,
}: {
  readonly state: { readonly status: string };
  readonly verdict?: ScanVerdict | undefined;
}) => (state.status === 'attached' ? openVerdict(verdict) : undefined);

export const acknowledge = (verdict: ScanVerdict | undefined): { readonly verdict?: ScanVerdict } =>
  openVerdict(verdict) && verdict ? { verdict: { ...verdict, acknowledged: true } } : {};

/** In the form that the ledger writes into a held record. */
export const failureOfVerdict = (code: ScanFailureCode): FailureDetail => ({ code, detail: details[code] });

const details: Readonly<Record<ScanFailureCode, string>> = {
  SCAN_THREAT_FOUND: 'GuardDuty reported THREATS_FOUND.',
  SCAN_UNSUPPORTED: 'GuardDuty reported UNSUPPORTED.',
  SCAN_DENIED: 'GuardDuty reported ACCESS_DENIED.',
  SCAN_FAILED: 'GuardDuty reported FAILED.',
  SCAN_VERDICT_UNKNOWN: 'GuardDuty reported a result that is not one of its five verdicts.',
};

/**
 * With REQUIRE_SCAN only a clean verdict starts a delivery. An object that the sweep, an operator or a manifest finds
 * without a verdict is held with this failure, so that it is listed and a later clean verdict releases it.
 */
export const missingVerdict: FailureDetail = {
  code: 'SCAN_MISSING',
  detail: failures.SCAN_MISSING.meaning,
};
