import type { OutcomeCounts } from './count-outcomes.ts';
import type { SweepCounts } from './sweep-page.ts';

/** A task of a scheduled run. `sweep` alone starts a pass even if none is due. */
export type Task = 'due' | 'sweep';

export interface RunReport {
  readonly due?: DueReport;
  readonly sweep?: SweepReport;
}

/** What a run did with due files. */
export interface DueReport {
  readonly outcomes: OutcomeCounts;
  readonly expired: number;
  /** Lanes whose pause ended, and lanes that had work. */
  readonly opened: number;
  readonly lanes: number;
  readonly compared: number;
  readonly found: number;
  /** Due files that were read but not started, and whether there are due lanes that this run did not reach. */
  readonly left: number;
  readonly lanesLeft: boolean;
  readonly unreadable: number;
}

/** The gauges at the start of a run. Each count stops at 1,000. A gauge that could not be read is absent. */
export interface Gauges {
  readonly held?: number | undefined;
  /** Causes that started to hold files since the previous reading. */
  readonly heldNew?: number | undefined;
  readonly rejectedLastDay?: number | undefined;
  /** Causes for which files were rejected for the first time since the previous reading. */
  readonly rejectedNew?: number | undefined;
  /** From the last reading of each lane. */
  readonly waiting?: number | undefined;
  readonly unknown?: number | undefined;
  /** How long ago the oldest waiting upload arrived, in milliseconds, including paused lanes; 0 when none waits. */
  readonly oldestWaitingMs?: number | undefined;
  readonly paused?: number | undefined;
  /** Pauses that page an operator. */
  readonly pagingPauses?: number | undefined;
  /** Pauses that started to page an operator since the previous reading. */
  readonly pausesNew?: number | undefined;
  /** Unreadable lanes and due records. */
  readonly unreadable?: number | undefined;
  /**
   * Objects that the last finished pass of the sweep could not account for, and how long ago it ended; absent before
   * the first pass.
   */
  readonly unaccounted?: number | undefined;
  readonly sweepAgeMs?: number | undefined;
  /**
   * How long a canary has been due but not attached, in milliseconds; 0 when the newest one is attached. Absent while
   * the canary is off.
   */
  readonly canaryLateMs?: number | undefined;
  /** All gauges could be read. */
  readonly isComplete: boolean;
}

export interface SweepReport extends SweepCounts {
  /**
   * `finished`: this run finished a pass. `in progress`: a later run continues it. `taken`: another run is sweeping.
   * `damaged`: no sweep runs until an operator has repaired the sweep's item.
   */
  readonly pass: 'finished' | 'in progress' | 'not due' | 'taken' | 'no time' | 'damaged';
  /** Objects that the last finished pass could not account for, and how long ago it ended, in milliseconds. */
  readonly lastPass?: { readonly unaccounted: number; readonly ageMs: number };
}
