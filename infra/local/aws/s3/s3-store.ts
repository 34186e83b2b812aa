import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import S3Object from '@20minutes/s3rver/lib/models/object.js';
import FilesystemStore, {
  type ListOptions,
  type Metadata,
  type ObjectFound,
  type ObjectList,
  type ObjectToStore,
  type Range,
  type Written,
} from '@20minutes/s3rver/lib/stores/filesystem.js';
import { bucketListing } from './bucket-listing.ts';

/** The object itself comes last: as long as it is missing, nobody sees the others. */
const parts = ['metadata.json', 'object.md5', 'object'];

/** Beside the objects, for a rename works within one file system only. Its files do not end as those of objects do. */
const stagingFolder = (directory: string, bucket: string): string => path.join(directory, bucket, '._S3rver_staging');

class StagingStore extends FilesystemStore {
  override getResourcePath(bucket: string, key = '', resource: string): string {
    return path.join(stagingFolder(this.rootDirectory, bucket), `${key}.${resource}`);
  }
}

/**
 * Objects as files, each visible only when it is whole, as on S3.
 * The store of the package writes them where they are read: a listing shows what has come in so far, and an upload that
 * breaks off leaves its first half behind. Here they are written aside and renamed at their end, so nobody has to wait.
 */
export class S3Store extends FilesystemStore {
  readonly #staging: StagingStore;

  /** @param bucket what a process that was killed had begun to write in it is deleted */
  constructor(directory: string, bucket: string) {
    super(directory);
    this.#staging = new StagingStore(directory);
    rmSync(stagingFolder(directory, bucket), { recursive: true, force: true });
  }

  override async putObject({ bucket, key, content, metadata }: ObjectToStore): Promise<Written> {
    const staged = randomUUID();
    try {
      const written = await this.#staging.putObject({
        bucket,
        key: staged,
        // A buffer would count as written before it is.
        content: Buffer.isBuffer(content) ? Readable.from([content]) : content,
        metadata,
      });
      // Without a pause in between: within this process nobody reads a part of the old object and one of the new.
      mkdirSync(path.dirname(this.getResourcePath(bucket, key, 'object')), { recursive: true });
      for (const part of parts) {
        renameSync(this.#staging.getResourcePath(bucket, staged, part), this.getResourcePath(bucket, key, part));
      }
      return written;
    } catch (error) {
      for (const part of parts) rmSync(this.#staging.getResourcePath(bucket, staged, part), { force: true });
      throw error;
    }
  }

  override async copyObject(
    fromBucket: string,
    fromKey: string,
    bucket: string,
    key: string,
    newMetadata: Metadata | null,
  ): Promise<Metadata> {
    const from = await this.getObject(fromBucket, fromKey);
    if (!from?.content) throw new Error('What is to be copied was deleted meanwhile.');
    await this.putObject({ bucket, key, content: from.content, metadata: newMetadata ?? from.metadata });
    return this.getMetadata(bucket, key);
  }

  /** The package deletes a folder that has become empty together with what is put into it at that moment. */
  override async deleteObject(bucket: string, key: string): Promise<void> {
    for (const part of parts.toReversed()) rmSync(this.getResourcePath(bucket, key, part), { force: true });
    const bucketFolder = path.join(this.rootDirectory, bucket);
    let folder = path.dirname(this.getResourcePath(bucket, key, 'object'));
    while (folder !== bucketFolder && removedWhenEmpty(folder)) folder = path.dirname(folder);
  }

  override getMetadata(bucket: string, key: string): Promise<Metadata> {
    return this.#ofOneVersion(bucket, key, () => super.getMetadata(bucket, key));
  }

  override getObject(bucket: string, key: string, range?: Range): Promise<ObjectFound | null> {
    return this.#ofOneVersion(
      bucket,
      key,
      () => super.getObject(bucket, key, range),
      (found) => found?.content?.destroy(),
    );
  }

  override async listObjects(bucket: string, options: ListOptions): Promise<ObjectList> {
    const { keys, commonPrefixes, isTruncated } = bucketListing(path.join(this.rootDirectory, bucket), options);
    const objects = await Promise.all(
      keys.map(async (key) => {
        try {
          return [new S3Object(bucket, key, null, await this.getMetadata(bucket, key))];
        } catch (error) {
          if (isAbsent(error)) return [];
          throw error;
        }
      }),
    );
    return { objects: objects.flat(), commonPrefixes, isTruncated };
  }

  /** An object is read in several steps. When it was replaced between them, it is read again. */
  async #ofOneVersion<T>(
    bucket: string,
    key: string,
    read: () => Promise<T>,
    discard: (found: T) => void = () => undefined,
  ): Promise<T> {
    for (;;) {
      const before = this.#version(bucket, key);
      const found = await read();
      if (this.#version(bucket, key) === before) return found;
      discard(found);
    }
  }

  /** Read at once: to wait for it would let a replacement happen half before it and half after it. */
  #version(bucket: string, key: string): string | undefined {
    const file = this.getResourcePath(bucket, key, 'object');
    const found = statSync(file, { bigint: true, throwIfNoEntry: false });
    return found && `${found.ino} ${found.ctimeNs}`;
  }
}

const isAbsent = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

const removedWhenEmpty = (folder: string): boolean => {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
};
