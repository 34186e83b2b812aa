import * as v from 'valibot';
import { type FailureCode, failures } from '../../../lib/failures/failures.ts';
import { matchKey } from '../../../lib/key-template/match-key.ts';
import type { Known } from '../../../lib/ledger/ledger.ts';
import { countWork } from '../../../lib/operator/count-work.ts';
import { recordMeant, recordsOfKey } from '../../../lib/operator/find-records.ts';
import { type FileList, type FilePlace, filesAfter } from '../../../lib/operator/list-files.ts';
import { type Pause, pausedSentence } from '../../../lib/pause/pause.ts';
import { type Target, targetKey } from '../../../lib/upload/target.ts';
import { type ActionDeps, action, atMostOneOf } from '../action.ts';
import { type Answer, count } from '../answer/answer.ts';
import { fileOfRecord, sentenceOf } from '../answer/file-answer.ts';
import { fields } from '../fields.ts';
import { decodedTwin, namedKey } from '../request/parse-key.ts';

const defaultLimit = 20;

export const status = action({
  name: 'status',
  does: 'tells of one key, of all files of a candidate or application, or (without either) of what waits and is held; with "list": "rejected", of what was rejected',
  example: { action: 'status', candidate_id: 'GRK123' },
  schema: v.pipe(
    v.strictObject({
      key: v.optional(fields.key.schema),
      etag: v.optional(fields.etag.schema),
      candidate_id: v.optional(fields.candidate_id.schema),
      application_id: v.optional(fields.application_id.schema),
      list: v.optional(fields.list.schema),
      limit: v.optional(fields.limit.schema),
      cursor: v.optional(fields.cursor.schema),
    }),
    atMostOneOf('key', 'candidate_id', 'application_id')(),
    v.check(({ key, etag }) => key !== undefined || etag === undefined, '"etag" goes with "key" alone.'),
    v.check(
      ({ key, limit, cursor }) => key === undefined || (limit === undefined && cursor === undefined),
      '"limit" and "cursor" do not go with "key".',
    ),
    v.check(
      ({ list, key, candidate_id, application_id }) =>
        list === undefined || (key ?? candidate_id ?? application_id) === undefined,
      '"list" is of all files: it does not go with "key", "candidate_id" or "application_id".',
    ),
  ),
  run: async ({ key, etag, candidate_id, application_id, list = 'held', limit = defaultLimit, cursor }, deps) => {
    if (key !== undefined) return statusOfKey(key, etag, deps);
    if (candidate_id !== undefined) return statusOfTarget({ kind: 'candidate', id: candidate_id }, limit, cursor, deps);
    if (application_id !== undefined) {
      return statusOfTarget({ kind: 'application', id: application_id }, limit, cursor, deps);
    }
    return statusOfAll(list, limit, cursor, deps);
  },
});

const statusOfKey = async (text: string, etag: string | undefined, deps: ActionDeps): Promise<Answer> => {
  const { config, deadline } = deps;
  const named = namedKey(text, config.bucket);
  if (!named.ok) return { ok: false, message: named.error };
  const key = named.value;
  const report = await recordsOfKey({ bucket: config.bucket, key, etag }, deadline.signal, deps);
  const { object, current, earlier } = report;
  const inBucket = object.ok
    ? { exists: true, sizeBytes: object.value.sizeBytes, etag: object.value.etag }
    : { exists: object.error.code === 'OBJECT_DELETED' ? false : 'unknown', detail: object.error.detail };
  const files = [...(current ? [current] : []), ...earlier].map(fileOfRecord);
  const about = { key, object: inBucket, files };

  const meant = recordMeant(report, etag);
  if (meant) return { ok: true, message: sentenceOf(fileOfRecord(meant)), ...about };
  if (etag !== undefined)
    return { ok: false, message: 'The ledger knows no object of this key with that ETag.', ...about };
  const send = { action: 'attach', key };
  if (object.ok) {
    const what = earlier.length > 0 ? 'the object that stands under this key now' : 'this key';
    const message = `The ledger has never seen ${what}. The object is in the bucket; "next" sends it.`;
    return { ok: true, message, ...about, next: send, ...templateNote(key, deps) };
  }
  if (object.error.code !== 'OBJECT_DELETED') {
    const { code, detail } = object.error;
    const message = `The ledger has never seen this key, and the bucket cannot be asked: ${detail} ${failures[code].nextStep}`;
    return { ok: false, message, ...about };
  }
  const twin = decodedTwin(key);
  const hint = twin === undefined ? '' : ' It looks encoded, as in an event or a URL: try the key in "next".';
  return {
    ok: true,
    message: `The ledger has never seen this key, and there is no such object in the bucket.${hint}`,
    ...about,
    ...(twin !== undefined && { next: { action: 'status', key: twin } }),
    ...templateNote(key, deps),
  };
};

const templateNote = (key: string, { config }: ActionDeps) => {
  const match = matchKey(config.keyTemplates, key, config.integrationId);
  return match.ok ? {} : { note: `${match.error.code}: ${match.error.detail}` };
};

const statusOfTarget = async (
  target: Pick<Target, 'kind' | 'id'>,
  limit: number,
  cursor: string | undefined,
  { ledger }: ActionDeps,
): Promise<Answer> => {
  const shown: Known[] = [];
  let skipping = cursor !== undefined;
  let more = false;
  for await (const known of ledger.ofTarget(target)) {
    if (skipping) {
      skipping = known.id !== cursor;
      continue;
    }
    more = shown.length === limit;
    if (more) break;
    shown.push(known);
  }
  if (skipping) return { ok: false, message: 'The cursor names no file of this target any more. Ask without it.' };
  const name = `${target.kind} ${target.id}`;
  const files = shown.map(fileOfRecord);
  const [only] = files;
  if (!only) {
    const message = `The ledger knows no file of ${name}. Compare the id, and ask with the "key" of a file for more.`;
    return { ok: true, message, target: targetKey(target), files };
  }
  const cursorNow = shown.at(-1)?.id;
  return {
    ok: true,
    message: `The ledger knows ${more ? 'more than ' : ''}${count(files.length, 'file')} of ${name}. ${files.length === 1 ? sentenceOf(only) : tally(files)}`,
    target: targetKey(target),
    files,
    ...(more && { next: { action: 'status', [`${target.kind}_id`]: target.id, limit, cursor: cursorNow } }),
  };
};

const tally = (files: readonly { readonly status: string }[]): string => {
  const counts = new Map<string, number>();
  for (const file of files) counts.set(file.status, (counts.get(file.status) ?? 0) + 1);
  return `${[...counts].map(([name, number]) => `${number} ${name}`).join(', ')}.`;
};

const statusOfAll = async (
  list: FileList,
  limit: number,
  cursor: string | undefined,
  deps: ActionDeps,
): Promise<Answer> => {
  const place = cursor === undefined ? undefined : placeOf(list, cursor);
  if (place === null) return { ok: false, message: '"cursor" is none of this list. Ask without it.' };
  const [counts, pauses] = await Promise.all([countWork(deps.deadline, deps), deps.pauses.list()]);
  const files: unknown[] = [];
  let last: FilePlace | undefined;
  let more = false;
  for await (const { known, place: here } of filesAfter(list, place, deps)) {
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
    heldByCode: Object.entries(heldByCode).map(([code, number]) => ({ code, number, ...adviceOn(code) })),
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

/** Null when it is no cursor of this list. */
const placeOf = (list: FileList, cursor: string): FilePlace | null => {
  const [, its, at, id] = /^([a-z]+)\|([\d.e+-]{1,30})\|(.+)$/s.exec(cursor) ?? [];
  return its !== list || id === undefined || !Number.isFinite(Number(at)) ? null : { at: Number(at), id };
};

const rejectedSentence = (shown: number, after: FilePlace | undefined, more: boolean): string => {
  if (shown === 0) return after ? 'No more files are rejected.' : 'No file is rejected.';
  return `${count(shown, 'rejected file')} ${shown === 1 ? 'is' : 'are'} shown, newest first; there are ${more ? 'more' : 'no more'}.`;
};

const allSentence = (
  { held, dueNow, retrying, unknown, sending }: Awaited<ReturnType<typeof countWork>>,
  pauses: readonly Pause[],
): string => {
  if (held + retrying + unknown + sending === 0 && pauses.length === 0) return 'Nothing waits, and nothing is held.';
  const heldPart = held === 0 ? 'Nothing is held.' : `${held} held: a person must act.`;
  const later = retrying + unknown;
  const latePart =
    later === 0 ? 'Nothing waits for another try.' : `${later} go on by themselves, ${dueNow} of them due now.`;
  const sendPart = sending === 0 ? '' : ` ${sending} being sent.`;
  const openCount = pauses.filter(({ state }) => state === 'open').length;
  const pausePart = openCount === 0 ? '' : ` ${count(openCount, 'pause')} open.`;
  return `${heldPart} ${latePart}${sendPart}${pausePart}`;
};

const adviceOn = (code: string) => {
  if (!Object.hasOwn(failures, code)) return {};
  const { meaning, nextStep } = failures[code as FailureCode];
  return { meaning, nextStep };
};

const pauseAnswer = (pause: Pause) => ({
  integration_id: pause.scope,
  state: pause.state === 'open' ? 'paused' : 'letting its files go',
  by: pause.by,
  code: pause.code,
  sentence: pausedSentence(pause),
  nextStep: failures[pause.code].nextStep,
  ...(pause.probeAt !== undefined && pause.state === 'open' && { triedAgainAt: new Date(pause.probeAt).toISOString() }),
});
