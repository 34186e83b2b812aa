import type { BendingFault } from '../faults/fault.ts';
import type { Integration } from '../store/integrations.ts';

/** What a call needs in addition to its own fields. */
export interface PerformContext {
  /** Undefined for calls that name none in a header. */
  readonly integration: Integration | undefined;
  readonly contentType: string | undefined;
  readonly body: Buffer;
  readonly bending: readonly BendingFault[];
  /** The URL at which Kombo would show the log of this call. */
  readonly logUrl: string;
  readonly interrupted: AbortSignal;
  readonly onStored: () => void;
}
