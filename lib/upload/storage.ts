import type { Result } from '../result.ts';
import type { Checksum } from '../stream/checksum.ts';
import type { Upload } from './upload.ts';

/** An object opened for reading: its headers have been read, its bytes have not. */
export interface StoredObject {
  readonly etag: string;
  readonly sizeBytes: number;
  readonly contentType?: string;
  readonly contentEncoding?: string;
  /** User metadata, names in lower case. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Absent where the bucket keeps no versions: the bytes under the key can then be replaced at any time. */
  readonly versionId?: string;
  /** When it was put, in milliseconds since the epoch; whole seconds. */
  readonly modifiedAt?: number;
  /** To verify the bytes by. */
  readonly checksum?: Checksum;
  /** To recognise the file by at its target. */
  readonly identity?: Checksum;
  /** Each chunk is valid until the next one is requested. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Releases the connection, however much was read. Must be called once the object is no longer needed. */
  close(): void;
}

/** An object as a listing shows it. */
export interface ListedObject {
  readonly key: string;
  readonly etag: string;
  readonly sizeBytes: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
}

/** Which keys a listing shows, and where it starts. */
export interface ListRange {
  readonly prefix: string;
  /** Starts behind this key. */
  readonly afterKey?: string;
  /** Continues where the page that gave this token ended; then `afterKey` has no effect. */
  readonly token?: string;
  /** Keys that share their beginning up to this text, after the prefix, are shown as one folder. */
  readonly delimiter?: string;
}

export interface ListedPage {
  /** Empty also where more follow: S3 may end a page before the first object, for example after many deleted ones. */
  readonly objects: readonly ListedObject[];
  /** With a delimiter only: beginnings that keys share, each with the delimiter at its end. */
  readonly folders: readonly string[];
  /** The token of the next page; present exactly when there is more. */
  readonly next?: string;
}

/** The bucket, read only. */
export interface Storage {
  /** Opens exactly the object that the upload names; another one under its key is OBJECT_REPLACED. */
  open(upload: Upload, signal: AbortSignal): Promise<Result<StoredObject>>;
  /** The same object even when it was deleted or replaced since, where the upload names a version of it. Only to look at it. */
  openVersion(upload: Upload, signal: AbortSignal): Promise<Result<StoredObject>>;
  /** The object under a key now. */
  find(bucket: string, key: string, signal: AbortSignal): Promise<Result<Upload>>;
  /** Up to 1,000 objects and folders, in key order. */
  list(bucket: string, range: ListRange, signal: AbortSignal): Promise<Result<ListedPage>>;
  /** A link that reads this version without credentials for `lifetimeSeconds`. A secret: never logged or stored. */
  link(
    upload: Upload,
    options: { readonly lifetimeSeconds: number; readonly contentType: string; readonly versionId: string },
  ): Promise<string>;
}

/** Puts an object into the bucket: only the canary is put by this project. */
export type PutObject = (
  object: {
    readonly bucket: string;
    readonly key: string;
    readonly bytes: Uint8Array;
    readonly contentType: string;
  },
  signal: AbortSignal,
) => Promise<Result<{ readonly etag: string }>>;
