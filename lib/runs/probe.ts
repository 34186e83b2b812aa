import { deadlineWithin } from '../deadline.ts';
import { deliver } from '../delivery/deliver.ts';
import { type FailureCode, failureOf } from '../failures/failures.ts';
import { matchKey } from '../key-template/match-key.ts';
import { accountLane, type Lane, restoredIn } from '../lane/lane.ts';
import type { PauseEnd } from '../lane/pause.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { isInDoubt } from '../ledger/restored.ts';
import { lanePageSize, maxProbedLanes, maxProbeFiles, maxSearchedLanes, probeListingTimeoutMs } from '../limits.ts';
import type { Outcome } from '../outcome.ts';
import { readBack } from '../read-back/read-back.ts';
import type { Target } from '../upload/target.ts';
import { publicUploadId } from '../upload/upload.ts';
import { hasTime, type RunCourier, type RunOptions } from './run-options.ts';

/** Files behind a pause that can show whether the pause is over. */
export interface ProbeFiles {
  /** The current target of a waiting file. Listing it is harmless and calls the ATS live. */
  readonly target?: Target;
  /** Files that may be sent, because they are known not to be delivered. */
  readonly sendable: readonly LedgerRecord[];
  /** Files that may have been delivered. Their targets may be checked, but the files must not be sent. */
  readonly unknown: readonly LedgerRecord[];
}

const nothing: ProbeFiles = { sendable: [], unknown: [] };

/**
 * For the account, returns files of one lane, a different lane each time, because its tool may be the fault. Paused
 * lanes come last, because they may fail for their own cause. Without them, an account whose files all wait behind
 * other pauses would never open.
 */
export const probeFiles = async (
  { integrationId }: Lane,
  end: PauseEnd,
  options: RunOptions,
  courier: RunCourier,
): Promise<ProbeFiles> => {
  if (integrationId !== accountLane) return filesOf(integrationId, end.probedId, courier);
  const turn = end.probes % maxProbedLanes;
  const sendable: ProbeFiles[] = [];
  const listable: ProbeFiles[] = [];
  let looked = 0;
  for await (const id of lanesToProbe(end, courier)) {
    const files = await filesOf(id, end.probedId, courier);
    if (files.sendable.length > 0) sendable.push(files);
    else if (files.target) listable.push(files);
    looked += 1;
    if (sendable.length > turn || looked === maxSearchedLanes || !hasTime(options)) break;
  }
  const found = sendable.length > 0 ? sendable : listable;
  return found[turn % found.length] ?? nothing;
};

/**
 * First the lane that met the cause, because that file waits there; then lanes that had files when they were last read.
 */
async function* lanesToProbe({ metIn }: PauseEnd, { lanes }: RunCourier): AsyncGenerator<string, void, undefined> {
  const quiet: string[] = [];
  if (metIn !== undefined && (await mayProbe(metIn, lanes))) yield metIn;
  for (const part of ['open', 'paused'] as const) {
    for await (const { integrationId, waiting, unknown } of lanes.directory(part)) {
      if (integrationId === metIn) continue;
      if (waiting + unknown === 0) quiet.push(integrationId);
      else if (await mayProbe(integrationId, lanes)) yield integrationId;
    }
  }
  for (const integrationId of quiet) if (await mayProbe(integrationId, lanes)) yield integrationId;
}

/** Never sends a file through a pause that an operator started, or in an unreadable lane. */
const mayProbe = async (integrationId: string, lanes: RunCourier['lanes']): Promise<boolean> => {
  if (integrationId === accountLane) return false;
  const lane = await lanes.read(integrationId);
  return lane !== 'unreadable' && lane.pause?.by !== 'operator';
};

const filesOf = async (
  integrationId: string,
  lastId: string | undefined,
  { ledger, lanes, settings }: RunCourier,
): Promise<ProbeFiles> => {
  const restored = restoredIn((await lanes.gate(integrationId)).account);
  for (const part of ['wait', 'backfill'] as const) {
    let page = await ledger.filesInLane(integrationId, part, lanePageSize);
    for (;;) {
      const known = await ledger.readMany(page.entries.map(({ id }) => id));
      const records = [...known.values()].flatMap((entry) => (entry.readable ? [entry.record] : []));
      const waiting = records.filter(({ state }) => state.status === 'waiting');
      const unknown = records.filter(({ state }) => state.status === 'unknown');
      const [listed] = [...waiting, ...unknown];
      if (listed?.target) {
        // The file of the latest probe comes last, because it may itself be the fault.
        const sure = waiting.filter((record) => !isInDoubt(record, restored));
        const isLast = ({ upload }: LedgerRecord): boolean => publicUploadId(upload) === lastId;
        const sendable = [...sure.filter((record) => !isLast(record)), ...sure.filter(isLast)];
        return {
          target: targetNow(listed, listed.target, settings),
          sendable: sendable.slice(0, maxProbeFiles),
          unknown,
        };
      }
      // A page of unreadable records must not hide the others.
      if (!page.next) break;
      page = await ledger.filesInLane(integrationId, part, lanePageSize, page.next);
    }
  }
  return nothing;
};

/** The settings may have been corrected since the file started to wait. */
const targetNow = ({ upload }: LedgerRecord, before: Target, settings: RunCourier['settings']): Target => {
  const match = matchKey(settings.keyTemplates, upload.key, settings.integrationId);
  return match.ok ? match.value.target : before;
};

/**
 * What the listing of a target shows about the cause: `there`, `gone`, or neither because it was refused or not
 * answered.
 */
export const listingShows = async (
  integrationId: string,
  code: FailureCode,
  target: Target,
  { deadline }: RunOptions,
  { kombo, clock }: RunCourier,
): Promise<'there' | 'gone' | 'nothing' | 'no answer'> => {
  const own = deadlineWithin(clock, deadline, probeListingTimeoutMs);
  const listing = await kombo.listAttachments(target, own.signal).finally(own.clear);
  if (listing.ok) return 'gone';
  const { asListing, judges, pauses, outage, throttled } = failureOf(listing.failure.code);
  // Kombo and the ATS are up, whatever they refuse. This must also count when the integration is gone or its id wrong,
  // because lost answers still have to be decided.
  const answers = outage === 'no' && throttled === 'no' && pauses !== 'account';
  const cause = failureOf(code);
  const isLoad = cause.outage !== 'no' || cause.throttled !== 'no';
  if (cause.outage === 'integration' && answers) return 'gone';
  if (integrationId === accountLane) {
    // Kombo accepted the call, so it reports the integration's own cause.
    if (judges !== 'nothing') return 'gone';
    // The id may be a mistake in a key. Kombo was up when it looked for it, which says nothing about another cause.
    if (pauses === 'known-integration') return isLoad ? 'gone' : 'nothing';
  }
  if (asListing !== 'look-again') return 'nothing';
  return isLoad || pauses !== 'nothing' ? 'there' : 'no answer';
};

export interface Probe {
  /**
   * True when Kombo judged a file again, whatever the result; or when no file may be sent and the listing is proof
   * enough.
   */
  readonly hasEnded: boolean;
  readonly outcomes: readonly Outcome[];
  /** The public id of the file that met the cause again. */
  readonly sentId?: string;
}

/**
 * Sends one file. A file that never reaches Kombo shows nothing, so the next one is sent instead. If no file may be
 * sent, unknown files are checked at their targets: a tool that lists files may still not accept any, and a file that
 * did not arrive is the next probe.
 */
export const sendProbe = async (
  integrationId: string,
  { sendable, unknown }: ProbeFiles,
  code: FailureCode,
  options: RunOptions,
  courier: RunCourier,
): Promise<Probe> => {
  const { deadline } = options;
  const outcomes: Outcome[] = [];
  for (const record of sendable) {
    if (!hasTime(options)) return { hasEnded: false, outcomes };
    const outcome = await deliver(record.upload, { deadline, probes: integrationId, seen: record }, courier);
    outcomes.push(outcome);
    const answer = answerIn(outcome, integrationId);
    if (answer === 'ended') return { hasEnded: true, outcomes };
    if (answer === 'cause') return { hasEnded: false, outcomes, sentId: publicUploadId(record.upload) };
  }
  if (sendable.length === 0 && failureOf(code).outage !== 'integration') return { hasEnded: true, outcomes };
  for (const record of unknown) {
    if (hasTime(options) && isDue(record, courier)) outcomes.push(await readBack(record, deadline, courier));
  }
  return { hasEnded: false, outcomes };
};

const isDue = ({ state }: LedgerRecord, { clock }: RunCourier): boolean =>
  state.status === 'unknown' && state.dueAt <= clock.now();

/** Undefined when the file did not reach Kombo, or another invocation had it. */
const answerIn = (outcome: Outcome, integrationId: string): 'ended' | 'cause' | undefined => {
  if (outcome.status === 'attached') return 'ended';
  const failure = 'failure' in outcome ? outcome.failure : undefined;
  // An unchanged outcome comes from another invocation, and its failure is an old one.
  if (outcome.status === 'unchanged' || failure === undefined) return undefined;
  const { judges, outage, pauses, throttled } = failureOf(failure.code);
  // Kombo reports on a single integration only after it has accepted the API key, so the pause of the account has ended.
  if (integrationId === accountLane && judges !== 'nothing') return 'ended';
  // If the cause pauses lanes but rejected this file, the file's key was wrong. For the account this shows nothing.
  if (integrationId !== accountLane && outcome.status === 'rejected' && pauses !== 'nothing') return 'ended';
  const stops = pauses === 'account' || (pauses !== 'nothing' && integrationId !== accountLane);
  if (stops || outage !== 'no' || throttled !== 'no') return 'cause';
  return judges === 'file' ? 'ended' : undefined;
};
