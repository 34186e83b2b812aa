import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';

/** A running stack writes this file to its folder, so that other programs can find it. */
const announcement = v.object({
  pid: v.number(),
  startedAtMs: v.number(),
  /** Absent while the stack starts. */
  controlUrl: v.optional(v.string()),
  consoleUrl: v.optional(v.string()),
});
export type Announcement = v.InferOutput<typeof announcement>;

/** Another stack uses the folder: two stacks would overwrite each other's objects. */
export class StackRunning extends Error {
  override readonly name = 'StackRunning';

  constructor({ pid, consoleUrl }: Announcement) {
    const page = consoleUrl === undefined ? '' : ` Its page: ${consoleUrl}`;
    super(
      `A local stack is already running in this folder (process ${pid}).${page}\nStop it with Ctrl-C, or use another folder: npm start -- --state DIR`,
    );
  }
}

/** The files of a stack that outlive its process. */
export interface StateFolder {
  readonly s3: string;
  readonly dynamodb: string;
  readonly komboFile: string;
  readonly logs: string;
  /** Publishes the addresses of the stack. */
  announce(urls: Pick<Announcement, 'controlUrl' | 'consoleUrl'>): Promise<void>;
  release(): Promise<void>;
}

const announcementFile = (folder: string) => path.join(folder, 'stack.json');

/** Only these are deleted: the folder may contain other files. */
const contents = ['s3', 'dynamodb', 'kombo.jsonl', 'kombo.jsonl.files', 'kombo.jsonl.uses', 'logs'];

/**
 * Claims the folder for this process until it is released.
 * @param options.fresh deletes the data of earlier runs
 * @throws {StackRunning}
 */
export const claimStateFolder = async (
  folder: string,
  { fresh }: { readonly fresh: boolean },
): Promise<StateFolder> => {
  // Readable only by its owner, because it contains CVs.
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const own: Announcement = { pid: process.pid, startedAtMs: Date.now() };
  await claim(folder, own);
  if (fresh) {
    await Promise.all(contents.map((name) => rm(path.join(folder, name), { recursive: true, force: true })));
  }
  const logs = path.join(folder, 'logs');
  const s3 = path.join(folder, 's3');
  await Promise.all([logs, s3].map((each) => mkdir(each, { recursive: true })));
  return {
    s3,
    dynamodb: path.join(folder, 'dynamodb'),
    komboFile: path.join(folder, 'kombo.jsonl'),
    logs,
    async announce(urls) {
      const draft = `${announcementFile(folder)}.tmp`;
      await writeFile(draft, JSON.stringify({ ...own, ...urls } satisfies Announcement), { mode: 0o600 });
      await rename(draft, announcementFile(folder));
    },
    release: () => rm(announcementFile(folder), { force: true }),
  };
};

const claim = async (folder: string, own: Announcement): Promise<void> => {
  const draft = `${announcementFile(folder)}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(own), { mode: 0o600 });
  try {
    // A hard link is created atomically and never replaces a file, so no program reads an incomplete announcement.
    while (!(await linkUnlessExists(draft, announcementFile(folder)))) {
      const other = await read(folder);
      if (other && (await isRunning(other))) throw new StackRunning(other);
      // Left behind by a killed process.
      await rm(announcementFile(folder), { force: true });
    }
  } finally {
    await rm(draft, { force: true });
  }
};

const linkUnlessExists = async (from: string, to: string): Promise<boolean> => {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
};

/** The stack that uses a folder, or undefined. */
export const runningStack = async (folder: string): Promise<Announcement | undefined> => {
  const found = await read(folder);
  return found && (await isRunning(found)) ? found : undefined;
};

const read = async (folder: string): Promise<Announcement | undefined> => {
  const text = await readFile(announcementFile(folder), 'utf8').catch(() => '');
  try {
    return v.parse(announcement, JSON.parse(text));
  } catch {
    return undefined;
  }
};

/** A stack without a control URL after this time died while starting. */
const maxStartMs = 60_000;

/** The process id alone proves little: after a restart of the machine, another program may have the same one. */
const isRunning = async ({ pid, startedAtMs, controlUrl }: Announcement): Promise<boolean> => {
  if (!processExists(pid)) return false;
  if (controlUrl === undefined) return Date.now() - startedAtMs < maxStartMs;
  try {
    const response = await fetch(`${controlUrl}/health`, { signal: AbortSignal.timeout(2_000) });
    const health = v.safeParse(v.object({ pid: v.literal(pid) }), await response.json());
    return health.success;
  } catch {
    return false;
  }
};

const processExists = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: the process exists, but belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};
