import type { FailureStatus } from '../failures/failure.ts';
import type { FailureDetail } from '../failures/failures.ts';
import type { FileContent } from '../upload/file-content.ts';
import { isNewerUpload } from '../upload/is-newer.ts';
import type { AttachmentType, Target } from '../upload/target.ts';
import type { Upload } from '../upload/upload.ts';
import { latestVerdict, openVerdict, type ScanVerdict } from './latest-verdict.ts';
import type { EventForm } from './moves.ts';
import type { LedgerRecord, Look, Sent } from './record.ts';
import { isBeforeRestore, type Restored } from './restored.ts';

/** What the attempt learned when it opened the object. */
interface Opened {
  readonly content?: FileContent | undefined;
  /** The object's own size, because S3's notification may have a wrong one or none. */
  readonly sizeBytes?: number | undefined;
  readonly correlationId?: string | undefined;
  /** LastModified. */
  readonly modifiedAt?: number | undefined;
  /** Digest of the object's headers; kept with a rejection. */
  readonly headers?: string | undefined;
}

/** How an attempt ended, as reported by its owner. `sent` is present once a name was sent. */
export type Ending =
  | (Opened & {
      readonly kind: 'delivered';
      readonly warnings: readonly string[];
      readonly sent: Sent;
    })
  /** Nothing was sent: an earlier upload of the key delivered the same bytes at that time. */
  | (Opened & { readonly kind: 'same-bytes'; readonly attachedAt: number })
  | (Opened & {
      readonly kind: 'failed';
      readonly as: FailureStatus;
      readonly failure: FailureDetail;
      /** Another upload must be decided first. This one is tried again then, with a new retry budget. */
      readonly waitsUntil?: number;
      readonly sent?: Sent;
    });

/** `passing`: the check failed for a reason that may be temporary, so it does not count. */
export type LookCount = 'absent' | 'doubtful' | 'passing';

interface LookedAt {
  readonly look?: Look | undefined;
  /** Facts about our file, if the check had to read its object. */
  readonly sent?: Sent | undefined;
  readonly content?: FileContent | undefined;
  readonly correlationId?: string | undefined;
}

/** Everything that can happen to an upload. Times are milliseconds since the epoch. */
export type LedgerEvent =
  /** An event, the schedule or an operator wants to send the upload. */
  | {
      readonly kind: 'claim';
      readonly upload: Upload;
      readonly target?: Target;
      readonly attachmentType?: AttachmentType;
      readonly owner: string;
      readonly leaseUntil: number;
      /**
       * A clean verdict. It releases a file that an earlier verdict holds, and protects it from an older one that
       * arrives late.
       */
      readonly verdict?: ScanVerdict | undefined;
      /**
       * The file may be claimed before it is due, because an operator asked for it or it tests whether a pause has
       * ended.
       */
      readonly early?: boolean;
      readonly backfill?: boolean | undefined;
      /** A record last changed before this is in doubt and not claimed. */
      readonly restored?: Restored | undefined;
    }
  /** The upload is recorded as waiting without a claim: its lane is paused or busy, or its event was lost. */
  | {
      readonly kind: 'postponed';
      readonly upload: Upload;
      readonly target: Target;
      readonly attachmentType: AttachmentType;
      readonly failure: FailureDetail;
      readonly dueAt: number;
      readonly verdict?: ScanVerdict | undefined;
      readonly backfill?: boolean | undefined;
      readonly restored?: Restored | undefined;
    }
  /** The table may have lost its delivery in a restore, so its target is checked before it is sent. */
  | {
      readonly kind: 'doubted';
      readonly upload: Upload;
      readonly target: Target;
      readonly attachmentType: AttachmentType;
      readonly restored: Restored;
      readonly verdict?: ScanVerdict | undefined;
      readonly backfill?: boolean | undefined;
    }
  | (Extract<Ending, { kind: 'delivered' | 'same-bytes' }> & { readonly owner: string })
  /** The response arrived after the lease of its attempt, `attempt`, had ended. */
  | (Omit<Extract<Ending, { kind: 'delivered' }>, 'kind'> & {
      readonly kind: 'delivered-late';
      readonly attempt: number;
    })
  /** `dueAt` is for `waiting` and `unknown`. */
  | (Extract<Ending, { kind: 'failed' }> & { readonly owner: string; readonly dueAt: number })
  | { readonly kind: 'lease-expired'; readonly dueAt: number }
  /** The target lists a file with its bytes. */
  | (LookedAt & { readonly kind: 'found' })
  /** A check of the target without a final result, and how it counts. */
  | (LookedAt & { readonly kind: 'looked'; readonly counts: LookCount; readonly dueAt: number })
  /** It is not at the target, so it may be sent again. */
  | (LookedAt & { readonly kind: 'absent'; readonly dueAt: number })
  | (LookedAt & { readonly kind: 'undecidable'; readonly failure: FailureDetail })
  /**
   * A verdict of the malware scan. It changes the state of a file that is not being sent, and is stored beside any
   * other state.
   */
  | {
      readonly kind: 'scanned';
      readonly upload: Upload;
      readonly target?: Target;
      readonly attachmentType?: AttachmentType;
      readonly verdict: ScanVerdict;
      readonly restored?: Restored | undefined;
    }
  /** With REQUIRE_SCAN: the object exists and has no verdict. With `restored` it may also have been sent. */
  | {
      readonly kind: 'unscanned';
      readonly upload: Upload;
      readonly target?: Target;
      readonly attachmentType?: AttachmentType;
      readonly restored?: Restored | undefined;
    }
  /** An operator's decision; its reason is stored with the record. The target comes from the key as it is read now. */
  | (Partial<Pick<LedgerRecord, 'target' | 'attachmentType'>> & {
      readonly kind: 'retry';
      readonly reason: string;
      readonly restored?: Restored | undefined;
    })
  | (Partial<Pick<LedgerRecord, 'target' | 'attachmentType'>> & { readonly kind: 'resend'; readonly reason: string })
  | { readonly kind: 'resolve'; readonly reason: string };

export type LedgerEventKind = LedgerEvent['kind'];
export type EventOf<K extends LedgerEventKind> = Extract<LedgerEvent, { kind: K }>;

const formOfFailure = {
  waiting: 'not delivered',
  unknown: 'answer lost',
  held: 'an operator must act',
  rejected: 'file or key is wrong',
  superseded: 'object gone or replaced',
} as const satisfies Record<FailureStatus, EventForm>;

const formOfKind = {
  delivered: 'delivered',
  'delivered-late': 'delivered, after the lease',
  'same-bytes': 'same bytes attached before',
  found: 'found at the target',
  looked: 'looked at the target',
  undecidable: 'cannot be decided',
  retry: 'retry',
  resend: 'resend',
  resolve: 'resolve',
} as const satisfies Record<
  Exclude<
    LedgerEventKind,
    'claim' | 'postponed' | 'doubted' | 'failed' | 'absent' | 'lease-expired' | 'scanned' | 'unscanned'
  >,
  EventForm
>;

/** The forms under which an event may be allowed. Any one of them is enough. */
export const formsOf = (event: LedgerEvent, record: LedgerRecord | undefined): readonly EventForm[] => {
  switch (event.kind) {
    case 'claim':
      return [
        'claim',
        ...(isNewUpload(event.upload, record) ? (['claim after a new upload'] as const) : []),
        ...(isFoundClean(event.verdict, record) ? (['claim after a clean scan'] as const) : []),
      ];
    case 'postponed':
      return [
        'postponed',
        ...(isNewUpload(event.upload, record) ? (['postponed after a new upload'] as const) : []),
        ...(isFoundClean(event.verdict, record) ? (['postponed after a clean scan'] as const) : []),
      ];
    case 'doubted':
      return [
        'doubted after a restore',
        ...(isNewUpload(event.upload, record) ? (['doubted after a new upload'] as const) : []),
        ...(isFoundClean(event.verdict, record) ? (['doubted after a clean scan'] as const) : []),
      ];
    case 'retry':
      return [
        ...(record && isBeforeRestore(record, event.restored) ? (['retry after a restore'] as const) : []),
        'retry',
      ];
    // A record without a target cannot have been sent.
    case 'lease-expired':
      if (record?.target) return ['lease ended'];
      return [hasOpenVerdict(record) ? 'not delivered, and not found clean' : 'lease ended without a target'];
    case 'failed':
      return [
        event.as !== 'unknown' && hasOpenVerdict(record)
          ? 'not delivered, and not found clean'
          : formOfFailure[event.as],
      ];
    case 'absent':
      return [hasOpenVerdict(record) ? 'not at the target, and not found clean' : 'not at the target'];
    case 'scanned':
      if (event.verdict.code === 'clean' || isKnownFinding(record, event.verdict)) return ['found clean'];
      return [
        ...(record && isBeforeRestore(record, event.restored) ? (['not found clean, after a restore'] as const) : []),
        'not found clean',
      ];
    case 'unscanned':
      return [
        'not scanned',
        ...(isNewUpload(event.upload, record) ? (['not scanned, after a new upload'] as const) : []),
      ];
    default:
      return [formOfKind[event.kind]];
  }
};

/** A verdict that an operator has acknowledged holds nothing. */
const isKnownFinding = (record: LedgerRecord | undefined, verdict: ScanVerdict): boolean =>
  record?.verdict?.acknowledged === true && openVerdict(latestVerdict(record.verdict, verdict)) === undefined;

const hasOpenVerdict = (record: LedgerRecord | undefined): boolean => openVerdict(record?.verdict) !== undefined;

/** A clean verdict that is older than the blocking one does not count. */
const isFoundClean = (verdict: ScanVerdict | undefined, record: LedgerRecord | undefined): boolean =>
  verdict !== undefined && latestVerdict(record?.verdict, verdict)?.code === 'clean';

const isNewUpload = (upload: Upload, record: LedgerRecord | undefined): boolean =>
  record !== undefined && isNewerUpload(upload, record);
