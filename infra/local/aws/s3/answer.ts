import type { Readable } from 'node:stream';
import { type Elements, xmlDocument } from './xml.ts';

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | Readable;
}

export const xmlAnswer = (root: string, elements: Elements, headers: Answer['headers'] = {}): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/xml', ...headers },
  body: xmlDocument(root, elements),
});

/** S3 shows whole seconds everywhere: headers have no more, and listings agree with headers. */
export const isoTime = (ms: number): string => new Date(Math.floor(ms / 1_000) * 1_000).toISOString();

export const quoted = (etag: string): string => `"${etag}"`;
