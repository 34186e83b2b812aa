import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Metafile } from 'esbuild';
import type { Bundle } from '../../../infra/bundle.ts';
import { bundlePlainly } from './contenders.ts';
import type { Progress } from './progress.ts';
import type { Stage } from './stage.ts';
import { type Summary, summaryOf } from './statistics.ts';

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

export interface ImportCost {
  readonly part: string;
  readonly importMs: Summary;
  readonly importCpuMs: Summary;
}

/** The time to load each and, for a client, to create it. */
export const measureImports = async (stage: Stage, repeats: number, progress: Progress): Promise<ImportCost[]> => {
  const entries = Object.entries(imports).map(([part, source], index) => ({ part, source, name: `import-${index}` }));
  await bundlePlainly({}, stage.folder, Object.fromEntries(entries.map(({ name, source }) => [name, source])));
  const subjects = entries.map(({ part, name }) => ({
    part,
    modulePath: path.join(stage.folder, `${name}.mjs`),
    runs: [] as Awaited<ReturnType<Stage['trial']>>[],
  }));
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    for (const { part, modulePath, runs } of subjects) {
      progress(`imports: ${part}, run ${repeat + 1} of ${repeats}`);
      runs.push(await stage.trial(modulePath, { sizeBytes: 1, count: 0, concurrency: 1 }, 0));
    }
  }
  return subjects
    .map(({ part, runs }) => ({
      part,
      importMs: summaryOf(runs.map((run) => run.importMs)),
      importCpuMs: summaryOf(runs.map((run) => run.importCpuMs)),
    }))
    .sort((a, b) => b.importMs.median - a.importMs.median);
};
