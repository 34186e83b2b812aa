/**
 * What the console server tells the page; both sides import these types, and the page imports nothing else from here.
 * Names of files are masked unless the page asked for them.
 */

/** Where a file stands. `claimed` and `sending` are one state of the ledger; the emulator tells them apart. */
export type RowState =
  | 'uploading'
  | 'not-uploaded'
  | 'uploaded'
  | 'failed'
  | 'claimed'
  | 'sending'
  | 'attached'
  | 'retrying'
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
  /** The row that this one goes on from, when the file got its identity with its last byte. */
  readonly replaces?: string;
  readonly name: string;
  readonly key: string;
  /** `candidate/<id>` or `application/<id>`; absent when the key names nobody. */
  readonly target?: string;
  readonly state: RowState;
  /** When the file was first seen; rows stand in this order. */
  readonly atMs: number;
  readonly changedAtMs: number;
  readonly sizeBytes?: number;
  readonly attempt: number;
  readonly progress?: Progress;
  readonly dueAtMs?: number;
  readonly failure?: FailureView;
  readonly warnings: readonly string[];
}

/** A file that Kombo holds. */
export interface HeldView {
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
  /** True for the first ones of a connection: what the page knew before is outdated. */
  readonly all: boolean;
  readonly upsert: readonly T[];
  readonly remove: readonly string[];
}

export interface FaultSwitch {
  readonly id: string;
  readonly label: string;
  readonly explanation: string;
  readonly on: boolean;
}

export interface PauseView {
  readonly scope: string;
  readonly sinceMs: number;
  readonly code: string;
  readonly reason: string;
  readonly nextStep: string;
}

export interface Hello {
  /** What files can be dropped on, with the form of the keys that they get. */
  readonly targets: readonly { readonly kind: 'candidate' | 'application'; readonly keyForm: string }[];
  /** Stands in the id's field at first. */
  readonly sampleId: string;
}

export const askActions = ['check', 'counts', 'status', 'dryRun', 'retry', 'resume'] as const;
export type AskAction = (typeof askActions)[number];

export interface Asking {
  readonly action: AskAction;
  /** The row that status, dryRun and retry are about. */
  readonly row?: string;
  /** The pause that resume is about. */
  readonly scope?: string;
  readonly reason?: string;
  /** False: only show the event. */
  readonly run: boolean;
  readonly names: boolean;
}

/** The event, as one would paste it in the AWS console, and what came of it. */
export interface Asked {
  readonly event: unknown;
  readonly answer?: unknown;
  readonly trouble?: string;
}
