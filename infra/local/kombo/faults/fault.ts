import type { Habit } from './ats-habits.ts';

/** Faults that decide how a call ends. At most one of them applies to a call. */
export type DecisiveFault =
  /** A JSON error. `bare` omits all but the message, as in older pages of Kombo's documentation. */
  | {
      readonly kind: 'error';
      readonly code: string | null;
      readonly status: number;
      readonly stored: boolean;
      readonly bare?: true;
      readonly message?: string;
    }
  /** An error sent after the headers, while the body is still being sent. */
  | { readonly kind: 'early'; readonly code: string | null; readonly status: number; readonly drained: boolean }
  | { readonly kind: 'reset-before-body' }
  /** Default: half of the declared length. */
  | { readonly kind: 'reset-mid-body'; readonly afterBytes?: number }
  | { readonly kind: 'reset-after-body'; readonly stored: boolean }
  | { readonly kind: 'silence'; readonly stored: boolean }
  | { readonly kind: 'html'; readonly status: number; readonly stored: boolean }
  | { readonly kind: 'empty'; readonly status: number; readonly stored: boolean }
  | { readonly kind: 'error-in-200'; readonly stored: boolean }
  /** The call succeeds for this and the following kinds; only its answer changes. */
  | { readonly kind: 'created' }
  | { readonly kind: 'no-warnings' }
  | { readonly kind: 'truncated-json' }
  | { readonly kind: 'cut-answer' }
  | { readonly kind: 'huge'; readonly sizeBytes: number }
  | { readonly kind: 'drip'; readonly everyMs: number };

/** Faults that change a call without ending it; a call may have any number of them. */
export type BendingFault =
  /** The call is performed, but its answer is late. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The call takes this long, and is performed even when the caller disconnects. */
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'warnings'; readonly messages: readonly string[] }
  /** Adds to the habits of the integration; changes a listing and the links in it. */
  | { readonly kind: 'habit'; readonly habit: Habit };

export type Fault = DecisiveFault | BendingFault;

/** Whether the call is performed before the fault applies; a fault's own `stored` takes precedence. */
const worksFirst = {
  error: false,
  early: false,
  'reset-before-body': false,
  'reset-mid-body': false,
  'reset-after-body': false,
  silence: false,
  html: false,
  empty: false,
  'error-in-200': false,
  created: true,
  'no-warnings': true,
  'truncated-json': true,
  'cut-answer': true,
  huge: true,
  drip: true,
} as const satisfies Record<DecisiveFault['kind'], boolean>;

export const isDecisive = (fault: Fault): fault is DecisiveFault => Object.hasOwn(worksFirst, fault.kind);

export const storesFile = (fault: DecisiveFault): boolean =>
  'stored' in fault ? fault.stored : worksFirst[fault.kind];
