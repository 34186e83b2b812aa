import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Storage for the bytes of attachments. */
export interface Contents {
  put(id: string, bytes: Buffer): Promise<void>;
  get(id: string): Promise<Buffer>;
  clear(): Promise<void>;
}

export const contentsInMemory = (): Contents => {
  const byId = new Map<string, Buffer>();
  return {
    async put(id, bytes) {
      byId.set(id, bytes);
    },
    async get(id) {
      const bytes = byId.get(id);
      if (bytes === undefined) throw new RangeError(`Unknown attachment "${id}".`);
      return bytes;
    },
    async clear() {
      byId.clear();
    },
  };
};

/** One file per attachment, readable only by its owner, because CVs are personal data. */
export const contentsInFolder = (folder: string): Contents => ({
  async put(id, bytes) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(join(folder, id), bytes, { mode: 0o600 });
  },
  get: (id) => readFile(join(folder, id)),
  clear: () => rm(folder, { recursive: true, force: true }),
});
