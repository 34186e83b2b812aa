import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { invalidArgument, S3Error } from './s3-error.ts';

export interface Form {
  /** Lower-case names; only the fields before the file, as in S3. */
  readonly fields: Readonly<Record<string, string>>;
  readonly filename: string;
}

/**
 * S3 allows 20 KB besides the file.
 * @see Amazon S3 API Reference, "POST Object"
 */
const maxFieldBytes = 20 * 1024;

/**
 * Reads multipart/form-data as a stream, so the file is never in memory as a whole.
 * @param onFile gets the fields and the bytes of the file; the bytes end only when the whole form has arrived
 * @throws {S3Error} MalformedPOSTRequest, or InvalidArgument without a file
 */
export const readForm = async <T>(
  body: AsyncIterable<Buffer>,
  contentType: string,
  onFile: (form: Form, bytes: AsyncIterable<Buffer>) => Promise<T>,
): Promise<T> => {
  const fields: Record<string, string> = {};
  const stored = Promise.withResolvers<T>();
  let file: Readable | undefined;
  let parser: BusboyInstance | undefined;
  const wholeBody = async function* () {
    yield* body;
    await setImmediate();
    // A part whose header never ends would otherwise be waited for forever.
    if (!file) throw invalidArgument('file', '', 'POST requires exactly one file upload per request.');
  };
  try {
    parser = new Busboy({
      headers: { 'content-type': contentType },
      limits: { fieldSize: maxFieldBytes, files: 1 },
      isPartAFile: (name) => name?.toLowerCase() === 'file',
    });
    parser.on('field', (name: string | undefined, value) => {
      if (name !== undefined) fields[name.toLowerCase()] = value;
    });
    parser.on('file', (_, bytes, filename = '') => {
      file = bytes;
      const thenTheRest = async function* () {
        yield* bytes;
        await ended;
      };
      // Browsers write a quotation mark in a name as %22.
      stored.resolve(onFile({ fields: { ...fields }, filename: filename.replaceAll('%22', '"') }, thenTheRest()));
    });
    const ended = pipeline(wholeBody(), parser);
    // A refused file is not read, so waiting for the rest would never end.
    return await Promise.race([stored.promise, ended.then(() => stored.promise)]);
  } catch (error) {
    parser?.destroy();
    file?.destroy();
    // By then, the bytes already written have been deleted.
    if (file) await stored.promise.catch(() => undefined);
    throw error instanceof S3Error ? error : new S3Error('MalformedPOSTRequest');
  }
};
