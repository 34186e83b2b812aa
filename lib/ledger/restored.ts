import { type Situation, situationOf } from './moves.ts';
import type { LedgerRecord } from './record.ts';

/**
 * The table was restored from a backup and has lost what was written between two times, in milliseconds since the
 * epoch.
 */
export interface Restored {
  /** The time to which it was restored. */
  readonly since: number;
  /** When an operator reported it. Everything written later is in the table. */
  readonly at: number;
}

/** Whether the table may have lost later changes of this record. */
export const isBeforeRestore = ({ updatedAt }: Pick<LedgerRecord, 'updatedAt'>, restored?: Restored): boolean =>
  restored !== undefined && updatedAt < restored.at;

/** Whether the file would be sent next, although a claim that the table has lost may have sent it. */
export const isInDoubt = (record: LedgerRecord, restored?: Restored): boolean =>
  mayBeSentNext.has(situationOf(record.state)) && isBeforeRestore(record, restored);

/** Includes the situations that a clean verdict releases. */
const mayBeSentNext: ReadonlySet<Situation> = new Set([
  'waiting',
  'superseded',
  'held by the malware scan',
  'rejected for its verdict',
]);
