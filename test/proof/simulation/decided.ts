import { failureOf } from '../../../lib/failures/failures.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { fromItem } from '../../../lib/ledger/record-item.ts';
import { dayMs } from '../../../lib/limits.ts';
import { mistypedIntegration } from './courier.ts';
import type { Ended } from './history.ts';
import type { Trouble } from './simulated-account.ts';
import { isDecidable } from './simulated-tool.ts';

/** Lost answers of many histories, and how many of them were decided without an operator. */
export interface Decided {
  readonly lost: number;
  readonly decided: number;
}

export type DecidedByHabit = Map<string, Decided>;

/** Counts once for each habit of the tool, separately for a tool that is known and one that is not. */
export const countDecided = (ended: Ended, counts: DecidedByHabit): void => {
  const { habits, converts, learnt } = ended.tool;
  const lost = lostAnswers(ended);
  const must = lost.filter((record) => mustBeDecided(ended, record));
  count(counts, `can be decided, ${learnt ? 'learnt' : 'not learnt'}`, must);
  for (const habit of [...habits, ...(converts === 'nobody' ? [] : [`converts for ${converts}`])])
    count(counts, `${habit}, ${learnt ? 'learnt' : 'not learnt'}`, lost);
};

const count = (counts: DecidedByHabit, condition: string, records: readonly LedgerRecord[]): void => {
  const decided = records.filter((record) => !isUndecided(record)).length;
  addDecided(counts, condition, { lost: records.length, decided });
};

export const addDecided = (counts: DecidedByHabit, condition: string, { lost, decided }: Decided): void => {
  const before = counts.get(condition) ?? { lost: 0, decided: 0 };
  counts.set(condition, { lost: before.lost + lost, decided: before.decided + decided });
};

/** One line per condition: "renamed, learnt: 12 of 12". */
export const decidedLines = (counts: DecidedByHabit): readonly string[] =>
  [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([condition, { lost, decided }]) => `${condition}: ${decided} of ${lost}`);

/** Uploads with at least one attempt whose outcome was unknown. */
export const lostAnswers = (ended: Ended): readonly LedgerRecord[] =>
  ended.onUnknown === 'read-back'
    ? uploadsOf(ended).filter(({ firstUnknownAttemptAt }) => firstUnknownAttemptAt !== undefined)
    : [];

/**
 * The tool keeps bytes and they are served within a day, no right is missing, Kombo knows the integration and lists its files
 * within a day, and the bytes and the type of our file are known: an object that was deleted before any function could record
 * its checksum cannot be compared. A target with the same bytes under two types is left out, because the two are not
 * distinguishable.
 */
export const mustBeDecided = (ended: Ended, record: LedgerRecord): boolean => {
  const { tool, losesRight, kombo, puts } = ended;
  const { upload, target, content, sent, unknownAttempts = 0 } = record;
  const twins = new Set(puts.filter(({ upload: { etag } }) => etag === upload.etag).map((put) => put.upload.key));
  const isTwin =
    twins.size > 1 && (tool.habits.includes('retyped') || [...twins].some((key) => key.startsWith('typed/')));
  const isListed = kombo.account?.troubles.every(
    (trouble) => (trouble.integrationId ?? target?.integrationId) !== target?.integrationId || !hindersLooks(trouble),
  );
  return (
    isDecidable(tool) &&
    !losesRight &&
    target?.integrationId !== mistypedIntegration &&
    isListed !== false &&
    content !== undefined &&
    sent !== undefined &&
    unknownAttempts < 3 &&
    !isTwin
  );
};

/** A listing that is refused because a right is missing, or that the tool does not support, needs an operator immediately. */
const hindersLooks = (trouble: Trouble): boolean => {
  if (trouble.kind === 'outage') return trouble.until - trouble.from >= dayMs;
  return trouble.kind === 'state' && trouble.listing && failureOf(trouble.code).asListing !== 'look-again';
};

export const isUndecided = ({ state }: LedgerRecord): boolean =>
  state.status === 'held' && (state.otherwise ?? state.failure).code === 'OUTCOME_UNKNOWN';

const uploadsOf = ({ table }: Ended): readonly LedgerRecord[] =>
  table
    .items()
    .filter(({ pk }) => !/^(?:(?:pause|lane)#|sweep$)/.test(pk))
    .map(fromItem);
