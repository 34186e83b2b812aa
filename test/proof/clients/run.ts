import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { readFlags, runScript, UsageError } from '../../../infra/command-line.ts';
import { type Stack, startStack } from '../../../infra/local/stack.ts';
import { bareEtag, uploadId } from '../../../lib/upload/upload.ts';
import { type Client, clientsOf, type Drop, notPossible, type Programs, programNames } from './clients.ts';

/**
 * Uploads a file of each size to the local stack with each client, and compares what Kombo stores with what was uploaded.
 * Programs of other authors are named on the command line, as `.ci/clients.sh` does: `--rclone /usr/bin/rclone`.
 */

const sizes = [
  { sizeBytes: 2_000, text: '2 kB' },
  { sizeBytes: 9_000_000, text: '9 MB' },
];

/** An invented name, with characters that tools and S3 encode in different ways. */
const fileName = 'Zoë Roe + CV.pdf';

const maxWaitMs = 60_000;

const usage = `npm run clients -- [--aws-cli-1 PATH] [--aws-cli-2 PATH] [--boto3 PATH] [--s3cmd PATH] [--rclone PATH]

Uploads files to the local stack with the AWS SDK and with each program that is named, and compares what Kombo stores.
`;

/** @throws {UsageError} */
const readPrograms = (): Programs | 'help' => {
  const options = Object.fromEntries(programNames.map((name) => [name, { type: 'string' } as const]));
  const { help, ...values } = readFlags({ options: { ...options, help: { type: 'boolean' } } }).values;
  if (help) return 'help';
  const programs: Programs = values;
  for (const name of programNames) {
    const file = programs[name];
    if (file !== undefined && !existsSync(file)) throw new UsageError(`--${name} "${file}" does not exist.`);
  }
  return programs;
};

const dropAll = async (programs: Programs): Promise<boolean> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'cv-courier-clients-'));
  const home = path.join(folder, 'home');
  await mkdir(home);
  try {
    const stack = await startStack({ stateDir: path.join(folder, 'state') });
    try {
      const file = path.join(folder, fileName);
      const allAttached = await tryAll(stack, clientsOf(stack, programs, home), file);
      for (const name of programNames) {
        if (programs[name] && notPossible[name]) console.log(`NOT POSSIBLE ${notPossible[name]}`);
      }
      return allAttached;
    } finally {
      await stack.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const tryAll = async (stack: Stack, clients: readonly Client[], file: string): Promise<boolean> => {
  const failures: string[] = [];
  const candidates: string[] = [];
  for (const client of clients) {
    const version = await client.version().catch(() => 'unknown version');
    for (const { sizeBytes, text } of sizes) {
      const candidate = `GRKclient${candidates.length}`;
      candidates.push(candidate);
      const label = `${client.name} (${version}), ${text}`;
      try {
        console.log(`${label}: ${await deliver(stack, client, candidate, file, sizeBytes)}`);
      } catch (error) {
        failures.push(label);
        console.log(`FAILED ${label}: ${reasonOf(error)}`);
      }
    }
  }
  // Tools retry requests; a retry must not cause a second attachment.
  const doubled = candidates.filter((id) => storedFor(stack, id).length > 1);
  const attached = candidates.length - failures.length;
  console.log(`${attached} of ${candidates.length} attached byte for byte, ${doubled.length} more than once.`);
  return failures.length === 0 && doubled.length === 0;
};

const deliver = async (
  stack: Stack,
  client: Client,
  candidate: string,
  file: string,
  sizeBytes: number,
): Promise<string> => {
  const drop: Drop = { file, sizeBytes, key: `candidates/${candidate}/${fileName}` };
  const head = Buffer.from('%PDF-1.7\n');
  const bytes = Buffer.concat([head, randomBytes(sizeBytes - head.length)]);
  await writeFile(file, bytes);
  await client.drop(drop);
  const object = await stack.s3.send(
    new HeadObjectCommand({ Bucket: stack.bucket, Key: drop.key, ChecksumMode: 'ENABLED' }),
  );
  const stored = await attachmentFor(stack, candidate, drop.key, bareEtag(object.ETag ?? ''));
  if (!bytes.equals(await stored.bytes())) throw new Error('attached, but with other bytes');
  if (stored.name !== fileName) throw new Error(`attached as "${stored.name}"`);
  const [, parts] = /-(\d+)"$/.exec(object.ETag ?? '') ?? [];
  const checksum = Object.keys(object)
    .find((name) => /^Checksum(CRC|SHA)/.test(name))
    ?.replace('Checksum', '');
  return `${parts === undefined ? 'one PUT' : `${parts} parts`}, S3 keeps a ${checksum}, attached byte for byte`;
};

const attachmentFor = async (stack: Stack, candidate: string, key: string, etag: string) => {
  for (const until = Date.now() + maxWaitMs; Date.now() < until; ) {
    const [stored] = storedFor(stack, candidate);
    if (stored) return stored;
    await sleep(50);
  }
  const known = await stack.ledger.read(uploadId({ bucket: stack.bucket, key, etag }));
  const state = known?.readable ? JSON.stringify(known.record.state) : 'no readable record';
  throw new Error(`not attached within ${maxWaitMs / 1_000} s; the ledger has ${state}`);
};

const storedFor = (stack: Stack, id: string) => stack.kombo.attachments({ target: { kind: 'candidate', id } });

/** The last line that a failed program wrote, because the lines before show only progress. */
const reasonOf = (error: unknown): string => {
  const written = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  return written === '' ? String(error) : (written.split(/[\r\n]+/).at(-1) ?? '');
};

const main = async (): Promise<void> => {
  const programs = readPrograms();
  if (programs === 'help') return console.log(usage);
  process.exitCode = (await dropAll(programs)) ? 0 : 1;
};

await runScript('clients', main);
