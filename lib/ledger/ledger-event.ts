import type { FailureStatus } from '../failures/failure.ts';
import type { FailureDetail } from '../failures/failures.ts';
import type { AttachmentType, Target } from '../upload/target.ts';
import type { Upload } from '../upload/upload.ts';
import type { EventForm } from './moves.ts';
import type { LedgerRecord, Sent } from './record.ts';

/** How an attempt ended, as its owner reports it. `sent` is present once a name was sent. */
export type Ending =
  | { readonly kind: 'delivered'; readonly warnings: readonly string[]; readonly sent: Sent }
  | {
      readonly kind: 'failed';
      readonly as: FailureStatus;
      readonly failure: FailureDetail;
      /** The pause that holds it. */
      readonly pausedBy?: string;
      readonly sent?: Sent;
    };

/** Everything that can happen to an upload, as the ledger sees it. Times are milliseconds since the epoch. */
export type LedgerEvent =
  /** An event, the schedule or an operator wants to send it. */
  | {
      readonly kind: 'claim';
      readonly upload: Upload;
      readonly target?: Target;
      readonly attachmentType?: AttachmentType;
      readonly owner: string;
      readonly leaseUntil: number;
      /** The malware scan found nothing, so what an earlier verdict held may be sent. */
      readonly scannedClean?: boolean;
    }
  | (Extract<Ending, { kind: 'delivered' }> & { readonly owner: string })
  /** `dueAt` is for `retrying` and `unknown`. */
  | (Extract<Ending, { kind: 'failed' }> & { readonly owner: string; readonly dueAt: number })
  | { readonly kind: 'lease-expired'; readonly dueAt: number }
  /** What reading the target showed. */
  | { readonly kind: 'found'; readonly sent?: Sent }
  | { readonly kind: 'absent'; readonly dueAt: number; readonly final: boolean }
  | { readonly kind: 'unreadable'; readonly dueAt: number; readonly failure: FailureDetail }
  | { readonly kind: 'undecidable'; readonly failure: FailureDetail }
  /** Its integration is paused, so the target is not read until the pause ends. */
  | { readonly kind: 'paused'; readonly scope: string; readonly failure: FailureDetail }
  | { readonly kind: 'blocked-by-scan'; readonly failure: FailureDetail }
  /** The pause that held it has ended. */
  | { readonly kind: 'released'; readonly scope: string; readonly dueAt: number }
  /** An operator's decision; its reason is stored with the record. */
  | { readonly kind: 'retry'; readonly reason: string }
  | { readonly kind: 'resend'; readonly reason: string }
  | { readonly kind: 'resolve'; readonly reason: string };

export type LedgerEventKind = LedgerEvent['kind'];
export type EventOf<K extends LedgerEventKind> = Extract<LedgerEvent, { kind: K }>;

const formOfFailure = {
  retrying: 'not delivered',
  unknown: 'answer lost',
  held: 'an operator must act',
  rejected: 'file or key is wrong',
  superseded: 'object gone or replaced',
} as const satisfies Record<FailureStatus, EventForm>;

const formOfKind = {
  delivered: 'delivered',
  'lease-expired': 'lease ended',
  found: 'found at the target',
  unreadable: 'target not readable',
  undecidable: 'cannot be decided',
  paused: 'integration paused',
  'blocked-by-scan': 'blocked by the malware scan',
  released: 'pause ended',
  retry: 'retry',
  resend: 'resend',
  resolve: 'resolve',
} as const satisfies Record<Exclude<LedgerEventKind, 'claim' | 'failed' | 'absent'>, EventForm>;

/** The forms under which an event may be allowed; any one of them is enough. */
export const formsOf = (event: LedgerEvent, record: LedgerRecord | undefined): readonly EventForm[] => {
  switch (event.kind) {
    case 'claim': {
      const { versionId } = event.upload;
      const isNewUpload = versionId !== undefined && versionId !== record?.upload.versionId;
      return [
        'claim',
        ...(isNewUpload ? (['claim after a new upload'] as const) : []),
        ...(event.scannedClean ? (['claim after a clean scan'] as const) : []),
      ];
    }
    case 'failed':
      return [formOfFailure[event.as]];
    case 'absent':
      return [event.final ? 'not found again, later' : 'not found'];
    default:
      return [formOfKind[event.kind]];
  }
};
