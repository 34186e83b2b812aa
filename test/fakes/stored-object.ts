import { ok, type Result } from '../../lib/result.ts';
import type { Storage, StoredObject } from '../../lib/upload/storage.ts';
import type { Upload } from '../../lib/upload/upload.ts';
import { asFromASocket } from './chunks.ts';

/** What an object has besides its bytes; `chunks` replaces them for sources that misbehave. */
export type Particulars = Partial<Omit<StoredObject, 'close'>>;

/** An object that counts how much of it was read and whether it was released. */
export interface CountedObject extends StoredObject {
  readonly readBytes: number;
  readonly closed: boolean;
}

export const storedObject = (file: Uint8Array, particulars: Particulars = {}): CountedObject => {
  const counts = { readBytes: 0, closed: false };
  const source = particulars.chunks ?? asFromASocket(file);
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      counts.readBytes += chunk.byteLength;
      yield chunk;
    }
  }
  return {
    ...{ etag: 'e1', sizeBytes: file.byteLength, metadata: {}, contentType: 'application/pdf', ...particulars },
    chunks: counted(),
    close: () => {
      counts.closed = true;
    },
    get readBytes() {
      return counts.readBytes;
    },
    get closed() {
      return counts.closed;
    },
  };
};

/** A bucket that opens the test's objects one after another, and the last one for every later call. */
export interface FakeStorage extends Storage {
  readonly opened: readonly CountedObject[];
  readonly links: readonly ({ readonly upload: Upload } & Parameters<Storage['link']>[1])[];
}

export type Opening = () => Result<CountedObject> | Promise<Result<CountedObject>>;

export const fakeStorage = (...openings: readonly Opening[]): FakeStorage => {
  const opened: CountedObject[] = [];
  const links: FakeStorage['links'][number][] = [];
  let asked = 0;
  const unused = (): never => {
    throw new Error('An attempt neither looks for objects nor lists them.');
  };
  return {
    opened,
    links,
    open: async () => {
      const opening = openings[Math.min(asked, openings.length - 1)];
      asked += 1;
      const object = (await opening?.()) ?? ok(storedObject(Buffer.from('%PDF-1.7')));
      if (object.ok) opened.push(object.value);
      return object;
    },
    link: async (upload, options) => {
      links.push({ upload, ...options });
      return 'https://bucket.s3.eu-central-1.amazonaws.com/candidates/x/cv.pdf?X-Amz-Signature=5ec2e7';
    },
    openVersion: unused,
    find: unused,
    list: unused,
  };
};
