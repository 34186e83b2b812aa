import { createHash, randomBytes } from 'node:crypto';
import { closeSync, createReadStream, fdatasync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { applyChange, type Bucket, type BucketIndex, type Change, changesOf } from './bucket-index.ts';
import { type Algorithm, startChecksum } from './checksums.ts';
import { IndexJournal } from './index-journal.ts';
import { S3Error } from './s3-error.ts';

const datasync = promisify(fdatasync);

/** Bytes on the disk that no object has yet. */
export interface StagedFile {
  readonly file: string;
  readonly sizeBytes: number;
  readonly md5: string;
  /** Base64, by algorithm. */
  readonly checksums: ReadonlyMap<Algorithm, string>;
}

/**
 * Buckets on the disk: a journal of what there is, and one file per version or part, under a name of its own.
 * A file belongs to an object only once the journal has named it, so half an upload is never visible; a file is never changed,
 * so a reader gets it to its end. Keys are not paths, so any key can be kept.
 */
export class ObjectStore {
  readonly #directory: string;
  readonly #index: BucketIndex = new Map();
  readonly #journal: IndexJournal<readonly Change[]>;

  /** Files of uploads that a killed process had begun are deleted. */
  constructor(directory: string) {
    this.#directory = path.join(directory, 'data');
    mkdirSync(this.#directory, { recursive: true });
    const journal = path.join(directory, 'index.jsonl');
    for (const changes of IndexJournal.read<readonly Change[]>(journal)) this.#apply(changes);
    const kept = Array.from(changesOf(this.#index), (change) => [change] as const);
    this.#journal = IndexJournal.rewrite(journal, kept);
    const used = new Set(kept.map(([change]) => fileOf(change)));
    for (const file of readdirSync(this.#directory)) if (!used.has(file)) rmSync(this.#pathOf(file));
  }

  get buckets(): Iterable<Bucket> {
    return this.#index.values();
  }

  findBucket(name: string): Bucket | undefined {
    return this.#index.get(name);
  }

  bucket(name: string): Bucket {
    const found = this.#index.get(name);
    if (!found) throw new S3Error('NoSuchBucket', { elements: { BucketName: name } });
    return found;
  }

  /** Writes bytes as they come in; without `commit` they belong to no object, and must be deleted. */
  async stage(bytes: AsyncIterable<Uint8Array>, algorithms: Iterable<Algorithm>): Promise<StagedFile> {
    const file = randomBytes(16).toString('hex');
    const target = openSync(this.#pathOf(file), 'wx', 0o600);
    const md5 = createHash('md5');
    const hashers = new Map(Array.from(algorithms, (algorithm) => [algorithm, startChecksum(algorithm)]));
    let sizeBytes = 0;
    try {
      for await (const chunk of bytes) {
        md5.update(chunk);
        for (const hasher of hashers.values()) hasher.update(chunk);
        // A few microseconds: the system takes it into memory. A round through the thread pool costs more than the write.
        for (let done = 0; done < chunk.length; ) done += writeSync(target, chunk, done);
        sizeBytes += chunk.length;
      }
      await datasync(target);
      const checksums = new Map<Algorithm, string>();
      for (const [algorithm, hasher] of hashers) checksums.set(algorithm, await hasher.digest());
      return { file, sizeBytes, md5: md5.digest('hex'), checksums };
    } catch (error) {
      this.discard(file);
      throw error;
    } finally {
      closeSync(target);
    }
  }

  discard(file: string): void {
    rmSync(this.#pathOf(file), { force: true });
  }

  /**
   * Makes changes visible together, in the same moment as the caller's own checks, and returns once they are on the disk.
   * Files that they replace are deleted; readers that have one open keep it.
   */
  async commit(...changes: readonly Change[]): Promise<void> {
    this.#journal.append(changes);
    const unused = this.#apply(changes);
    await this.#journal.synced();
    for (const file of unused) this.discard(file);
  }

  /** Opened in this moment, so it is read to its end even if it is deleted meanwhile. */
  read(file: string, range: { readonly start?: number; readonly end?: number } = {}): Readable {
    return createReadStream('', { fd: openSync(this.#pathOf(file), 'r'), ...range });
  }

  close(): Promise<void> {
    return this.#journal.close();
  }

  #apply(changes: readonly Change[]): readonly string[] {
    return changes.flatMap((change) => applyChange(this.#index, change)).filter((file) => file !== undefined);
  }

  #pathOf(file: string): string {
    return path.join(this.#directory, file);
  }
}

const fileOf = (change: Change): string | undefined => {
  if (change.type === 'version') return change.version.file;
  return change.type === 'part' ? change.part.file : undefined;
};
