import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

/** A file that survives restarts: one JSON value per line, append-only. */
export interface Journal {
  append(entry: unknown): void;
  clear(): void;
}

export const noJournal: Journal = { append() {}, clear() {} };

/**
 * Opens a journal and reads its entries. A line per entry makes each write short, and a process killed during a write
 * loses only that line. An incomplete line is skipped, and ended so that the next entry starts on its own line.
 */
export const openJournal = (file: string): { readonly entries: readonly unknown[]; readonly journal: Journal } => {
  mkdirSync(dirname(file), { recursive: true });
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (text !== '' && !text.endsWith('\n')) appendFileSync(file, '\n');
  return {
    entries: text.split('\n').flatMap(parseLine),
    journal: {
      append: (entry) => appendFileSync(file, `${JSON.stringify(entry)}\n`, { mode: 0o600 }),
      clear: () => rmSync(file, { force: true }),
    },
  };
};

const parseLine = (line: string): unknown[] => {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
};
