import type { OutcomeCounts } from './count-outcomes.ts';
import type { SweepCounts } from './sweep-page.ts';

/** What a scheduled run can do. `sweep` alone starts a pass although none is due. */
export type Task = 'due' | 'sweep';

export interface RunReport {
  readonly due?: DueReport;
  readonly sweep?: SweepReport;
}

/** What a run did with files that waited. */
export interface DueReport {
  readonly outcomes: OutcomeCounts;
  readonly expired: number;
  /** Lanes whose pause has ended, and lanes that had something to do. */
  readonly opened: number;
  readonly lanes: number;
  readonly compared: number;
  readonly found: number;
  /** Due and not started, as far as it was read; and whether there are due lanes that this run did not get to. */
  readonly left: number;
  readonly lanesLeft: boolean;
  readonly unreadable: number;
}

/** How things stand when a run begins. Each count stops at 1,000. What could not be read is absent. */
export interface Gauges {
  readonly held?: number | undefined;
  /** Causes that hold files since a moment ago. */
  readonly heldNew?: number | undefined;
  readonly rejectedLastDay?: number | undefined;
  /** Causes for which files are rejected since a moment ago. */
  readonly rejectedNew?: number | undefined;
  /** As the last reading of each lane left them on its item. */
  readonly waiting?: number | undefined;
  readonly unknown?: number | undefined;
  /** How long ago the oldest upload came that waits, paused lanes included; 0 when none waits. Milliseconds. */
  readonly oldestWaitingMs?: number | undefined;
  readonly paused?: number | undefined;
  /** Those of the pauses for which an operator is called. */
  readonly pagingPauses?: number | undefined;
  /** Those of them for which one is called since a moment ago. */
  readonly pausesNew?: number | undefined;
  /** Lanes, and records that are due, which this version cannot read. */
  readonly unreadable?: number | undefined;
  /** What the last finished pass of the sweep could not account for, and how long ago it ended; absent before the first. */
  readonly unaccounted?: number | undefined;
  readonly sweepAgeMs?: number | undefined;
  /** Since when a canary is owed that is not attached, in milliseconds; 0 when the newest one is. Absent while it is off. */
  readonly canaryLateMs?: number | undefined;
  /** Everything could be read. */
  readonly isComplete: boolean;
}

export interface SweepReport extends SweepCounts {
  /**
   * `finished`: this run has ended a pass. `in progress`: a later run continues it. `taken`: another run sweeps.
   * `damaged`: nothing is swept until an operator has repaired the sweep's item.
   */
  readonly pass: 'finished' | 'in progress' | 'not due' | 'taken' | 'no time' | 'damaged';
  /** What the last finished pass could not account for, and how long ago it ended, in milliseconds. */
  readonly lastPass?: { readonly unaccounted: number; readonly ageMs: number };
}
