import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { UsageError } from '../../../../infra/command-line.ts';
import { s3Credentials, startS3 } from '../../../../infra/local/aws/s3/server.ts';
import type { PreparedCheck } from '../check.ts';
import { knownDeviations } from '../known-deviations.ts';
import { runChecks } from '../run-checks.ts';
import type { Suite, SuiteOptions, SuiteReport } from '../suite.ts';
import { type Buckets, createBuckets } from './buckets.ts';
import { s3Checks } from './checks.ts';
import { type Connection, S3, type S3Check, silent } from './context.ts';
import type { Credentials } from './sign.ts';

export const s3Suite: Suite = {
  name: 's3',
  run: async (options) => {
    if (options.url !== undefined)
      return runOn({ url: options.url, credentials: credentialsFromEnvironment() }, options);
    const directory = await mkdtemp(path.join(tmpdir(), 'cv-courier-'));
    const server = await startS3({ directory, bucket: 'cvs', preferredPort: 0, onCreated: () => undefined });
    try {
      const local = { url: server.url, credentials: s3Credentials };
      return await runOn(local, { ...options, implementation: options.implementation ?? 'local' });
    } finally {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    }
  },
};

/** Most local servers accept any credentials; versitygw accepts only its own. */
const credentialsFromEnvironment = (): Credentials => ({
  accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? 'test',
  secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? 'test',
});

interface Endpoint {
  readonly url: string;
  readonly credentials: Credentials;
}

const runOn = async ({ url, credentials }: Endpoint, options: SuiteOptions): Promise<SuiteReport> => {
  const { region, bucketVersioning, implementation, only } = options;
  const known = implementation === undefined ? {} : knownDeviations.s3[implementation];
  if (!known) throw new UsageError(`known-deviations.ts has no list "${implementation}".`);
  const client = new S3Client({
    endpoint: url,
    region,
    credentials,
    forcePathStyle: true,
    maxAttempts: 1,
    logger: silent,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const touched = new Set<string>();
  try {
    const buckets = await createBuckets(client, region, bucketVersioning === undefined);
    try {
      const connection = { client, endpoint: new URL(url), signing: { region, credentials }, touched };
      const checks = s3Checks.map((check, at) => {
        return prepared(check, connection, buckets, at, skipReason(check, bucketVersioning));
      });
      const results = await runChecks(checks, { only, known });
      return { results, leftOver: await buckets.remove(touched) };
    } catch (error) {
      await buckets.remove(touched);
      throw error;
    }
  } finally {
    client.destroy();
  }
};

const prepared = (
  check: S3Check,
  connection: Connection,
  buckets: Buckets,
  at: number,
  skip: string | undefined,
): PreparedCheck => {
  const bucket = check.needs === 'versions' ? buckets.versions : buckets.plain;
  return {
    name: check.name,
    page: check.page,
    ...(skip !== undefined && { skip }),
    run: () => check.run(new S3(connection, bucket, `check-${at}/`)),
  };
};

const skipReason = ({ needs }: S3Check, bucketVersioning: 'on' | 'off' | undefined): string | undefined => {
  if (needs === 'versions' && bucketVersioning === 'off') return 'because its buckets have no versions';
  if (needs === 'switching versions' && bucketVersioning !== undefined) return 'because it cannot switch versioning';
  if (needs === 'no versions' && bucketVersioning === 'on') return 'because its buckets always have versions';
  return undefined;
};
