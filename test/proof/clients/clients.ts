import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import sdk from '@aws-sdk/client-s3/package.json' with { type: 'json' };
import { s3Credentials } from '../../../infra/local/aws/s3/server.ts';
import type { Stack } from '../../../infra/local/stack.ts';

/** A file on the disk, and its destination. */
export interface Drop {
  readonly file: string;
  readonly sizeBytes: number;
  readonly key: string;
}

/** One way in which a tool puts a file into the bucket. */
export interface Client {
  readonly name: string;
  readonly version: () => Promise<string>;
  readonly drop: (drop: Drop) => Promise<unknown>;
}

/** The programs of other authors: one option of the command line each, with the path of the program. */
export const programNames = ['aws-cli-1', 'aws-cli-2', 'boto3', 's3cmd', 'rclone'] as const;
export type Programs = Readonly<Partial<Record<(typeof programNames)[number], string>>>;

/** Long enough for the retries of the tools; none of these files takes seconds. */
const timeoutMs = 60_000;

/**
 * The installed clients, and the SDK of this project, which is always installed.
 * @param home an empty folder, so that the developer's own configuration cannot direct the clients elsewhere
 */
export const clientsOf = (stack: Stack, programs: Programs, home: string): readonly Client[] => {
  const { bucket, region } = stack;
  const url = stack.endpoints.s3;
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    LC_ALL: 'C.UTF-8',
    AWS_ACCESS_KEY_ID: s3Credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3Credentials.secretAccessKey,
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
    RCLONE_CONFIG: path.join(home, 'rclone.conf'),
    RCLONE_S3_PROVIDER: 'Other',
    // Not env_auth: with it, rclone 1.71 uses checksums that the AWS SDK for Go does not compute without TLS.
    RCLONE_S3_ACCESS_KEY_ID: s3Credentials.accessKeyId,
    RCLONE_S3_SECRET_ACCESS_KEY: s3Credentials.secretAccessKey,
    RCLONE_S3_ENDPOINT: url,
    RCLONE_S3_REGION: region,
  };

  const command = (
    option: keyof Programs,
    name: string,
    versionArgs: readonly string[],
    argsOf: (drop: Drop) => readonly string[],
  ): readonly Client[] => {
    const program = programs[option];
    if (program === undefined) return [];
    const run = async (args: readonly string[]) =>
      (await promisify(execFile)(program, args, { env, timeout: timeoutMs })).stdout;
    const version = async () => /\d+\.\d.*/.exec(await run(versionArgs))?.[0]?.replace(/ Python\/.*/, '') ?? 'unknown';
    return [{ name, version, drop: (drop) => run(argsOf(drop)) }];
  };

  const aws = (major: 1 | 2) =>
    command(`aws-cli-${major}`, `AWS CLI ${major}`, ['--version'], ({ file, key }) => {
      return ['s3', 'cp', file, `s3://${bucket}/${key}`, '--endpoint-url', url];
    });

  const script = path.join(import.meta.dirname, 'drop.py');
  const boto3 = (way: string, name: string) =>
    command('boto3', name, [script, '--version'], ({ file, key }) => [script, way, file, bucket, key, url]);

  const sdkStream = (name: string, open: (file: string) => Readable): Client => ({
    name: `JavaScript SDK, ${name}`,
    version: async () => sdk.version,
    drop: ({ file, sizeBytes: ContentLength, key: Key }) =>
      stack.s3.send(new PutObjectCommand({ Bucket: bucket, Key, ContentLength, Body: open(file) })),
  });

  // Parts of 5 MiB, S3's minimum, because with the defaults of these two 9 MB would not be a multipart upload.
  const endpoint = new URL(url).host;
  const s3cmd = ['--config=/dev/null', '--no-ssl', `--host=${endpoint}`, `--host-bucket=${endpoint}`];
  return [
    ...aws(1),
    ...aws(2),
    ...boto3('put-object', 'boto3, put_object'),
    ...boto3('upload-file', 'boto3, upload_file'),
    ...boto3('crc64nvme', 'boto3, CRC64NVME by CRT'),
    ...boto3('crc32c', 'boto3, CRC32C by CRT'),
    ...boto3('crt', "boto3's CRT transfer manager"),
    ...command('s3cmd', 's3cmd', ['--version'], ({ file, key }) => {
      return [...s3cmd, `--region=${region}`, '--multipart-chunk-size-mb=5', 'put', file, `s3://${bucket}/${key}`];
    }),
    ...command('rclone', 'rclone', ['version'], ({ file, key }) => {
      return ['copyto', file, `:s3:${bucket}/${key}`, '--s3-upload-cutoff=5Mi', '--s3-chunk-size=5Mi'];
    }),
    sdkStream('file stream', createReadStream),
    sdkStream('piped stream', (file) => createReadStream(file).pipe(new PassThrough())),
  ];
};

/** Further ways of these programs, and why they cannot be tested here. */
export const notPossible: Programs = {
  'aws-cli-2':
    "AWS CLI 2 with preferred_transfer_client = crt: version 2.9.19 leaves out the endpoint's port and connects to port 80.",
  boto3:
    "boto3 with preferred_transfer_client='crt': it ignores endpoint_url and always uses TLS, so it would send the file to AWS. Its transfer manager is tested without boto3 instead.",
};
