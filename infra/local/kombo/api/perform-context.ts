import type { BendingFault } from '../faults/fault.ts';
import type { Integration } from '../store/integrations.ts';

/** What a call needs besides its own fields. */
export interface PerformContext {
  /** Undefined for the calls that name none in a header. */
  readonly integration: Integration | undefined;
  readonly contentType: string | undefined;
  readonly body: Buffer;
  readonly bending: readonly BendingFault[];
  /** Where Kombo would show the log of this call. */
  readonly logUrl: string;
  readonly interrupted: AbortSignal;
  readonly onStored: () => void;
}
