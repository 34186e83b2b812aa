import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { bundle, handlerNames } from '../../../bundle.ts';

const root = path.join(import.meta.dirname, '..', '..', '..', '..');

/** A handler as it would be deployed. */
export interface BuiltHandler {
  readonly name: string;
  readonly modulePath: string;
}

export interface BuildHandlersOptions {
  /** Default: all handlers. */
  readonly names?: readonly string[];
  /** Default: dist/ of this repository. */
  readonly distDir?: string;
}

/**
 * Builds the handlers whose bundle is missing or older than its sources.
 * @returns all handlers
 * @throws {BundleError} when one does not compile.
 */
export const buildHandlers = async (options: BuildHandlersOptions = {}): Promise<readonly BuiltHandler[]> => {
  const { names = await handlerNames(), distDir = path.join(root, 'dist') } = options;
  const handlers = names.map((name) => ({ name, modulePath: path.join(distDir, name, 'index.mjs') }));
  const changedAt = await newestSource();
  const ages = await Promise.all(handlers.map(({ modulePath }) => modifiedAt(modulePath)));
  const stale = handlers.filter((_, index) => (ages[index] ?? 0) < changedAt).map(({ name }) => name);
  if (stale.length > 0) await bundle(stale, { outDir: distDir });
  return handlers;
};

/** The sources of a bundle: our code, the package versions, and the bundler's settings. */
const sources = ['handlers', 'lib', 'package-lock.json', path.join('infra', 'bundle.ts')];

const newestSource = async (): Promise<number> => {
  const times = await Promise.all(sources.map((source) => newestIn(path.join(root, source))));
  return Math.max(...times);
};

/** Folders count too: a deleted file shows only in the date of its folder. */
const newestIn = async (where: string): Promise<number> => {
  const own = await modifiedAt(where);
  const entries = await readdir(where, { recursive: true }).catch(() => []);
  const times = await Promise.all(entries.map((entry) => modifiedAt(path.join(where, entry))));
  return Math.max(own, ...times);
};

/** Milliseconds since the epoch; 0 for a missing file. */
const modifiedAt = async (file: string): Promise<number> => {
  const found = await stat(file).catch(() => undefined);
  return found?.mtimeMs ?? 0;
};
