import type { TargetKind } from '../../../../lib/upload/target.ts';

/**
 * What the console server sends to the page. Both sides import these types; the page imports nothing else of the server.
 * Names of files are masked unless the page asked for them.
 */

/** The state of a file. `claimed` and `sending` are one state of the ledger; calls at the emulator tell them apart. */
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
  /** The temporary row that this one replaces: an upload has an id only after its last byte. */
  readonly replaces?: string;
  /** The name that the attachment has, or will get, in the ATS. */
  readonly name: string;
  readonly key: string;
  /** `candidate/<id>` or `application/<id>`; absent when the key names none. */
  readonly target?: string;
  readonly state: RowState;
  /** When the file was first seen; rows are sorted by it. */
  readonly atMs: number;
  readonly changedAtMs: number;
  readonly sizeBytes?: number;
  readonly attempt: number;
  readonly progress?: Progress;
  readonly dueAtMs?: number;
  readonly failure?: FailureView;
  /** Why the file waits although it is due: its integration is paused, or everything is. */
  readonly pausedBy?: RowPause;
  readonly warnings: readonly string[];
  /** The last event about it since the stack was started, for the user's own application; its detail as JSON. */
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
  /** True for the first message of a connection: everything that the page knew before is outdated. */
  readonly all: boolean;
  readonly upsert: readonly T[];
  readonly remove: readonly string[];
}

export interface FaultSwitch {
  readonly id: string;
  /** Faults make a call go wrong; habits are how the ATS lists files. */
  readonly group: 'faults' | 'habits';
  readonly label: string;
  readonly explanation: string;
  readonly on: boolean;
}

export interface PauseView {
  /** `account` when everything is paused. */
  readonly integration: string;
  /** Absent when the lane's item cannot be read, which pauses it as well. */
  readonly sinceMs?: number;
  readonly code: string;
  readonly reason: string;
  /** Absent where there is nothing to do but resume. */
  readonly nextStep?: string;
  /** How it ends without an operator; absent when only an operator ends it. */
  readonly end?: PauseEndView;
}

export interface PauseEndView {
  /** `reading`: Kombo's description of the integration shows the cause, and is read again. `probe`: a call is tried. */
  readonly by: 'reading' | 'probe';
  readonly nextAtMs: number;
}

export interface Hello {
  /** The kinds of targets that have a key template, with the form of their keys. */
  readonly targets: readonly { readonly kind: TargetKind; readonly keyForm: string }[];
  /** The first value of the id field. */
  readonly sampleId: string;
}

export const askActions = ['check', 'counts', 'status', 'dryRun', 'retry', 'resend', 'resolve', 'resume'] as const;
export type AskAction = (typeof askActions)[number];

export interface Question {
  readonly action: AskAction;
  /** The row for everything about one file. */
  readonly row?: string;
  /** The pause for resume: of which integration, and its cause. */
  readonly integration?: string;
  readonly code?: string;
  readonly reason?: string;
  /** False: only show the event. */
  readonly run: boolean;
  readonly names: boolean;
}

/** The event, as an operator would paste it into the AWS console, and its answer. */
export interface Reply {
  readonly event: unknown;
  readonly answer?: unknown;
  readonly trouble?: string;
}
