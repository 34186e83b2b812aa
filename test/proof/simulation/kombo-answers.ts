import { komboErrorCodes } from '../../../lib/failures/kombo-failures.ts';
import type { HttpAnswer } from '../../../lib/kombo/transport.ts';

/** How Kombo handles one POST. */
export interface PostFate {
  readonly kind:
    | 'attaches'
    | 'refuses-early'
    | 'refuses'
    | 'unreachable'
    | 'resets-before'
    | 'answers-oddly'
    | 'is-silent'
    | 'resets-after';
  /** For refusals and odd answers. */
  readonly answer?: HttpAnswer;
  /** Whether a complete body is stored although the answer is not a success. */
  readonly stores: boolean;
  /** From the last byte until the file is stored, and until the listing shows it. */
  readonly workMs: number;
  readonly listingLagMs: number;
}

export const json = (status: number, body: unknown): HttpAnswer => ({
  status,
  headers: {},
  text: JSON.stringify(body),
  complete: true,
});

export const errorAnswer = (status: number, code: string | null): HttpAnswer =>
  json(status, { status: 'error', error: { code, title: null, message: 'Refused for Zebulon Quux.', log_url: null } });

export const html: HttpAnswer = { status: 200, headers: {}, text: '<html>Hello</html>', complete: true };

export const allCodes = Object.keys(komboErrorCodes);
