import { createHash } from 'node:crypto';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { startS3 } from '../../../infra/local/aws/s3/server.ts';
import { s3Storage } from '../../../lib/aws/s3-storage.ts';
import type { Storage } from '../../../lib/upload/storage.ts';
import { s3ClientOf } from '../../fakes/s3-test-server.ts';
import { newFolder, remove } from '../../fakes/temporary-folder.ts';
import { SimulatedBucket, storageOf } from '../simulation/simulated-storage.ts';

/**
 * The simulation's storage and the local S3 with our own client must open, find and list the same after the same uploads and
 * deletions.
 *
 * Not compared, with the reason:
 * - the sentences of failures: only the codes decide anything;
 * - times, version ids and checksums: the two have different clocks, and the simulated bucket has no versions;
 * - the ends of pages: 5 objects there, 1,000 here, so listings are compared from their first to their last page;
 * - `link`: the simulation transfers data.
 */
const runs = Number(process.env.DIFFERENTIAL_RUNS ?? 100);

const bucket = 'cvs';
const directory = await newFolder();
const server = await startS3({ directory, bucket, preferredPort: 0, onCreated: () => undefined, versioning: false });
const client = s3ClientOf(server.url);
afterAll(async () => {
  client.destroy();
  await server.close();
  await remove(directory);
});

/** Keys that sort differently in UTF-8 and UTF-16, and keys that a listing or a URL could misread. */
const names = [
  'a',
  'b',
  'a/b',
  'a//b',
  'a b',
  'a+b',
  'a%20b',
  'é',
  '\u{1f600}',
  '\uff5e',
  'a\u0001',
  '..',
  'a/../b',
  // Contains a prefix in the middle.
  'b/{folder}a',
] as const;
const name = fc.constantFrom(...names);
const content = fc.constantFrom('', 'a CV', 'another CV');

type Operation =
  | { readonly kind: 'put'; readonly name: string; readonly content: string }
  | { readonly kind: 'delete' | 'find'; readonly name: string }
  | { readonly kind: 'open'; readonly name: string; readonly of: string }
  | { readonly kind: 'list'; readonly prefix: string; readonly after: string; readonly delimiter: '/' | undefined };

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('put' as const), name, content }) },
  fc.record({ kind: fc.constantFrom('delete' as const, 'find' as const), name }),
  fc.record({ kind: fc.constant('open' as const), name, of: content }),
  fc.record({
    kind: fc.constant('list' as const),
    prefix: fc.constantFrom('', 'a', 'a/', 'x'),
    after: name,
    delimiter: fc.constantFrom(undefined, '/' as const),
  }),
);

const keyOf = (folder: string, name: string): string => folder + name.replace('{folder}', folder);

const etagOf = (text: string): string => createHash('md5').update(text).digest('hex');

const signal = new AbortController().signal;

const ask = async (storage: Storage, folder: string, asked: Operation): Promise<unknown> => {
  if (asked.kind === 'list') return listed(storage, folder, asked);
  const key = keyOf(folder, asked.name);
  if (asked.kind === 'find') {
    const found = await storage.find(bucket, key, signal);
    return found.ok ? { etag: found.value.etag, sizeBytes: found.value.sizeBytes } : found.error.code;
  }
  if (asked.kind !== 'open') return undefined;
  const opened = await storage.open({ bucket, key, etag: etagOf(asked.of) }, signal);
  if (!opened.ok) return opened.error.code;
  const { etag, sizeBytes, chunks, close } = opened.value;
  const pieces: Buffer[] = [];
  // A chunk is valid until the next one is requested.
  for await (const chunk of chunks) pieces.push(Buffer.from(chunk));
  close();
  return { etag, sizeBytes, text: Buffer.concat(pieces).toString() };
};

const listed = async (
  storage: Storage,
  folder: string,
  { prefix, after, delimiter }: Operation & { kind: 'list' },
): Promise<unknown> => {
  const all: unknown[] = [];
  const allFolders: string[] = [];
  const range = { prefix: `${folder}${prefix}`, afterKey: keyOf(folder, after), ...(delimiter && { delimiter }) };
  for (let token: string | undefined; ; ) {
    const page = await storage.list(bucket, { ...range, ...(token !== undefined && { token }) }, signal);
    if (!page.ok) return page.error.code;
    const { objects, folders, next } = page.value;
    all.push(...objects.map(({ key, etag, sizeBytes }) => ({ key: key.slice(folder.length), etag, sizeBytes })));
    allFolders.push(...folders.map((name) => name.slice(folder.length)));
    if (next === undefined) return { all, allFolders };
    token = next;
  }
};

let worlds = 0;

test(`the simulated storage and the local S3 give the same answers in ${runs} random worlds`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 12 }), async (operations) => {
      worlds += 1;
      const folder = `world-${worlds}/`;
      const simulated = new SimulatedBucket();
      const process = { step: async <T>(_label: string, effect: () => T) => effect() };
      const both = [storageOf(simulated, process, { calm: () => true }, () => undefined), s3Storage(client)] as const;
      for (const asked of operations) {
        if (asked.kind === 'put') {
          const key = keyOf(folder, asked.name);
          const content = Buffer.from(asked.content);
          simulated.files.set(key, { key, etag: etagOf(asked.content), content, modifiedAt: 0 });
          await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: content }));
        } else if (asked.kind === 'delete') {
          simulated.files.delete(keyOf(folder, asked.name));
          await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: keyOf(folder, asked.name) }));
        } else {
          const [imagined, real] = await Promise.all(both.map((storage) => ask(storage, folder, asked)));
          expect(imagined).toEqual(real);
        }
      }
    }),
    { numRuns: runs },
  );
}, 600_000);
