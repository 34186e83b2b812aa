import { fail, ok } from '../../../lib/result.ts';
import { SourceError } from '../../../lib/stream/source-error.ts';
import type { ListedObject, Storage, StoredObject } from '../../../lib/upload/storage.ts';
import { checksumOfBytes } from '../../fakes/files.ts';
import { inKeyOrder, listedPage } from '../../fakes/listed-page.ts';
import type { Process, World } from './world.ts';

export interface StoredFile {
  readonly key: string;
  readonly etag: string;
  readonly content: Buffer;
  readonly modifiedAt: number;
  /** The name that its uploader set in the metadata. */
  readonly filename?: string;
}

/** What may go wrong while an object is opened or read. */
export type ReadFault = 'unavailable' | 'stalls' | 'short' | 'corrupt' | 'breaks' | undefined;

/** The bucket: the current object under each key, and the earlier ones when it keeps versions. */
export class SimulatedBucket {
  readonly files = new Map<string, StoredFile>();
  readonly versions = new Map<string, StoredFile>();
}

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
      const { etag, content, modifiedAt } = file;
      return ok({ bucket: bucketName, key, etag, sizeBytes: content.length, modifiedAt });
    },
    list: async (_bucketName, range) => {
      const objectOf = (file: StoredFile): ListedObject => ({ ...file, sizeBytes: file.content.length });
      const page = () => listedPage(inKeyOrder([...bucket.files.values()].map(objectOf)), range, 5);
      return ok(await process.step('storage list', page));
    },
    link: async () => {
      throw new Error('The simulation transfers data.');
    },
  };
};

const opened = (file: StoredFile, process: Pick<Process, 'step'>, fault: ReadFault): StoredObject => {
  let closed = false;
  const checksum = checksumOfBytes(file.content);
  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    // More than the type sniffer reads ahead, so that a fault can happen when half of the body has been sent.
    const half = Math.ceil(file.content.length / 2);
    const first = Buffer.from(await process.step('storage read', () => file.content.subarray(0, half)));
    yield first;
    // The real one reuses its buffers, too.
    first.fill('z');
    if (fault === 'stalls') await new Promise<never>(() => undefined);
    if (fault === 'breaks')
      throw new SourceError('STORAGE_UNAVAILABLE', 'S3 broke the connection while the object was being read.');
    if (fault === 'short') return;
    const rest = file.content.subarray(half);
    yield await process.step('storage read', () => (fault === 'corrupt' ? Buffer.alloc(rest.length, 'y') : rest));
    if (closed) throw new Error('read after close');
  }
  return {
    etag: file.etag,
    sizeBytes: file.content.length,
    modifiedAt: file.modifiedAt,
    contentType: 'text/plain',
    metadata: file.filename === undefined ? {} : { filename: file.filename },
    checksum,
    identity: checksum,
    chunks: chunks(),
    close: () => {
      closed = true;
    },
  };
};
