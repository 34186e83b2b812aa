import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

/** A file that survives restarts: one JSON value per line, only appended. */
export interface Journal {
  append(entry: unknown): void;
  clear(): void;
}

export const noJournal: Journal = { append() {}, clear() {} };

/**
 * Opens a journal and reads what it holds.
 * Lines instead of one document: a thousand files cost a thousand short writes, and a process killed in the middle of one loses
 * that line and no other. Such a line is skipped, and closed so that the next one is not glued to it.
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
