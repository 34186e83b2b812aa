import { nextStepFor, nextStepOfPause } from '../../../lib/failures/advice.ts';
import { failures, isFailureCode } from '../../../lib/failures/failures.ts';
import { accountLane } from '../../../lib/lane/lane.ts';
import { laneNameOf } from '../../../lib/lane/lane-name.ts';
import { unaccountedAdvice, unwatchedFoldersAdvice } from '../../../lib/operator/check/sweep.ts';
import { countWork, type WorkCounts } from '../../../lib/operator/count-work.ts';
import { lastCanaryOf } from '../../../lib/operator/last-canary.ts';
import { lastSweepOf } from '../../../lib/operator/last-sweep.ts';
import { type FileList, type FilePlace, listFiles } from '../../../lib/operator/list-files.ts';
import { type ListedPause, listPauses } from '../../../lib/operator/list-pauses.ts';
import { type Canary, readCanary } from '../../../lib/runs/canary/canary.ts';
import { damagedSweepAdvice, readSweep, type StoredSweep } from '../../../lib/runs/sweep-store.ts';
import type { ActionCourier } from '../action.ts';
import { type Answer, count } from '../answer/answer.ts';
import { type FileAnswer, fileOfRecord } from '../answer/file-answer.ts';
import type { PageRequest } from '../request/page-request.ts';

/** What waits, what is held, what is paused? */
export const statusOfAll = async (
  list: FileList,
  { limit, cursor }: PageRequest,
  courier: ActionCourier,
): Promise<Answer> => {
  const place = cursor === undefined ? undefined : parseCursor(list, cursor);
  if (place === null)
    return { ok: false, message: '"cursor" does not belong to this list. Repeat the request without it.' };
  const { canaryKey } = courier.settings;
  const [counts, pauses, sweep, canary] = await Promise.all([
    countWork(courier.deadline, courier),
    listPauses(courier),
    readSweep(courier.table),
    canaryKey === undefined ? undefined : readCanary(canaryKey, courier),
  ]);
  const files: FileAnswer[] = [];
  let last: FilePlace | undefined;
  let more = false;
  for await (const { known, place: here } of listFiles(list, place, courier)) {
    more = files.length === limit;
    if (more) break;
    files.push(fileOfRecord(known));
    last = here;
  }
  const { oldestDueAt, heldByCode, byIntegration: _, complete, ...numbers } = counts;
  return {
    ok: true,
    message:
      list === 'rejected'
        ? `${rejectedSentence(files.length, place, more)} ${allSentence(counts, pauses)}`
        : allSentence(counts, pauses),
    ...(list === 'held' && { note: notCounted }),
    counts: numbers,
    ...(oldestDueAt !== undefined && { oldestDueAt: new Date(oldestDueAt).toISOString() }),
    ...(!complete && { countsAre: 'at least; time ran out' }),
    heldByCode: Object.entries(heldByCode).map(([code, number]) => ({ code, number, ...adviceFor(code) })),
    pauses: pauses.map((pause) => pauseAnswer(pause, pauses, counts)),
    sweep: sweepAnswer(sweep, courier.clock.now()),
    ...(canary && canaryKey !== undefined && { canary: canaryAnswer(canary, canaryKey, courier.clock.now()) }),
    [list]: files,
    ...(more && last && { next: nextPage(list, limit, last) }),
  };
};

const notCounted =
  'Attached, rejected and superseded files are not counted, because that would read the whole history. The dashboard shows how many were attached and rejected; "list": "rejected" shows the rejected ones.';

const nextPage = (list: FileList, limit: number, { at, id }: FilePlace) => ({
  action: 'status',
  ...(list === 'rejected' && { list }),
  limit,
  cursor: `${list}|${at}|${id}`,
});

/** Null when it is not a cursor of this list. */
const parseCursor = (list: FileList, cursor: string): FilePlace | null => {
  const [, its, at, id] = /^([a-z]+)\|([\d.e+-]{1,30})\|(.+)$/s.exec(cursor) ?? [];
  return its !== list || id === undefined || !Number.isFinite(Number(at)) ? null : { at: Number(at), id };
};

const rejectedSentence = (shown: number, after: FilePlace | undefined, more: boolean): string => {
  if (shown === 0) return after ? 'There are no more rejected files.' : 'No file is rejected.';
  return `${count(shown, 'rejected file')} ${shown === 1 ? 'is' : 'are'} shown, newest first; there are ${more ? 'more' : 'no more'}.`;
};

const allSentence = (
  { held, dueNow, waiting, unknown, sending }: WorkCounts,
  pauses: readonly ListedPause[],
): string => {
  if (held + waiting + unknown + sending === 0 && pauses.length === 0) return 'Nothing is waiting or held.';
  const heldPart = held === 0 ? 'Nothing is held.' : `${held} held: an operator must act.`;
  const later = waiting + unknown;
  const laterPart =
    later === 0
      ? 'Nothing waits for another attempt.'
      : `${later} ${later === 1 ? 'continues' : 'continue'} automatically, ${dueNow} of them due now${pauses.length === 0 ? '' : '; those of a paused integration are sent when its pause ends'}.`;
  const sendingPart = sending === 0 ? '' : ` ${sending} being sent.`;
  const pausePart = pauses.length === 0 ? '' : ` ${count(pauses.length, 'pause')} active.`;
  return `${heldPart} ${laterPart}${sendingPart}${pausePart}`;
};

const adviceFor = (code: string) =>
  isFailureCode(code) ? { meaning: failures[code].meaning, nextStep: nextStepFor(code, 'held') } : {};

/** The proof that nothing is lost: the last finished sweep accounted for every object in the watched folders. */
const sweepAnswer = ({ state }: StoredSweep, now: number) => {
  if (state === 'damaged')
    return { sentence: 'The item of the sweep cannot be read, so no sweep can run.', nextStep: damagedSweepAdvice };
  const { sentence, age, todo } = lastSweepOf(state, now);
  const { startedAt, finishedAt, unaccounted, unmatched, folders = [] } = state ?? {};
  const advice = [
    todo,
    unaccounted ? unaccountedAdvice : undefined,
    unmatched ? notMatchedAdvice : undefined,
    folders.length > 0 ? unwatchedFoldersAdvice : undefined,
  ].filter((one) => one !== undefined);
  return {
    sentence,
    ...(advice.length > 0 && { nextStep: advice.join(' ') }),
    ...(startedAt !== undefined && { startedAt: new Date(startedAt).toISOString() }),
    ...(finishedAt !== undefined && { finishedAt: new Date(finishedAt).toISOString() }),
    ...(age !== undefined && { age }),
    ...(unaccounted !== undefined && { unaccounted }),
    ...(unmatched !== undefined && { keysNotMatched: unmatched }),
    ...(folders.length > 0 && { unwatchedFolders: folders }),
  };
};

const notMatchedAdvice =
  'Objects whose key matches no template are not sent; {"action":"status","list":"rejected"} shows them.';

const canaryAnswer = (canary: Canary, key: string, now: number) => {
  const { sentence, todo } = lastCanaryOf(canary, now);
  return { sentence, key, ...(todo !== undefined && { nextStep: todo }) };
};

const pauseAnswer = (
  { integrationId, code, sentence, pause }: ListedPause,
  all: readonly ListedPause[],
  counts: WorkCounts,
) => ({
  integration: laneNameOf(integrationId),
  state: 'paused',
  by: pause?.by ?? 'an unreadable record',
  code,
  sentence,
  meaning: failures[code].meaning,
  nextStep: nextStepOfPause(code),
  ...filesBehind(integrationId, counts),
  ...(pause?.end && nextTry(pause.end.nextAt, integrationId, all)),
  next: { action: 'resume', integration_id: laneNameOf(integrationId), code, reason: '...' },
});

/** Counted with everything else, so the numbers are as complete as those of all files. */
const filesBehind = (integrationId: string, counts: WorkCounts) => {
  const { waiting, unknown } = (integrationId === accountLane ? counts : counts.byIntegration.get(integrationId)) ?? {
    waiting: 0,
    unknown: 0,
  };
  return { waiting, unknown };
};

/** While the account is paused, single integrations are not tried, so the time in their own pause may be long past. */
const nextTry = (nextAt: number, integrationId: string, all: readonly ListedPause[]) =>
  integrationId !== accountLane && all.some((other) => other.integrationId === accountLane)
    ? { triedAgain: 'once the pause of the account has ended' }
    : { triedAgainAt: new Date(nextAt).toISOString() };
