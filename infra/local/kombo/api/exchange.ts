import type { IncomingMessage, ServerResponse } from 'node:http';
import type { OpenRecord } from '../store/request-log.ts';

/** One request on its way through the emulator. */
export interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly record: OpenRecord;
  /** Limits as they stand when the answer begins, and what a fault adds. */
  readonly headers: () => Record<string, string>;
  /** Gives the place among the calls in flight back; harmless when it was given back before. */
  readonly release: () => void;
  /** Where the emulator tells about this request, in the place of Kombo's log. */
  readonly logUrl: string;
  /** Aborts when the emulator is reset or closed while this is under way. */
  readonly interrupted: AbortSignal;
}
