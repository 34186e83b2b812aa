import type { IncomingMessage, ServerResponse } from 'node:http';
import type { OpenRecord } from '../store/request-log.ts';

/** A request that the emulator is handling. */
export interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly record: OpenRecord;
  /** The limits when the answer starts, and the headers that a fault adds. */
  readonly headers: () => Record<string, string>;
  /** Frees the slot; calling it again has no effect. */
  readonly release: () => void;
  /** The URL at which the emulator shows this request, in place of Kombo's log. */
  readonly logUrl: string;
  /** Aborts when the emulator is reset or closed during the request. */
  readonly interrupted: AbortSignal;
}
