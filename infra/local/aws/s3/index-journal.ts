import { closeSync, fdatasync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';

const datasync = promisify(fdatasync);

/**
 * A file of JSON lines that survives a kill at any moment. A line is one change, whole or not at all: what a killed
 * process wrote of its last line has no line end and is dropped by the next start.
 */
export class IndexJournal<Change> {
  readonly #file: number;
  #syncing: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  private constructor(file: number) {
    this.#file = file;
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
    return new IndexJournal(openSync(path, 'a'));
  }

  /** In the file when this returns; a kill of this process cannot undo it. */
  append(change: Change): void {
    writeSync(this.#file, `${JSON.stringify(change)}\n`);
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
