import type { FailureCode, FailureDetail } from '../failures/failures.ts';

/*
 * Which verdict of the malware scan counts. Its events come at least once and in any order, so what is kept depends on which
 * verdicts came and never on the order in which they came. Pure. No I/O, no clock.
 */

/** The codes of a verdict that is not clean; a missing verdict is not one of them. */
export type ScanFailureCode = Exclude<Extract<FailureCode, `SCAN_${string}`>, 'SCAN_MISSING'>;

export type ScanCode = 'clean' | ScanFailureCode;

/** What the malware scan has reported about the bytes of one upload. */
export interface ScanVerdict {
  readonly code: ScanCode;
  /** The time of its event, in milliseconds since the epoch. */
  readonly at: number;
  /** An operator has seen it and decided about the file. Then it blocks nothing and is not listed any more. */
  readonly acknowledged?: true | undefined;
}

/** A verdict as its event reports it. */
export interface ReportedVerdict {
  readonly code: ScanCode;
  /** Milliseconds since the epoch; absent when its event has no readable time. */
  readonly at?: number;
}

/**
 * How much a verdict says. A scan that has not looked into the file takes back nothing that another scan of the same bytes
 * has found, whichever came later. Of the same second the worse one counts. A verdict that nobody knows may be a threat.
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
  // The same finding again tells an operator who has decided nothing new.
  return known.acknowledged && known.code === reported.code ? { ...reported, acknowledged: true } : reported;
};

const counts = (reported: ScanVerdict, known: ScanVerdict): boolean => {
  const [its, ours] = [weights[reported.code], weights[known.code]];
  if (its.looked !== ours.looked) return its.looked;
  return reported.at === known.at ? its.badness > ours.badness : reported.at > known.at;
};

/** The verdict that keeps the file from being sent, or that an operator must see because the file is attached. */
export const openVerdict = (verdict: ScanVerdict | undefined): (ScanVerdict & { code: ScanFailureCode }) | undefined =>
  verdict && verdict.code !== 'clean' && !verdict.acknowledged ? { ...verdict, code: verdict.code } : undefined;

/** An attached file is listed until the verdict about it is acknowledged: it may have to be deleted in the ATS. */
export const verdictOnAttached = ({
  state,
  verdict,
}: {
  readonly state: { readonly status: string };
  readonly verdict?: ScanVerdict | undefined;
}) => (state.status === 'attached' ? openVerdict(verdict) : undefined);

export const acknowledged = (verdict: ScanVerdict | undefined): { readonly verdict?: ScanVerdict } =>
  openVerdict(verdict) && verdict ? { verdict: { ...verdict, acknowledged: true } } : {};

/** As the ledger writes it into a held record. */
export const failureOfVerdict = (code: ScanFailureCode): FailureDetail => ({ code, detail: details[code] });

export const isScanFailure = ({ code }: FailureDetail): boolean => code.startsWith('SCAN_');

const details: Readonly<Record<ScanFailureCode, string>> = {
  SCAN_THREAT_FOUND: 'GuardDuty reported THREATS_FOUND.',
  SCAN_UNSUPPORTED: 'GuardDuty reported UNSUPPORTED.',
  SCAN_DENIED: 'GuardDuty reported ACCESS_DENIED.',
  SCAN_FAILED: 'GuardDuty reported FAILED.',
  SCAN_VERDICT_UNKNOWN: 'GuardDuty reported something that is not one of its five verdicts.',
};

/**
 * With REQUIRE_SCAN only a clean verdict starts a delivery. An object that the sweep, an operator or a manifest finds without
 * its verdict is held with this failure: so it is listed, and a later clean verdict releases it.
 */
export const missingVerdict: FailureDetail = {
  code: 'SCAN_MISSING',
  detail: 'REQUIRE_SCAN is on, and no clean verdict has come for the object.',
};
