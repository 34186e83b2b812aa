import { readFlags, UsageError } from '../../../infra/command-line.ts';

export interface Options {
  /** The endpoint of each suite to run; empty means all suites, on the local stand-ins. */
  readonly urls: Readonly<Record<string, string>>;
  readonly region: string;
  readonly bucketVersioning?: 'on' | 'off' | undefined;
  readonly implementation?: string | undefined;
  readonly only?: string | undefined;
  readonly json: boolean;
  readonly help: boolean;
}

export const usage = `npm run conformance -- [--s3 URL] [--dynamodb URL] [--implementation NAME] [--only NAME]

Checks whether an endpoint behaves as the AWS documentation says. Without a URL the local stand-ins are started and checked.
  --s3 URL                     an S3 endpoint; credentials come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY
  --dynamodb URL               a DynamoDB endpoint, with the same credentials
  --region REGION              default us-east-1
  --bucket-versioning on|off   the versioning of new buckets, for an endpoint that cannot switch it
  --implementation NAME        accept the deviations that known-deviations.ts lists under this name
  --only NAME                  only the checks with this text in their names
  --json                       all results as JSON
The checks create their own buckets and table and remove them afterwards.`;

const endpoints = ['s3', 'dynamodb'] as const;

/** @throws {UsageError} naming the invalid option. */
export const readOptions = (args: readonly string[]): Options => {
  const { values } = readFlags({
    args: [...args],
    options: {
      s3: { type: 'string' },
      dynamodb: { type: 'string' },
      region: { type: 'string', default: 'us-east-1' },
      'bucket-versioning': { type: 'string' },
      implementation: { type: 'string' },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const urls: Record<string, string> = {};
  for (const name of endpoints) {
    const url = values[name];
    if (url === undefined) continue;
    if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) throw new UsageError(`--${name} "${url}" is not a URL.`);
    urls[name] = url;
  }
  const bucketVersioning = values['bucket-versioning'];
  if (bucketVersioning !== undefined && bucketVersioning !== 'on' && bucketVersioning !== 'off') {
    throw new UsageError(`--bucket-versioning "${bucketVersioning}" is neither on nor off.`);
  }
  const { region, implementation, only, json, help } = values;
  return { urls, region, bucketVersioning, implementation, only, json, help };
};
