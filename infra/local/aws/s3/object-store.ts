import { randomBytes } from 'node:crypto';
import { closeSync, createReadStream, mkdirSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { BucketIndex } from './bucket-index.ts';
import { type Content, digest, type Source } from './checksums.ts';

/**
 * Buckets on disk: an index, and one file with a unique name per version or part. A file belongs to an object only when
 * the index refers to it, so a partial upload is never visible. Files never change, so a reader always gets a complete
 * one. Keys are not paths, so any key is possible.
 */
export class ObjectStore {
  readonly index: BucketIndex;
  readonly #directory: string;

  /** Deletes the files of uploads that a killed process left unfinished. */
  constructor(directory: string) {
    this.#directory = path.join(directory, 'data');
    mkdirSync(this.#directory, { recursive: true });
    this.index = new BucketIndex(path.join(directory, 'index.sqlite'));
    const used = new Set(this.index.files());
    for (const file of readdirSync(this.#directory)) if (!used.has(file)) this.#delete(file);
  }

  /**
   * Makes all changes visible together, then deletes the files that are no longer used; readers that have one open can
   * finish.
   */
  change<T>(work: (index: BucketIndex) => T): T {
    const { result, unusedFiles } = this.index.transaction(() => work(this.index));
    for (const file of unusedFiles) this.#delete(file);
    return result;
  }

  /**
   * Writes incoming bytes to a file, then makes it part of an object.
   * @param use changes the index to refer to the file; when it throws, or the bytes break off or are refused, the file
   *   is deleted file stays
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
        // A synchronous write takes a few microseconds, because the system buffers it. A round trip through the thread
        // pool costs more.
        for (let done = 0; done < chunk.length; ) done += writeSync(target, chunk, done);
      });
    } finally {
      closeSync(target);
    }
  }

  /** Opened immediately, so it can be read to the end even if it is deleted meanwhile. */
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
