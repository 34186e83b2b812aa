import { S3Error } from './s3-error.ts';

/** A line is a chunk header with its signature, or a trailer. */
const maxLineBytes = 8 * 1024;

/**
 * Decodes the payload of an aws-chunked body, signed or not; signatures are not checked.
 * @param announced names of the allowed trailers, from x-amz-trailer
 * @param trailers is filled after the last chunk, with lower-case names
 * @throws {S3Error} IncompleteBody when a chunk does not have its declared length, or when bytes follow the last chunk
 * @see Amazon S3 API Reference, "Signature calculations: transferring payload in multiple chunks"
 */
export const chunkedPayload = async function* (
  body: AsyncIterable<Buffer>,
  announced: string,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  const allowed = ['x-amz-trailer-signature', ...announced.toLowerCase().split(/ *, */)];
  const input = body[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);

  const readMore = async (): Promise<void> => {
    const { done, value } = await input.next();
    if (done) throw new S3Error('IncompleteBody');
    rest = rest.length === 0 ? value : Buffer.concat([rest, value]);
  };
  /** Chunks must end with CR and LF; some clients end trailers with LF alone. */
  const readLine = async ({ strict = true } = {}): Promise<string> => {
    let end = rest.indexOf('\n');
    while (end === -1) {
      if (rest.length > maxLineBytes) throw new S3Error('IncompleteBody');
      await readMore();
      end = rest.indexOf('\n');
    }
    const line = rest.toString('latin1', 0, end);
    rest = rest.subarray(end + 1);
    if (strict && !line.endsWith('\r')) throw new S3Error('IncompleteBody');
    return line.replace(/\r$/, '');
  };

  try {
    for (let left = chunkLength(await readLine()); left > 0; left = chunkLength(await readLine())) {
      while (left > 0) {
        if (rest.length === 0) await readMore();
        const piece = rest.subarray(0, left);
        rest = rest.subarray(piece.length);
        left -= piece.length;
        yield piece;
      }
      if ((await readLine()) !== '') throw new S3Error('IncompleteBody');
    }
    const trailer = () => readLine({ strict: false });
    for (let line = await trailer(); line !== ''; line = await trailer()) {
      const [name = '', ...value] = line.split(':');
      if (!allowed.includes(name.trim().toLowerCase())) throw new S3Error('MalformedTrailerError');
      trailers.set(name.trim().toLowerCase(), value.join(':').trim());
    }
    if (rest.length > 0 || !(await input.next()).done) throw new S3Error('IncompleteBody');
  } finally {
    await input.return?.();
  }
};

const chunkLength = (head: string): number => {
  const [, hex] = /^([0-9a-f]{1,8})(?:;.*)?$/i.exec(head) ?? [];
  if (hex === undefined) throw new S3Error('IncompleteBody');
  return Number.parseInt(hex, 16);
};
