/** The parts of the package that the local stack uses; it brings no types of its own. */
declare module '@20minutes/s3rver' {
  import type { RequestListener } from 'node:http';
  import type FilesystemStore from '@20minutes/s3rver/lib/stores/filesystem.js';

  export interface S3rverOptions {
    readonly directory: string;
    readonly silent: boolean;
    readonly allowMismatchedSignatures: boolean;
    readonly vhostBuckets: boolean;
    readonly configureBuckets: readonly { readonly name: string }[];
  }

  export interface S3rverEvent {
    readonly Records: readonly {
      readonly eventTime: string;
      readonly eventName: string;
      readonly s3: {
        readonly bucket: { readonly name: string };
        /** The key as it was uploaded, not encoded as in an event of S3. A copy has no eTag, a deletion no size. */
        readonly object: {
          readonly key: string;
          readonly size?: number;
          readonly eTag?: string;
          readonly sequencer: string;
        };
      };
    }[];
  }

  /** Of Koa's context. */
  export interface S3rverContext {
    readonly query: Readonly<Record<string, string | string[] | undefined>>;
    /** An object until it is made XML. */
    body: unknown;
    type: string;
  }

  export type S3rverMiddleware = (context: S3rverContext, next: () => Promise<void>) => Promise<void>;

  export default class S3rver {
    constructor(options: S3rverOptions);
    on(name: 'event', listener: (event: S3rverEvent) => void): this;
    on(name: 'error', listener: (error: unknown) => void): this;
    configureBuckets(): Promise<unknown>;
    callback(): RequestListener;
    readonly logger: { readonly exceptions: { unhandle(): void }; close(): void };
    /** From the outermost to the router. */
    readonly middleware: S3rverMiddleware[];
    store: FilesystemStore;
    readonly context: { store: FilesystemStore };
  }
}

declare module '@20minutes/s3rver/lib/stores/filesystem.js' {
  import type { Readable } from 'node:stream';

  export type Metadata = Readonly<Record<string, string | number | undefined>>;

  export interface ObjectToStore {
    readonly bucket: string;
    readonly key: string;
    readonly content: Readable | Buffer;
    readonly metadata: Metadata;
  }

  /** Content is absent where a range begins after the end. */
  export interface ObjectFound {
    readonly key: string;
    readonly content?: Readable | null;
    readonly metadata: Metadata;
  }

  export interface Range {
    readonly start?: number;
    readonly end?: number;
  }

  export interface ListOptions {
    readonly prefix?: string | undefined;
    readonly delimiter?: string | undefined;
    readonly startAfter?: string | undefined;
    readonly maxKeys?: number | undefined;
  }

  export interface ObjectList {
    readonly objects: readonly ObjectFound[];
    readonly commonPrefixes: readonly string[];
    readonly isTruncated: boolean;
  }

  export interface Written {
    readonly size: number;
    readonly md5: string;
  }

  /** An object is three files: `object`, `object.md5` and `metadata.json`. */
  export default class FilesystemStore {
    constructor(rootDirectory: string);
    readonly rootDirectory: string;
    getResourcePath(bucket: string, key: string | undefined, resource: string): string;
    getMetadata(bucket: string, key: string): Promise<Metadata>;
    getObject(bucket: string, key: string, range?: Range): Promise<ObjectFound | null>;
    putObject(object: ObjectToStore): Promise<Written>;
    copyObject(
      fromBucket: string,
      fromKey: string,
      toBucket: string,
      toKey: string,
      newMetadata: Metadata | null,
    ): Promise<Metadata>;
    deleteObject(bucket: string, key: string): Promise<void>;
    listObjects(bucket: string, options: ListOptions): Promise<ObjectList>;
  }
}

declare module '@20minutes/s3rver/lib/models/object.js' {
  import type { Metadata, ObjectFound } from '@20minutes/s3rver/lib/stores/filesystem.js';

  export default class S3Object implements ObjectFound {
    constructor(bucket: string, key: string, content: null, metadata: Metadata);
    readonly key: string;
    readonly metadata: Metadata;
  }
}
