import { fail, ok } from '../../../lib/result.ts';
import { SourceError } from '../../../lib/stream/source-error.ts';
import type { ListedObject, Storage, StoredObject } from '../../../lib/upload/storage.ts';
import { checksumOfBytes } from '../../fakes/files.ts';
import type { Process, World } from './world.ts';

export interface StoredFile {
  readonly key: string;
  readonly etag: string;
  readonly content: Buffer;
  readonly modifiedAt: number;
  /** The name that its uploader gave it beside the key. */
  readonly filename?: string;
}

/** What may go wrong while an object is opened or read. */
export type ReadFault = 'unavailable' | 'stalls' | 'short' | 'corrupt' | 'breaks' | undefined;

/** The bucket: the object under each key now, and the earlier ones where it keeps versions. */
export class SimulatedBucket {
  readonly files = new Map<string, StoredFile>();
  readonly versions = new Map<string, StoredFile>();
}

/** S3 lists by the bytes of the keys' UTF-8; JavaScript compares by UTF-16. */
const inBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

export const storageOf = (
  bucket: SimulatedBucket,
  process: Pick<Process, 'step'>,
  world: Pick<World, 'calm'>,
  readFault: () => ReadFault,
): Storage => {
  const open = async (etag: string, find: () => StoredFile | undefined): ReturnType<Storage['open']> => {
    const fault = world.calm() ? undefined : readFault();
    const file = await process.step('storage open', find);
    if (fault === 'unavailable') return fail('STORAGE_UNAVAILABLE', 'S3 answered SlowDown (HTTP 503).');
    if (!file) return fail('OBJECT_DELETED', 'S3 answered NoSuchKey (HTTP 404).');
    if (file.etag !== etag) return fail('OBJECT_REPLACED', 'S3 answered PreconditionFailed (HTTP 412).');
    return ok(opened(file, process, fault));
  };
  return {
    open: ({ key, etag }) => open(etag, () => bucket.files.get(key)),
    openVersion: ({ key, etag, versionId }) =>
      open(etag, () => (versionId === undefined ? bucket.files.get(key) : bucket.versions.get(versionId))),
    find: async (bucketName, key) => {
      const file = await process.step('storage find', () => bucket.files.get(key));
      if (!file) return fail('OBJECT_DELETED', 'S3 answered NotFound (HTTP 404).');
      return ok({ bucket: bucketName, key, etag: file.etag, sizeBytes: file.content.length });
    },
    list: async (_bucketName, { prefix, afterKey = '' }) => {
      const page = await process.step('storage list', () =>
        [...bucket.files.values()]
          .filter(({ key }) => key.startsWith(prefix) && inBytes(key, afterKey) > 0)
          .sort((a, b) => inBytes(a.key, b.key)),
      );
      const objects: ListedObject[] = page.slice(0, 5).map((file) => ({ ...file, sizeBytes: file.content.length }));
      return ok({ objects, more: page.length > objects.length });
    },
    link: async () => {
      throw new Error('The simulation transfers data.');
    },
  };
};

const opened = (file: StoredFile, process: Pick<Process, 'step'>, fault: ReadFault): StoredObject => {
  let closed = false;
  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    // More than the type sniffer reads ahead, so that a fault can come when half of the body is out.
    const half = Math.ceil(file.content.length / 2);
    const first = Buffer.from(await process.step('storage read', () => file.content.subarray(0, half)));
    yield first;
    // The real one reuses its buffers, too.
    first.fill('z');
    if (fault === 'stalls') await new Promise<never>(() => undefined);
    if (fault === 'breaks') throw new SourceError('STORAGE_UNAVAILABLE', 'S3 broke off while the object was read.');
    if (fault === 'short') return;
    const rest = file.content.subarray(half);
    yield await process.step('storage read', () => (fault === 'corrupt' ? Buffer.alloc(rest.length, 'y') : rest));
    if (closed) throw new Error('read after close');
  }
  return {
    etag: file.etag,
    sizeBytes: file.content.length,
    contentType: 'text/plain',
    metadata: file.filename === undefined ? {} : { filename: file.filename },
    checksum: checksumOfBytes(file.content),
    identity: checksumOfBytes(file.content),
    chunks: chunks(),
    close: () => {
      closed = true;
    },
  };
};
