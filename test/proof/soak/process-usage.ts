import { readdir, readFile } from 'node:fs/promises';

export interface ProcessUsage {
  readonly rssBytes: number;
  /** Open file descriptors: files, sockets and pipes. */
  readonly handles: number;
}

/** As Linux reports it; undefined on other systems, and when the process has just ended. */
export const usageOf = async (pid: number): Promise<ProcessUsage | undefined> => {
  try {
    const [status, descriptors] = await Promise.all([
      readFile(`/proc/${pid}/status`, 'utf8'),
      readdir(`/proc/${pid}/fd`),
    ]);
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
    return kilobytes === undefined ? undefined : { rssBytes: Number(kilobytes) * 1024, handles: descriptors.length };
  } catch {
    return undefined;
  }
};
