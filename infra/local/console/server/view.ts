import type { TargetKind } from '../../../../lib/upload/target.ts';

/**
 * The data that the console server sends to the page. Both sides import these types; the page imports nothing else from
 * the server. File names are masked unless the page asks for them.
 */

/** The state of a file. `claimed` and `sending` are the same ledger state; the emulator's calls distinguish them. */
export type RowState =
  | 'uploading'
  | 'not-uploaded'
  | 'uploaded'
  | 'failed'
  | 'claimed'
  | 'sending'
  | 'attached'
  | 'waiting'
  | 'unknown'
  | 'held'
  | 'rejected'
  | 'superseded';

export interface Progress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface FailureView {
  readonly code: string;
  readonly meaning: string;
  readonly detail: string;
  readonly nextStep: string;
}

export interface RowView {
  readonly id: string;
  /** The temporary row that this row replaces: an upload has an id only after its last byte. */
  readonly replaces?: string;
  /** The name of the attachment in the ATS. */
  readonly name: string;
  readonly key: string;
  /** `candidate/<id>` or `application/<id>`; absent when the key names no target. */
  readonly target?: string;
  readonly state: RowState;
  /** The time at which the file was first seen; rows are sorted by it. */
  readonly atMs: number;
  readonly changedAtMs: number;
  readonly sizeBytes?: number;
  readonly attempt: number;
  readonly progress?: Progress;
  readonly dueAtMs?: number;
  readonly failure?: FailureView;
  /** Why the file waits although it is due: its integration or the account is paused. */
  readonly pausedBy?: RowPause;
  readonly warnings: readonly string[];
  /** The last outcome event of the file since the stack was started; its detail as JSON. */
  readonly event?: string;
}

export interface RowPause {
  /** `account` when everything is paused. */
  readonly integration: string;
  readonly code: string;
}

/** A file that Kombo stores. */
export interface StoredFileView {
  readonly id: string;
  readonly target: string;
  readonly name: string;
  readonly type: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly storedAtMs: number;
  readonly warnings: readonly string[];
  readonly href: string;
}

export interface Changes<T> {
  /** True for the first message of a connection: it replaces everything that the page has. */
  readonly all: boolean;
  readonly upsert: readonly T[];
  readonly remove: readonly string[];
}

export interface FaultSwitch {
  readonly id: string;
  /** Faults make calls fail; habits are how the ATS lists files. */
  readonly group: 'faults' | 'habits';
  readonly label: string;
  readonly explanation: string;
  readonly on: boolean;
}

export interface PauseView {
  /** `account` when everything is paused. */
  readonly integration: string;
  /** Absent when the lane's item cannot be read, which also pauses the lane. */
  readonly sinceMs?: number;
  readonly code: string;
  readonly reason: string;
  /** Absent when resuming is the only action. */
  readonly nextStep?: string;
  /** How the pause ends automatically; absent when only a user can end it. */
  readonly end?: PauseEndView;
}

export interface PauseEndView {
  /**
   * `reading`: Kombo's description of the integration shows the cause, and is read again. `probe`: one file is tried.
   */
  readonly by: 'reading' | 'probe';
  readonly nextAtMs: number;
}

export interface Hello {
  /** The target types that have a key template, with their key format. */
  readonly targets: readonly { readonly kind: TargetKind; readonly keyForm: string }[];
  /** The first value of the id field. */
  readonly sampleId: string;
}

export const askActions = ['check', 'counts', 'status', 'dryRun', 'retry', 'resend', 'resolve', 'resume'] as const;
export type AskAction = (typeof askActions)[number];

export interface Question {
  readonly action: AskAction;
  /** The row, for questions about one file. */
  readonly row?: string;
  /** For resume: the paused integration and the cause. */
  readonly integration?: string;
  readonly code?: string;
  readonly reason?: string;
  /** False: only return the event. */
  readonly run: boolean;
  readonly names: boolean;
}

/** The event as it would be pasted into the AWS console, and its answer. */
export interface Reply {
  readonly event: unknown;
  readonly answer?: unknown;
  readonly trouble?: string;
}
