import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { s3Credentials, startS3 } from '../../../../infra/local/aws/s3/server.ts';
import type { Credentials } from './sign.ts';

export interface LocalS3 {
  readonly url: string;
  readonly credentials: Credentials;
  close(): Promise<void>;
}

/** The only file that knows how the local stand-in is started. */
export const startLocalS3 = async (): Promise<LocalS3> => {
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
