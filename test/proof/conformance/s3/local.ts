import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Credentials } from './sign.ts';

export interface LocalS3 {
  readonly url: string;
  readonly credentials: Credentials;
  /** What its buckets have, when it cannot switch versions. */
  readonly bucketVersioning?: 'on' | 'off' | undefined;
  /** Checks that end its process, and with it the run. */
  readonly crashesOn?: readonly string[] | undefined;
  close(): Promise<void>;
}

/** The only file that knows how the local stand-in is started. */
export const startLocalS3 = async (): Promise<LocalS3> => {
  const { s3Credentials, startS3 } = await import('../../../../infra/local/aws/s3/server.ts');
  const directory = await mkdtemp(path.join(tmpdir(), 'cv-courier-'));
  const server = await startS3({ directory, bucket: 'cvs', preferredPort: 0, onCreated: () => undefined });
  return {
    url: server.url,
    credentials: s3Credentials,
    close: async () => {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
};
