import { komboErrorCodes } from '../../../lib/failures/kombo-failures.ts';
import type { HttpAnswer } from '../../../lib/kombo/transport.ts';
import { allCodes, errorAnswer, html, json, type PostFate } from './kombo-answers.ts';
import type { Random } from './random.ts';
import type { KomboFaults } from './simulated-kombo.ts';
import type { ReadFault } from './simulated-storage.ts';
import type { TableFaults } from './simulated-table.ts';
import type { SimulatedTool } from './simulated-tool.ts';
import type { Fate } from './world.ts';

/**
 * The rates of faults in a history. Clocks differ by up to two minutes. Kombo may finish minutes after the connection broke, but
 * it lists the file within 15 minutes (READ_BACK_AGAIN_SECONDS) of the start of the attempt, by any of these clocks.
 */
export interface Weather {
  readonly faultRate: number;
  /** In addition to the faults: how often Kombo does not answer a POST that it may have received. */
  readonly lossRate: number;
  readonly crashRate: number;
  readonly freezeRate: number;
  /** Functions for events often freeze before they write that a file was not sent, and by then another function has sent it. */
  readonly writesLate: boolean;
  readonly tool: SimulatedTool;
  /** No POST is ever answered, and none arrives, even after all other faults have stopped. */
  readonly losesAll: boolean;
  /** Sometimes the API key lacks the right to list. */
  readonly losesRight: boolean;
  /** In addition to the faults: how often S3 fails to open an object, which is not an outage and uses up the retry budget. */
  readonly storageRate: number;
  /** Kombo and the tool take nearly their maximum time. */
  readonly isSlow: boolean;
  /** The time from which the host of the listed files is down for an hour; undefined for never. */
  readonly hostDownAt: number | undefined;
}

export const longestSkewMs = 60_000;
/**
 * Long enough for other invocations to declare the lease expired, read back, send and settle meanwhile. A lane is kept for an
 * hour after a touch, and the touch may be ten minutes old; no Lambda function runs longer than 15 minutes.
 */
const longestFreezeMs = 45 * 60_000;
/** An index lags by a moment, and sometimes by this. */
const longestLagMs = 60_000;
const longestLatenessMs = 770_000;
const hostDownMs = 60 * 60_000;

export const fateIn = (
  { crashRate, freezeRate, writesLate }: Weather,
  random: Random,
  kind: 'upload' | 'schedule',
): Fate => ({
  latencyMs: () => 1 + random.below(random.chance(0.02) ? 20_000 : 60),
  crash: () => (random.chance(crashRate) ? random.pick(['before', 'after']) : undefined),
  freezeMs: (label) => {
    const isLate = writesLate && kind === 'upload' && label === 'table put waiting';
    return random.chance(isLate ? 0.7 : freezeRate) ? 1_000 + random.below(longestFreezeMs) : 0;
  },
});

export const tableFaultsIn = ({ faultRate }: Weather, random: Random): TableFaults => ({
  unavailable: () => random.chance(faultRate / 10),
  lostAnswer: () => random.chance(faultRate / 5),
  staleMs: () => (random.chance(0.3) ? random.below(random.chance(0.1) ? longestLagMs : 3_000) : 0),
});

export const readFaultIn =
  ({ faultRate, storageRate, writesLate }: Weather, random: Random, kind: 'upload' | 'schedule') =>
  (): ReadFault => {
    // While one function is frozen, others do its work.
    if (random.chance(writesLate && kind === 'schedule' ? 0 : storageRate)) return 'unavailable';
    return random.chance(faultRate / 3)
      ? random.pick(['unavailable', 'stalls', 'short', 'corrupt', 'breaks'])
      : undefined;
  };

/** Codes after which Kombo may have done the work. */
const doubtful = new Set([
  'REMOTE.UNKNOWN_HTTP_ERROR',
  'REMOTE.SERVICE_UNAVAILABLE',
  'PLATFORM.UNKNOWN_ERROR',
  'PLATFORM.TASK_TIMED_OUT',
]);

const pausing: ReadonlySet<string> = new Set(
  Object.entries(komboErrorCodes).flatMap(([code, { pauses }]) => (pauses === 'nothing' ? [] : [code])),
);

const statusOf = (code: string): number => {
  if (code.endsWith('LIMIT_EXCEEDED')) return 429;
  if (code.endsWith('AUTHENTICATION_INVALID')) return 401;
  return doubtful.has(code) ? 500 : 400;
};

export const komboFaultsIn = (
  { faultRate, lossRate, tool, losesAll, losesRight, isSlow, hostDownAt }: Weather,
  random: Random,
  now: () => number,
): KomboFaults => {
  const calm = (): PostFate => ({ kind: 'attaches', stores: true, workMs: 20 + random.below(3_000), listingLagMs: 0 });
  const late = () => {
    const workMs = random.below(longestLatenessMs);
    if (isSlow) return { workMs, listingLagMs: longestLatenessMs - workMs };
    return { workMs, listingLagMs: random.below(longestLatenessMs - workMs) };
  };
  const odd = (): PostFate => {
    const stores = random.chance(0.5);
    const answers: readonly [HttpAnswer, ...HttpAnswer[]] = [
      { status: 502, headers: {}, text: '<html>Bad gateway</html>', complete: true },
      html,
      { status: 200, headers: {}, text: '{"status":"succ', complete: false },
      errorAnswer(500, null),
      errorAnswer(500, 'PLATFORM.SOMETHING_NEW'),
      ...[...doubtful].map((code) => errorAnswer(500, code)),
    ];
    return { kind: 'answers-oddly', stores, answer: random.pick(answers), ...late() };
  };
  return {
    tool,
    ...(losesAll && { always: { kind: 'resets-after', stores: false, workMs: 100, listingLagMs: 0 } as const }),
    hostDown: () => hostDownAt !== undefined && now() >= hostDownAt && now() < hostDownAt + hostDownMs,
    post: () => {
      if (random.chance(lossRate)) return { kind: 'resets-after', stores: random.chance(0.5), ...late() };
      if (!random.chance(faultRate)) return random.chance(0.1) ? { ...calm(), ...late() } : calm();
      const none = { stores: false, workMs: random.below(2_000), listingLagMs: 0 };
      switch (random.below(7)) {
        case 0:
          return { ...none, kind: random.pick(['unreachable', 'resets-before']) };
        case 1:
          return { ...none, kind: 'refuses-early', answer: errorAnswer(429, 'PLATFORM.RATE_LIMIT_EXCEEDED') };
        case 2: {
          // Codes that pause the integration are rare, because a history shows little after one of them.
          const mayPause = random.chance(0.2);
          const fits = (code: string): boolean => !doubtful.has(code) && (mayPause || !pausing.has(code));
          const code = random.pick(allCodes.filter(fits) as [string, ...string[]]);
          return { ...none, kind: 'refuses', answer: errorAnswer(statusOf(code), code) };
        }
        case 3:
          return {
            kind: 'answers-oddly',
            stores: random.chance(0.5),
            answer: { status: 503, headers: {}, text: 'Unavailable', complete: true },
            ...late(),
          };
        case 4:
          return { kind: 'is-silent', stores: random.chance(0.5), ...late() };
        case 5:
          return { kind: 'resets-after', stores: random.chance(0.5), ...late() };
        default:
          return odd();
      }
    },
    get: () => {
      if (!random.chance(faultRate / 2)) return undefined;
      const answers: readonly [HttpAnswer, ...HttpAnswer[]] = [
        errorAnswer(429, 'PLATFORM.RATE_LIMIT_EXCEEDED'),
        errorAnswer(500, 'REMOTE.SERVICE_UNAVAILABLE'),
        ...(losesRight ? [errorAnswer(403, 'INTEGRATION.PERMISSION_MISSING')] : []),
        json(200, { status: 'success', data: { results: null } }),
      ];
      return random.chance(0.2) ? 'unreachable' : random.pick(answers);
    },
  };
};
