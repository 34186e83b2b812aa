import * as v from 'valibot';
import type { Outcome } from '../../../lib/outcome.ts';
import { type Backfill, backfill } from '../../../lib/runs/backfill.ts';
import { defaultFiles } from '../../limits.ts';
import { runOptions } from '../../time-budget.ts';
import { action, oneOf } from '../action.ts';
import { type Answer, count, shorten } from '../answer/answer.ts';
import { type FileAnswer, fileOfOutcome } from '../answer/file-answer.ts';
import { sentenceOf } from '../answer/file-sentence.ts';
import { missingFile } from '../answer/missing-file.ts';
import { withPauses } from '../answer/paused-files.ts';
import { fields } from '../fields.ts';
import { type Selection, type SelectionInput, selectObjects } from '../request/select-objects.ts';

export const attach = action({
  name: 'attach',
  does: 'sends one object, several objects or all under a prefix; skips files that are already attached',
  example: { action: 'attach', key: 'candidates/GRKwT7dMvcuqBnsZ5xHe4pYa/Frank Doe CV.pdf' },
  changes: true,
  schema: v.pipe(
    v.strictObject({
      key: v.optional(fields.key.schema),
      keys: v.optional(fields.keys.schema),
      prefix: v.optional(fields.prefix.schema),
      limit: v.optional(fields.limit.schema),
      cursor: v.optional(fields.cursor.schema),
      reason: v.optional(fields.reason.schema),
    }),
    oneOf('key', 'keys', 'prefix')(),
    v.check(
      ({ prefix, limit, cursor }) => prefix !== undefined || (limit === undefined && cursor === undefined),
      '"limit" and "cursor" are allowed only with "prefix".',
    ),
  ),
  run: async (input, courier) => {
    const selected = await selectObjects(input, defaultFiles, courier);
    if (!selected.ok) return { ok: false, message: selected.error };
    const { uploads } = selected.value;
    // One named object is sent immediately. Several are started while there is time, and a file that cannot be
    // delivered waits for its next attempt.
    const isBackfill = input.key === undefined;
    const options = { ...runOptions(courier.settings, courier.deadline), isBackfill, isPaced: true };
    const done = await backfill(uploads, input.key === undefined ? options : { ...options, worstCaseMs: 0 }, courier);
    const sorted = done.outcomes.toSorted(byUrgency);
    const files = await withPauses(sorted.map(fileOfOutcome), courier);
    return answerOf(input, selected.value, done, files);
  },
});

const answerOf = (
  input: SelectionInput,
  { uploads, missing, afterKey }: Selection,
  { outcomes, started, stopped }: Backfill,
  known: readonly FileAnswer[],
): Answer => {
  // Files that need the operator come first, because a long list is cut at its end.
  const files = [...missing.map(missingFile), ...known];
  const settledWell = outcomes.every(needsNothing) && missing.length === 0;
  const [only] = files;
  if (input.key !== undefined && only) {
    return { ok: settledWell, message: sentenceOf(only), files };
  }
  const counts = countsOf(outcomes.toSorted(byUrgency), missing.length);
  const rest = restOf(
    input,
    uploads.slice(started).map(({ key }) => key),
    uploads[started - 1]?.key,
    afterKey,
  );
  const message = [
    files.length > 0 ? `${countsSentence(counts)}.` : uploads.length > 0 ? 'Nothing was started.' : nothingThere(input),
    stopped === 'time' ? 'Time ran out.' : '',
    stopped === 'throttled' ? 'Kombo throttled the calls, so wait a minute or two.' : '',
    rest ? 'There are more: send the request in "next" to continue.' : '',
  ];
  // A prefix that no object has is probably a mistake; the last page of a longer list may be empty.
  const isMistake = files.length + uploads.length === 0 && input.cursor === undefined;
  return {
    ok: settledWell && stopped === undefined && !isMistake,
    message: message.filter((part) => part !== '').join(' '),
    counts,
    ...(rest && { next: rest }),
    ...shorten('files', files),
  };
};

const nothingThere = ({ prefix, cursor }: SelectionInput): string =>
  prefix === undefined || cursor !== undefined ? 'There is nothing to send.' : `No object begins with "${prefix}".`;

/** The request that continues where this one ended, if anything is left. */
const restOf = (
  { prefix, limit, cursor }: SelectionInput,
  left: readonly string[],
  lastKey: string | undefined,
  afterKey: string | undefined,
) => {
  if (left.length === 0 && afterKey === undefined) return undefined;
  if (prefix === undefined) return { action: 'attach', keys: left };
  const place = left.length === 0 ? afterKey : (lastKey ?? cursor);
  return {
    action: 'attach',
    prefix,
    ...(limit !== undefined && { limit }),
    ...(place !== undefined && { cursor: place }),
  };
};

const needsNothing = (outcome: Outcome): boolean =>
  outcome.status === 'ignored' ||
  ((outcome.status === 'attached' || outcome.status === 'already-attached') && !isListed(outcome));

/** Whether an attached file is listed among the held ones, because the malware scan did not find it clean. */
const isListed = (outcome: Outcome): boolean =>
  (outcome.status === 'attached' && outcome.failure !== undefined) ||
  (outcome.status === 'already-attached' && (outcome.failure ?? outcome.openFailure) !== undefined);

const order: readonly Outcome['status'][] = [
  'held',
  'rejected',
  'unknown',
  'waiting',
  'unchanged',
  'superseded',
  'attached',
];

const byUrgency = (a: Outcome, b: Outcome): number => rank(a) - rank(b);

const rank = (outcome: Outcome): number => {
  if (isListed(outcome)) return 0;
  return order.includes(outcome.status) ? order.indexOf(outcome.status) : order.length;
};

const countsOf = (outcomes: readonly Outcome[], missing: number): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = missing > 0 ? { missing } : {};
  for (const { status } of outcomes) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

const words: Readonly<Record<string, string>> = {
  'already-attached': 'attached before',
  unchanged: 'known and left unchanged',
  missing: 'not found',
};

const countsSentence = (counts: Readonly<Record<string, number>>): string => {
  const total = Object.values(counts).reduce((sum, number) => sum + number, 0);
  const parts = Object.entries(counts).map(([status, number]) => `${number} ${words[status] ?? status}`);
  return `Of ${count(total, 'object')}: ${parts.join(', ')}`;
};
