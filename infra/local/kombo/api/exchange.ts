import type { IncomingMessage, ServerResponse } from 'node:http';
import type { OpenRecord } from '../store/request-log.ts';

/** One request on its way through the emulator. */
export interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly record: OpenRecord;
  /** Limits at the start of the answer, and what a fault adds. */
  readonly headers: () => Record<string, string>;
  /** Frees the slot among the calls in flight; harmless when it is free already. */
  readonly release: () => void;
  /** Where the emulator shows this request, in the place of Kombo's log. */
  readonly logUrl: string;
  /** Aborts when the emulator is reset or closed while this is in progress. */
  readonly interrupted: AbortSignal;
}
