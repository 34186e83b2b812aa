import { isGivenUp } from '../../../lib/failures/advice.ts';
import type { LedgerEntry } from '../../../lib/ledger/ledger.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { runReserveMs } from '../../../lib/limits.ts';
import { decide, foreseeRetry, type Undecided } from '../../../lib/operator/decide.ts';
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
  /** The answer when there is no file at all, where that is probably a mistake. */
  readonly none?: string;
}

interface Sorted {
  readonly released: readonly LedgerEntry[];
  readonly left: readonly Left[];
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
  if (many.none !== undefined && sorted.released.length + sorted.left.length === 0 && !sorted.more)
    return { ok: false, message: many.none, [many.isDry ? 'wouldRelease' : 'released']: 0 };
  return many.isDry ? dryAnswer(sorted, many) : answerOf(sorted, courier);
};

const sort = async (
  records: AsyncIterable<LedgerEntry>,
  isAsked: (known: LedgerEntry) => boolean,
  { limit, reason, isDry }: ManyFiles,
  courier: ActionCourier,
): Promise<Sorted> => {
  const released: LedgerEntry[] = [];
  const left: Left[] = [];
  const integrations: Record<string, number> = {};
  let more = false;
  for await (const known of records) {
    more = (!isDry && released.length === limit) || courier.deadline.remainingMs() < runReserveMs;
    if (more) break;
    if (!isAsked(known)) continue;
    const done = await release(known, isDry, reason, courier);
    if ('why' in done) left.push(done);
    else {
      released.push(done.released);
      integrations[done.integrationId] = (integrations[done.integrationId] ?? 0) + 1;
    }
  }
  return { released, left, integrations, more };
};

/** A file that the request leaves unchanged, and why. */
interface Left {
  readonly known: LedgerEntry;
  readonly why: Undecided | 'attached' | 'sending' | 'superseded' | 'given up';
}

type Released = { readonly released: LedgerEntry; readonly integrationId: string } | Left;

const release = async (
  known: LedgerEntry,
  isDry: boolean,
  reason: string,
  courier: ActionCourier,
): Promise<Released> => {
  if (!known.readable) return { known, why: 'unreadable' };
  const why = leftAlone(known.record, courier);
  if (why) return { known, why };
  if (isDry) {
    const foreseen = foreseeRetry(known.record, courier);
    return 'why' in foreseen
      ? { known, why: foreseen.why }
      : { released: known, integrationId: foreseen.target.integrationId };
  }
  const decided = await decide(known.record, { kind: 'retry', reason }, courier);
  if (!decided.done) return { known: decided.known ?? known, why: decided.why };
  const { record } = decided;
  return { released: { id: known.id, readable: true, record }, integrationId: record.target?.integrationId ?? '' };
};

/** States that a retry of many leaves alone. A file that an operator decided not to send is released only by its key. */
const leftAlone = (record: LedgerRecord, courier: ActionCourier): Left['why'] | undefined => {
  const { state } = record;
  if (state.status === 'attached' || state.status === 'sending' || state.status === 'superseded') return state.status;
  if (state.status !== 'rejected' || !isGivenUp(state.failure.code)) return undefined;
  const foreseen = foreseeRetry(record, courier);
  return 'why' in foreseen ? foreseen.why : 'given up';
};

const answerOf = async ({ released, left, integrations, more }: Sorted, courier: ActionCourier): Promise<Answer> => {
  const files = await withPauses([...released, ...left.map(({ known }) => known)].map(fileOfRecord), courier);
  const pausedFiles = files.slice(0, released.length).filter((file) => 'paused' in file).length;
  const lookedUp = released.filter((known) => known.readable && known.record.state.status === 'unknown').length;
  const message = [
    released.length === 0
      ? 'There was nothing to retry.'
      : `${count(released.length, 'file')} released; ${follows(released.length, lookedUp, pausedFiles)}.`,
    pausedFiles > 0 && pausedFiles < released.length ? 'Files of a paused integration wait until its pause ends.' : '',
    leftSentence(left),
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

const dryAnswer = ({ released, left, integrations, more }: Sorted, { limit }: ManyFiles): Answer => {
  const names = Object.entries(integrations).map(([integration, number]) => `${number} for ${integration}`);
  const message = [
    released.length === 0
      ? 'Nothing was changed. There is nothing to retry.'
      : `Nothing was changed. ${more ? 'At least ' : ''}${count(released.length, 'file')} would be released: ${names.join(', ')}.`,
    leftSentence(left),
    released.length > limit ? `One request releases at most ${limit} of them, its "limit".` : '',
    more ? 'Time ran out before all were counted.' : '',
  ];
  return {
    ok: !more,
    message: message.filter((part) => part !== '').join(' '),
    wouldRelease: released.length,
    integrations,
    ...(left.length > 0 &&
      shorten(
        'left',
        left.map(({ known }) => fileOfRecord(known)),
      )),
  };
};

const isFine = ({ why }: Left): boolean => why === 'attached' || why === 'sending' || why === 'superseded';

const leftSentence = (left: readonly Left[]): string => {
  if (left.length === 0) return '';
  const reasons = Object.entries(Object.groupBy(left, ({ why }) => leftBecause[why]));
  const parts = reasons.map(([words, files = []]) => `${files.length} ${words}`);
  return `${count(left.length, 'file')} left unchanged: ${parts.join('; ')}.`;
};

const unscanned = 'without a clean scan verdict (only "retry" by "key" with "force" can release such a file)';
const changed = 'changed in the meantime (repeat the request)';

/** Completes "3 files left unchanged: 2 ...". */
const leftBecause: Readonly<Record<Left['why'], string>> = {
  attached: 'attached already',
  sending: 'being sent now',
  superseded: 'replaced or deleted before it was sent',
  'given up': 'given up by an operator (only "retry" by "key" can release such a file)',
  key: 'with a key that still matches no template',
  threat: 'in which the malware scan found a threat (only a clean verdict can release such a file)',
  scan: unscanned,
  unreadable: 'with a record that cannot be read',
  state: changed,
  verdict: changed,
  gone: changed,
  conflict: changed,
};
