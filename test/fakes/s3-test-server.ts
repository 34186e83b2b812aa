import { type ClientRequest, request } from 'node:http';
import { S3Client } from '@aws-sdk/client-s3';
import { onTestFinished } from 'vitest';
import type { CreatedObject } from '../../infra/local/aws/events/s3-notification.ts';
import { type S3ServerOptions, s3Credentials, startS3 } from '../../infra/local/aws/s3/server.ts';

export const s3ClientOf = (endpoint: string): S3Client =>
  new S3Client({
    endpoint,
    forcePathStyle: true,
    region: 'eu-central-1',
    credentials: s3Credentials,
    maxAttempts: 1,
  });

/** A local S3 with the bucket `cvs`, and a client of it; both end with the test, or earlier on demand. */
export const startTestS3 = async (
  directory: string,
  onCreated: (object: CreatedObject) => void = () => undefined,
  options: Pick<S3ServerOptions, 'versioning' | 'idleTimeoutMs'> = {},
) => {
  const server = await startS3({ directory, bucket: 'cvs', preferredPort: 0, onCreated, ...options });
  const client = s3ClientOf(server.url);
  const end = async () => {
    client.destroy();
    await server.close();
  };
  onTestFinished(end);
  return { server, client, end };
};

/** An upload in progress: its head is sent, none of its body yet. */
export const beginUpload = (
  url: string,
  path: string,
  sizeBytes: number,
): { readonly upload: ClientRequest; readonly status: Promise<number | undefined> } => {
  const { hostname, port } = new URL(url);
  const upload = request({ hostname, port, path, method: 'PUT', headers: { 'content-length': sizeBytes } });
  const status = new Promise<number | undefined>((resolve, reject) => {
    upload.on('response', (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    upload.on('error', reject);
  });
  // Tests that cut the upload off on purpose do not await it.
  status.catch(() => undefined);
  return { upload, status };
};
