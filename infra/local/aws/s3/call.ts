import type { Readable } from 'node:stream';
import type { CreatedObject } from '../events/s3-notification.ts';
import type { ObjectStore } from './object-store.ts';

/** Lower-case names; values as Node returns them, with bytes as Latin-1. */
export type Headers = Readonly<Record<string, string | undefined>>;

export interface S3Request {
  readonly method: string;
  /** The path as sent, not decoded. */
  readonly path: string;
  /** '' asks for the list of buckets. */
  readonly bucket: string;
  /** '' means the bucket itself. */
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: Headers;
  /** A client that sent `Expect: 100-continue` sends its body only when this is called. */
  readonly body: () => AsyncIterable<Buffer>;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Headers;
  readonly body?: string | Readable;
}

/** The context of every call. */
export interface Context {
  readonly store: ObjectStore;
  readonly region: string;
  readonly onCreated: (object: CreatedObject) => void;
}

export type Call = (context: Context, request: S3Request) => Answer | Promise<Answer>;
