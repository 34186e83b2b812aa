import type { FailureCode } from '../failures/failures.ts';
import { OwnError } from '../failures/own-error.ts';

export type SourceFailureCode = Extract<
  FailureCode,
  'SOURCE_SHORT' | 'SOURCE_STALLED' | 'SOURCE_CORRUPT' | 'STORAGE_UNAVAILABLE' | 'OUT_OF_TIME'
>;

/**
 * The object could not be read to its verified end. Thrown through the body into the HTTP request, which it aborts. The
 * last bytes are withheld until then, so Kombo has never seen a complete body.
 */
export class SourceError extends OwnError {
  override readonly name = 'SourceError';
  readonly code: SourceFailureCode;

  constructor(code: SourceFailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
