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
import { uploadId } from '../upload/upload.ts';
import { hasTime, type RunCourier, type RunOptions } from './run-options.ts';

/** What waits behind a pause, as far as it can show whether the pause is over. */
export interface ProbeFiles {
  /** Where the key of a waiting file sends it now; its files may be listed: harmless, and the ATS is asked live. */
  readonly target?: Target;
  /** Files that may be sent: known not to be delivered. */
  readonly sendable: readonly LedgerRecord[];
  /** Files that may have been delivered: their targets may be looked at, and they must not be sent. */
  readonly unknown: readonly LedgerRecord[];
}

const nothing: ProbeFiles = { sendable: [], unknown: [] };

/**
 * Of the account: files of one lane, another one each time, because its tool itself may be the fault. Paused lanes come last,
 * because there the lane's own cause may answer; without them an account whose files all wait behind other pauses would never
 * open.
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

/** First where the cause was met, because that file waits; then lanes that showed files when they were last read. */
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

/** No file is sent behind the back of an operator, nor in a lane of which nothing is known. */
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
        // Another file each time: the file itself may be the fault.
        const sure = waiting.filter((record) => !isInDoubt(record, restored));
        const sendable = sure.toSorted(
          (a, b) => Number(uploadId(a.upload) === lastId) - Number(uploadId(b.upload) === lastId),
        );
        return {
          target: targetNow(listed, listed.target, settings),
          sendable: sendable.slice(0, maxProbeFiles),
          unknown,
        };
      }
      // A page of records that cannot be read must not hide the others.
      if (!page.next) break;
      page = await ledger.filesInLane(integrationId, part, lanePageSize, page.next);
    }
  }
  return nothing;
};

/** The settings may have been put right since the file began to wait. */
const targetNow = ({ upload }: LedgerRecord, before: Target, settings: RunCourier['settings']): Target => {
  const match = matchKey(settings.keyTemplates, upload.key, settings.integrationId);
  return match.ok ? match.value.target : before;
};

/** What the listing of a target shows about the cause: it is `there`, it is `gone`, or neither: refused, or not answered. */
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
  // The other side is up, whatever it refuses; lost answers must be decided also where the integration is gone or its id wrong.
  const answers = outage === 'no' && throttled === 'no' && pauses !== 'account';
  const cause = failureOf(code);
  const isLoad = cause.outage !== 'no' || cause.throttled !== 'no';
  if (cause.outage === 'integration' && answers) return 'gone';
  if (integrationId === accountLane) {
    // Kombo had accepted the call, so what it reports is the integration's own cause.
    if (judges !== 'nothing') return 'gone';
    // The id may be a mistake in a key. Kombo was up when it looked for it, which says nothing about another cause.
    if (pauses === 'known-integration') return isLoad ? 'gone' : 'nothing';
  }
  if (asListing !== 'look-again') return 'nothing';
  return isLoad || pauses !== 'nothing' ? 'there' : 'no answer';
};

export interface Probe {
  /** Kombo judged a file again, whatever it decided; or there is none that may be sent, and the listing is proof enough. */
  readonly hasEnded: boolean;
  readonly outcomes: readonly Outcome[];
  /** The file that met the cause. */
  readonly sentId?: string;
}

/**
 * Sends one file. Files that never reach Kombo say nothing about it, so the next one goes instead. Where none can go, lost
 * answers are decided by looks: a tool that lists may still take no files, and what did not arrive is the next probe.
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
    if (answer === 'cause') return { hasEnded: false, outcomes, sentId: uploadId(record.upload) };
  }
  if (sendable.length === 0 && failureOf(code).outage !== 'integration') return { hasEnded: true, outcomes };
  for (const record of unknown) {
    if (hasTime(options) && isDue(record, courier)) outcomes.push(await readBack(record, deadline, courier));
  }
  return { hasEnded: false, outcomes };
};

const isDue = ({ state }: LedgerRecord, { clock }: RunCourier): boolean =>
  state.status === 'unknown' && state.dueAt <= clock.now();

/** `none`: the file did not get as far as Kombo, or another invocation had it. */
const answerIn = (outcome: Outcome, integrationId: string): 'ended' | 'cause' | 'none' => {
  if (outcome.status === 'attached') return 'ended';
  // An unchanged outcome belongs to another invocation, and its failure is an old one.
  if (
    outcome.status === 'ignored' ||
    outcome.status === 'refused' ||
    outcome.status === 'unchanged' ||
    !('failure' in outcome)
  )
    return 'none';
  const { judges, outage, pauses, throttled } = failureOf(outcome.failure.code);
  // Kombo reports on a single integration only after it has accepted the API key, so the pause of the account has ended.
  if (integrationId === accountLane && judges !== 'nothing') return 'ended';
  // A cause that pauses others and rejects this file was a mistake in its key. About the account that says nothing.
  if (integrationId !== accountLane && outcome.status === 'rejected' && pauses !== 'nothing') return 'ended';
  const stops = pauses === 'account' || (pauses !== 'nothing' && integrationId !== accountLane);
  if (stops || outage !== 'no' || throttled !== 'no') return 'cause';
  return judges === 'file' ? 'ended' : 'none';
};
