import type { ConcurrencyGate, LimitSettings, RateWindows } from './api/limits.ts';
import type { Links } from './api/links.ts';
import type { ArmedFaults } from './faults/armed-faults.ts';
import type { ApiKeys } from './store/api-keys.ts';
import type { AttachmentStore } from './store/attachment-store.ts';
import type { Integrations } from './store/integrations.ts';
import type { RequestLog } from './store/request-log.ts';

/** The state that calls can read and change. */
export interface KomboState {
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** `http://127.0.0.1:<port>`, known once the server listens. */
  readonly origin: () => string;
  readonly maxBodyBytes: number;
  readonly apiKeys: ApiKeys;
  readonly integrations: Integrations;
  readonly faults: ArmedFaults;
  readonly limits: LimitSettings;
  readonly rates: RateWindows;
  readonly gate: ConcurrencyGate;
  readonly store: AttachmentStore;
  readonly links: Links;
  readonly requests: RequestLog;
  /** Aborts on the next reset or close: calls in progress end and store nothing. */
  readonly interruption: () => AbortSignal;
}
