/** The part of the package that the local stack uses; it brings no types of its own. */
declare module '@20minutes/s3rver' {
  import type { RequestListener } from 'node:http';

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

  export default class S3rver {
    constructor(options: S3rverOptions);
    on(name: 'event', listener: (event: S3rverEvent) => void): this;
    on(name: 'error', listener: (error: unknown) => void): this;
    configureBuckets(): Promise<unknown>;
    callback(): RequestListener;
    readonly logger: { readonly exceptions: { unhandle(): void }; close(): void };
  }
}
