import type { Habit } from './ats-habits.ts';

/** Faults that decide how a call ends. At most one of them applies to a call. */
export type DecisiveFault =
  /** A JSON error. `bare` leaves out all but the message, as older pages of Kombo's documentation show it. */
  | {
      readonly kind: 'error';
      readonly code: string | null;
      readonly status: number;
      readonly stored: boolean;
      readonly bare?: true;
      readonly message?: string;
    }
  /** An error that comes after the headers, while the body is still on its way. */
  | { readonly kind: 'early'; readonly code: string | null; readonly status: number; readonly drained: boolean }
  | { readonly kind: 'reset-before-body' }
  /** Half of the announced length when `afterBytes` is left out. */
  | { readonly kind: 'reset-mid-body'; readonly afterBytes?: number }
  | { readonly kind: 'reset-after-body'; readonly stored: boolean }
  | { readonly kind: 'silence'; readonly stored: boolean }
  | { readonly kind: 'html'; readonly status: number; readonly stored: boolean }
  | { readonly kind: 'empty'; readonly status: number; readonly stored: boolean }
  | { readonly kind: 'error-in-200'; readonly stored: boolean }
  /** From here on the call succeeds; only its answer changes. */
  | { readonly kind: 'created' }
  | { readonly kind: 'no-warnings' }
  | { readonly kind: 'truncated-json' }
  | { readonly kind: 'cut-answer' }
  | { readonly kind: 'huge'; readonly sizeBytes: number }
  | { readonly kind: 'drip'; readonly everyMs: number };

/** Faults that change a call without ending it; a call may have any number of them. */
export type BendingFault =
  /** The work is done, its answer is late. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The work takes this long, and is finished even when the caller has left. */
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'warnings'; readonly messages: readonly string[] }
  /** In addition to the habits of the integration; changes a listing and the links in it. */
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
