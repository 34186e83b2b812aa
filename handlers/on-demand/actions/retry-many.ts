import { isGivenUp } from '../../../lib/failures/advice.ts';
import type { LedgerEntry } from '../../../lib/ledger/ledger.ts';
import type { State, Status } from '../../../lib/ledger/record.ts';
import { runReserveMs } from '../../../lib/limits.ts';
import { decide, foreseeRetry, lacksCleanVerdict } from '../../../lib/operator/decide.ts';
import type { ActionCourier } from '../action.ts';
import { type Answer, count, shorten } from '../answer/answer.ts';
import { fileOfRecord } from '../answer/file-answer.ts';
import { withPauses } from '../answer/paused-files.ts';

export interface ManyFiles {
  /** Maximum files that one request releases. A dry run counts all files. */
  readonly limit: number;
  readonly reason: string;
  /** Only count; write nothing. */
  readonly isDry: boolean;
}

/** Files that are attached, in progress or superseded are left unchanged. */
const retryable: ReadonlySet<Status> = new Set(['waiting', 'unknown', 'held', 'rejected']);
const needsNothing: ReadonlySet<Status> = new Set(['attached', 'sending', 'superseded']);

interface Sorted {
  readonly released: readonly LedgerEntry[];
  readonly left: readonly LedgerEntry[];
  /** The number of released files per integration. */
  readonly integrations: Readonly<Record<string, number>>;
  readonly more: boolean;
}

/**
 * Releases files one by one; the schedule sends them. A repeated request releases only files that are still held,
 * rejected or waiting.
 */
export const retryMany = async (
  records: AsyncIterable<LedgerEntry>,
  isAsked: (known: LedgerEntry) => boolean,
  many: ManyFiles,
  courier: ActionCourier,
): Promise<Answer> => {
  const sorted = await sort(records, isAsked, many, courier);
  return many.isDry ? dryAnswer(sorted, many, courier) : answerOf(sorted, courier);
};

const sort = async (
  records: AsyncIterable<LedgerEntry>,
  isAsked: (known: LedgerEntry) => boolean,
  { limit, reason, isDry }: ManyFiles,
  courier: ActionCourier,
): Promise<Sorted> => {
  const released: LedgerEntry[] = [];
  const left: LedgerEntry[] = [];
  const integrations: Record<string, number> = {};
  let more = false;
  for await (const known of records) {
    more = (!isDry && released.length === limit) || courier.deadline.remainingMs() < runReserveMs;
    if (more) break;
    if (!isAsked(known)) continue;
    const done = await release(known, isDry, reason, courier);
    if ('left' in done) left.push(done.left);
    else {
      released.push(done.released);
      integrations[done.integrationId] = (integrations[done.integrationId] ?? 0) + 1;
    }
  }
  return { released, left, integrations, more };
};

type Released = { readonly released: LedgerEntry; readonly integrationId: string } | { readonly left: LedgerEntry };

const release = async (
  known: LedgerEntry,
  isDry: boolean,
  reason: string,
  courier: ActionCourier,
): Promise<Released> => {
  if (!known.readable || !isRetryable(known.record.state)) return { left: known };
  if (isDry) {
    const foreseen = foreseeRetry(known.record, courier);
    return foreseen ? { released: known, integrationId: foreseen.target.integrationId } : { left: known };
  }
  const decided = await decide(known.record, { kind: 'retry', reason }, courier);
  if (!decided.done) return { left: decided.known ?? known };
  const { record } = decided;
  return { released: { id: known.id, readable: true, record }, integrationId: record.target?.integrationId ?? '' };
};

const answerOf = async ({ released, left, integrations, more }: Sorted, courier: ActionCourier): Promise<Answer> => {
  const files = await withPauses([...released, ...left].map(fileOfRecord), courier);
  const pausedFiles = files.slice(0, released.length).filter((file) => 'paused' in file).length;
  const lookedUp = released.filter((known) => known.readable && known.record.state.status === 'unknown').length;
  const message = [
    released.length === 0
      ? 'There was nothing to retry.'
      : `${count(released.length, 'file')} released; ${follows(released.length, lookedUp, pausedFiles)}.`,
    pausedFiles > 0 && pausedFiles < released.length ? 'Files of a paused integration wait until its pause ends.' : '',
    leftSentence(left, courier),
    more ? 'There are more: repeat the request for the rest.' : '',
  ];
  return {
    // Not an error: a repeated request finds nothing after the first one has released everything.
    ok: !more && (released.length > 0 || left.every(isFine)),
    message: message.filter((part) => part !== '').join(' '),
    released: released.length,
    integrations,
    ...shorten('files', files),
  };
};

/**
 * What happens next to the released files. Files that may have been delivered are looked up first, and a pause delays
 * all of them.
 */
const follows = (released: number, lookedUp: number, paused: number): string => {
  const them = released === 1 ? 'it' : 'them';
  const when = paused === released ? 'when the pause ends, a scheduled run' : 'the next scheduled run';
  if (lookedUp === 0) return `${when} sends ${them}`;
  return lookedUp === released
    ? `${when} checks whether ${released === 1 ? 'it has' : 'they have'} arrived`
    : `${when} checks whether ${lookedUp} of them ${lookedUp === 1 ? 'has' : 'have'} arrived, and sends the rest`;
};

const dryAnswer = (
  { released, left, integrations, more }: Sorted,
  { limit }: ManyFiles,
  courier: ActionCourier,
): Answer => {
  const names = Object.entries(integrations).map(([integration, number]) => `${number} for ${integration}`);
  const message = [
    released.length === 0
      ? 'Nothing was changed. There is nothing to retry.'
      : `Nothing was changed. ${more ? 'At least ' : ''}${count(released.length, 'file')} would be released: ${names.join(', ')}.`,
    leftSentence(left, courier),
    released.length > limit ? `One request releases at most ${limit} of them, its "limit".` : '',
    more ? 'Time ran out before all were counted.' : '',
  ];
  return {
    ok: !more,
    message: message.filter((part) => part !== '').join(' '),
    wouldRelease: released.length,
    integrations,
    ...(left.length > 0 && shorten('left', left.map(fileOfRecord))),
  };
};

/** A file that an operator decided not to send is released only by its key. */
const isRetryable = (state: State): boolean =>
  retryable.has(state.status) && !(state.status === 'rejected' && isGivenUp(state.failure.code));

const isFine = (known: LedgerEntry): boolean => known.readable && needsNothing.has(known.record.state.status);

const leftSentence = (left: readonly LedgerEntry[], { settings }: Pick<ActionCourier, 'settings'>): string => {
  if (left.length === 0) return '';
  const unscanned = left.filter((known) => known.readable && lacksCleanVerdict(known.record, settings)).length;
  const sentence = `${count(left.length, 'file')} left unchanged.`;
  return unscanned === 0
    ? sentence
    : `${sentence} Without a clean scan verdict: ${count(unscanned, 'file')} of these; only "retry" by "key" with "force" can release such a file, and only a clean verdict one in which a threat was found.`;
};
