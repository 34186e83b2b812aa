import { type FailureCode, failures } from '../../../lib/failures/failures.ts';
import { type Pause, pausedSentence } from '../../../lib/lane/pause.ts';
import { countWork, type WorkCounts } from '../../../lib/operator/count-work.ts';
import { type FileList, type FilePlace, listFiles } from '../../../lib/operator/list-files.ts';
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
  const [counts, pauses] = await Promise.all([countWork(courier.deadline, courier), courier.pauses.list()]);
  const files: FileAnswer[] = [];
  let last: FilePlace | undefined;
  let more = false;
  for await (const { known, place: here } of listFiles(list, place, courier)) {
    more = files.length === limit;
    if (more) break;
    files.push(fileOfRecord(known));
    last = here;
  }
  const { oldestDueAt, heldByCode, complete, ...numbers } = counts;
  const open = pauses.filter(({ state }) => state !== 'closed');
  return {
    ok: true,
    message:
      list === 'rejected'
        ? `${rejectedSentence(files.length, place, more)} ${allSentence(counts, open)}`
        : allSentence(counts, open),
    note: 'What is settled is not counted, rejected files among it: that would read the whole history. The dashboard shows how much was attached and rejected; "list": "rejected" shows which files were.',
    counts: numbers,
    ...(oldestDueAt !== undefined && { oldestDueAt: new Date(oldestDueAt).toISOString() }),
    ...(!complete && { countsAre: 'at least; time ran out' }),
    heldByCode: Object.entries(heldByCode).map(([code, number]) => ({ code, number, ...adviceFor(code) })),
    pauses: open.map(pauseAnswer),
    [list]: files,
    ...(more && last && { next: nextPage(list, limit, last) }),
  };
};

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
  if (shown === 0) return after ? 'No more files are rejected.' : 'No file is rejected.';
  return `${count(shown, 'rejected file')} ${shown === 1 ? 'is' : 'are'} shown, newest first; there are ${more ? 'more' : 'no more'}.`;
};

const allSentence = ({ held, dueNow, waiting, unknown, sending }: WorkCounts, pauses: readonly Pause[]): string => {
  if (held + waiting + unknown + sending === 0 && pauses.length === 0) return 'Nothing waits, and nothing is held.';
  const heldPart = held === 0 ? 'Nothing is held.' : `${held} held: an operator must act.`;
  const later = waiting + unknown;
  const laterPart =
    later === 0 ? 'Nothing waits for another attempt.' : `${later} continue automatically, ${dueNow} of them due now.`;
  const sendingPart = sending === 0 ? '' : ` ${sending} being sent.`;
  const openCount = pauses.filter(({ state }) => state === 'open').length;
  const pausePart = openCount === 0 ? '' : ` ${count(openCount, 'pause')} open.`;
  return `${heldPart} ${laterPart}${sendingPart}${pausePart}`;
};

const adviceFor = (code: string) => {
  if (!Object.hasOwn(failures, code)) return {};
  const { meaning, nextStep } = failures[code as FailureCode];
  return { meaning, nextStep };
};

const pauseAnswer = (pause: Pause) => ({
  integration: pause.scope,
  state: pause.state === 'open' ? 'paused' : 'releasing its files',
  by: pause.by,
  code: pause.code,
  sentence: pausedSentence(pause),
  nextStep: failures[pause.code].nextStep,
  ...(pause.probeAt !== undefined && pause.state === 'open' && { triedAgainAt: new Date(pause.probeAt).toISOString() }),
});
