import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

export const newFolder = (): Promise<string> => mkdtemp(path.join(tmpdir(), 'cv-courier-'));

export const remove = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

/** A folder of the running test, deleted when the test ends. */
export const temporaryFolder = async (): Promise<string> => {
  const folder = await newFolder();
  onTestFinished(() => remove(folder));
  return folder;
};
