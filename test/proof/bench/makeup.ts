import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { build, type Metafile } from 'esbuild';
import type { Bundle } from '../../../infra/bundle.ts';
import { plainOptions } from './contenders.ts';

/** The composition of a bundle: bytes of each package in it, the largest first. Our own code is `lib` and `handlers`. */
export const makeupOf = async ({ metaPath }: Pick<Bundle, 'metaPath'>): Promise<{ part: string; bytes: number }[]> => {
  const { outputs } = JSON.parse(await readFile(metaPath, 'utf8')) as Metafile;
  const bytesOf = new Map<string, number>();
  for (const { inputs, entryPoint } of Object.values(outputs)) {
    if (entryPoint === undefined) continue;
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const part = partOf(file);
      bytesOf.set(part, (bytesOf.get(part) ?? 0) + bytesInOutput);
    }
  }
  return [...bytesOf].map(([part, bytes]) => ({ part, bytes })).sort((a, b) => b.bytes - a.bytes);
};

const partOf = (file: string): string =>
  /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file.split('/')[0] ?? file;

/** The imports of on-upload from packages, each measured alone; code that two of them share counts for both. */
const imports: Readonly<Record<string, string>> = {
  'S3 client':
    "import { S3Client, GetObjectCommand } from '@aws-sdk/client-s3'; new S3Client({}); export const handler = GetObjectCommand;",
  'DynamoDB client':
    "import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'; new DynamoDBClient({}); export const handler = PutItemCommand;",
  'Secrets Manager client':
    "import { SecretsManagerClient, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager'; new SecretsManagerClient({}); export const handler = GetSecretValueCommand;",
  'Powertools Logger': "import { Logger } from '@aws-lambda-powertools/logger'; export const handler = new Logger();",
  'Powertools Metrics':
    "import { Metrics } from '@aws-lambda-powertools/metrics'; export const handler = new Metrics();",
  Middy: "import middy from '@middy/core'; export const handler = middy();",
  Valibot: "import { object, string } from 'valibot'; export const handler = object({ a: string() });",
  'file-type (loaded with the first file)':
    "import { fileTypeFromBuffer } from 'file-type'; export const handler = fileTypeFromBuffer;",
};

/** A module for each import, which loads the package and, for a client, creates it. */
export const buildImports = async (folder: string): Promise<{ part: string; modulePath: string }[]> =>
  Promise.all(
    Object.entries(imports).map(async ([part, contents], index) => {
      const modulePath = path.join(folder, `import-${index}.mjs`);
      await build({ ...plainOptions, stdin: { contents, resolveDir: import.meta.dirname }, outfile: modulePath });
      return { part, modulePath };
    }),
  );
