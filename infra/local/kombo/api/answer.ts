import type { ApiError } from './errors.ts';

/** The answer to a call, before any fault changes it. */
export interface Answer<Body extends string | Buffer = string> {
  readonly status: number;
  readonly contentType: string;
  readonly body: Body;
  /** Kombo's error code for the request log, or null. */
  readonly code: string | null;
}

export const jsonAnswer = (status: number, value: unknown, code: string | null = null): Answer => ({
  status,
  contentType: 'application/json; charset=utf-8',
  body: JSON.stringify(value),
  code,
});

/** The success of a unified action. Kombo's other endpoints return no `warnings`. */
export const actionSuccess = (data: object, warnings: readonly string[]): Answer =>
  jsonAnswer(200, { status: 'success', data, warnings: warnings.map((message) => ({ message })) });

export const plainSuccess = (data: object): Answer => jsonAnswer(200, { status: 'success', data });

export const failure = ({ code, status, title, message }: ApiError, logUrl: string): Answer =>
  jsonAnswer(status, { status: 'error', error: { code, title, message, log_url: logUrl } }, code);

export const htmlAnswer = (status: number): Answer => ({
  status,
  contentType: 'text/html; charset=utf-8',
  body: `<!doctype html><html><head><title>${status}</title></head><body><h1>${status}</h1><p>This page comes from a load balancer, not from the API.</p></body></html>\n`,
  code: null,
});
