import { randomBytes } from 'node:crypto';
import { closeSync, createReadStream, mkdirSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { BucketIndex } from './bucket-index.ts';
import { type Content, digest, type Source } from './checksums.ts';

/**
 * Buckets on the disk: an index of what there is, and one file per version or part, under a name of its own.
 * A file belongs to an object only once the index has named it, so half an upload is never visible; a file is never changed,
 * so a reader gets it to its end. Keys are not paths, so any key can be kept.
 */
export class ObjectStore {
  readonly index: BucketIndex;
  readonly #directory: string;

  /** Files of uploads that a killed process had begun are deleted. */
  constructor(directory: string) {
    this.#directory = path.join(directory, 'data');
    mkdirSync(this.#directory, { recursive: true });
    this.index = new BucketIndex(path.join(directory, 'index.sqlite'));
    const used = new Set(this.index.files());
    for (const file of readdirSync(this.#directory)) if (!used.has(file)) this.#delete(file);
  }

  /** Makes changes visible together; files that they leave unused are deleted, and readers that have one open keep it. */
  change<T>(work: (index: BucketIndex) => T): T {
    const { result, unusedFiles } = this.index.transaction(() => work(this.index));
    for (const file of unusedFiles) this.#delete(file);
    return result;
  }

  /**
   * Writes bytes into a file as they come in, then makes it part of an object.
   * @param use a change of the index that names the file; when it throws, or the bytes break off or are refused, no file stays
   */
  async keep<T>(source: Source, use: (content: Content & { file: string }) => T): Promise<T> {
    const file = randomBytes(16).toString('hex');
    try {
      const content = await this.#write(file, source);
      return this.change(() => use({ ...content, file }));
    } catch (error) {
      this.#delete(file);
      throw error;
    }
  }

  async #write(file: string, source: Source): Promise<Content> {
    const target = openSync(this.#pathOf(file), 'wx', 0o600);
    try {
      return await digest(source, (chunk) => {
        // A few microseconds: the system takes it into memory. A round through the thread pool costs more than the write.
        for (let done = 0; done < chunk.length; ) done += writeSync(target, chunk, done);
      });
    } finally {
      closeSync(target);
    }
  }

  /** Opened in this moment, so it is read to its end even if it is deleted meanwhile. */
  read(file: string, range: { readonly start?: number; readonly end?: number } = {}): Readable {
    return createReadStream('', { fd: openSync(this.#pathOf(file), 'r'), ...range });
  }

  close(): void {
    this.index.close();
  }

  #delete(file: string): void {
    rmSync(this.#pathOf(file), { force: true });
  }

  #pathOf(file: string): string {
    return path.join(this.#directory, file);
  }
}
