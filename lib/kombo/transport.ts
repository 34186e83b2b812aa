import { OwnError } from '../failures/own-error.ts';
import type { RequestBody } from './attachment-request.ts';

/** Sends HTTP requests to Kombo. Tests and the simulation replace it with their own Kombo. */
export interface Transport {
  /**
   * Resolves with the response, whatever its status. A response that arrives before the body is sent ends the sending.
   * @throws {TransportError} when there is no response; errors of the body's source are thrown unchanged
   */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Opens a connection ahead of need, so that the handshake overlaps with other waiting. Never fails. */
  warmUp(): void;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** Below the base URL, percent-encoded, with its leading slash. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
  /** False when the response was longer than the maximum, or broke off: `text` is then only its beginning. */
  readonly complete: boolean;
  /** The response started before the last piece of the body was handed over. That piece is then never sent. */
  readonly early?: boolean;
}

/** `unreachable`: no connection could be made. `lost`: it broke. `aborted`: our deadline ended the wait. */
export type TransportFault = 'unreachable' | 'lost' | 'aborted';

export class TransportError extends OwnError {
  override readonly name = 'TransportError';
  readonly fault: TransportFault;
  /** The connection had served an earlier call, so it may have been dead before this one. */
  readonly reusedConnection: boolean;

  constructor(fault: TransportFault, reusedConnection: boolean, options?: ErrorOptions) {
    super(`Kombo: connection ${fault}`, options);
    this.fault = fault;
    this.reusedConnection = reusedConnection;
  }
}
