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
  /** Absent when the bucket keeps no versions. The bytes under the key can then be replaced at any time. */
  readonly versionId?: string;
  /** When it was put, in milliseconds since the epoch, cut to whole seconds. */
  readonly modifiedAt?: number;
  /** For verifying the bytes. */
  readonly checksum?: Checksum;
  /** For recognising the file at its target. */
  readonly identity?: Checksum;
  /** Each chunk is valid until the next one is requested. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Releases the connection, even if not everything was read. Must be called when the object is no longer needed. */
  close(): void;
}

/** An object in a listing. */
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
  /** Starts after this key. */
  readonly afterKey?: string | undefined;
  /** Continues after the page that returned this token; `afterKey` is ignored then. */
  readonly token?: string | undefined;
  /** Keys with the same text between the prefix and this delimiter are shown as one folder. */
  readonly delimiter?: string;
}

export interface ListedPage {
  /**
   * May be empty although more pages follow: S3 may end a page before its first object, for example after many deleted
   * ones.
   */
  readonly objects: readonly ListedObject[];
  /** Only with a delimiter: shared beginnings of keys, each ending with the delimiter. */
  readonly folders: readonly string[];
  /** The token of the next page; present only when there is one. */
  readonly next?: string;
}

/** The bucket, read only. */
export interface Storage {
  /** Opens exactly the object that the upload names. If another one is under its key, fails with OBJECT_REPLACED. */
  open(upload: Upload, signal: AbortSignal): Promise<Result<StoredObject>>;
  /**
   * Opens the object even if it was deleted or replaced since, if the upload names its version. For comparison only,
   * not for sending.
   */
  openVersion(upload: Upload, signal: AbortSignal): Promise<Result<StoredObject>>;
  /** The object under a key now. */
  find(bucket: string, key: string, signal: AbortSignal): Promise<Result<Upload>>;
  /** Up to 1,000 objects and folders, in key order. */
  list(bucket: string, range: ListRange, signal: AbortSignal): Promise<Result<ListedPage>>;
  /**
   * A link that reads this version without credentials for `lifetimeSeconds`. The link is a secret: never logged or
   * stored.
   */
  link(
    upload: Upload,
    options: { readonly lifetimeSeconds: number; readonly contentType: string; readonly versionId: string },
  ): Promise<string>;
}

/** Puts an object into the bucket. Used only for the canary. */
export type PutObject = (
  object: {
    readonly bucket: string;
    readonly key: string;
    readonly bytes: Uint8Array;
    readonly contentType: string;
  },
  signal: AbortSignal,
) => Promise<Result<{ readonly etag: string }>>;
