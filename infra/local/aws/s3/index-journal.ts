import {
  closeSync,
  fdatasync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { promisify } from 'node:util';

const datasync = promisify(fdatasync);

/**
 * A file of JSON lines that survives a kill at any moment. A line is one change, whole or not at all: what a killed
 * process wrote of its last line has no line end and is dropped by the next start.
 */
export class IndexJournal<Change> {
  readonly #file: number;
  #bytes: number;
  #syncing: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  private constructor(path: string) {
    this.#file = openSync(path, 'a');
    this.#bytes = fstatSync(this.#file).size;
  }

  static *read<Change>(path: string): Generator<Change> {
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
      throw error;
    }
    for (const line of text.split('\n').slice(0, -1)) yield JSON.parse(line) as Change;
  }

  /** Starts the file anew with these changes, so it does not grow with every start. */
  static rewrite<Change>(path: string, changes: Iterable<Change>): IndexJournal<Change> {
    const draft = openSync(`${path}.new`, 'w');
    for (const change of changes) writeSync(draft, `${JSON.stringify(change)}\n`);
    fsyncSync(draft);
    closeSync(draft);
    renameSync(`${path}.new`, path);
    return new IndexJournal(path);
  }

  /**
   * In the file when this returns; a kill of this process cannot undo it.
   * @throws when the disk is full; half a line would spoil the next one, so it is cut off
   */
  append(change: Change): void {
    const line = Buffer.from(`${JSON.stringify(change)}\n`);
    try {
      for (let done = 0; done < line.length; ) done += writeSync(this.#file, line, done);
      this.#bytes += line.length;
    } catch (error) {
      ftruncateSync(this.#file, this.#bytes);
      throw error;
    }
  }

  /** On the disk when this ends; a power cut cannot undo it. Concurrent callers share one sync. */
  synced(): Promise<void> {
    this.#next ??= this.#syncing.then(() => {
      this.#next = undefined;
      this.#syncing = datasync(this.#file);
      return this.#syncing;
    });
    return this.#next;
  }

  /** May be called again. */
  close(): Promise<void> {
    this.#closing ??= this.synced().finally(() => closeSync(this.#file));
    return this.#closing;
  }
}
