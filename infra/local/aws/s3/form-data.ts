import { S3Error } from './s3-error.ts';

export interface Form {
  /** Names in lower case; only the fields before the file, as S3 has it. */
  readonly fields: Readonly<Record<string, string>>;
  readonly filename: string;
}

/** @see Amazon S3 API Reference, "POST Object": at most 20 KB besides the file */
const maxFieldBytes = 20 * 1024;

/**
 * Reads multipart/form-data as it comes in; the file is never in memory as a whole.
 * @param onFile gets the fields and the bytes of the file; what follows the file is not read
 * @throws {S3Error} MalformedPOSTRequest
 * @see RFC 7578
 */
export const readForm = async <T>(
  body: AsyncIterable<Buffer>,
  contentType: string,
  onFile: (form: Form, bytes: AsyncIterable<Buffer>) => Promise<T>,
): Promise<T> => {
  const [, quotedBoundary, plainBoundary] = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType) ?? [];
  const boundary = quotedBoundary ?? plainBoundary;
  if (boundary === undefined) throw malformed();
  const reader = markReader(body);
  try {
    // The first boundary has no line end before it.
    await reader.text(`--${boundary}`);
    const fields: Record<string, string> = {};
    while ((await reader.text('\r\n')) === '') {
      const head = await reader.text('\r\n\r\n');
      const name = parameterOf(head, 'name')?.toLowerCase();
      if (name === undefined) throw malformed();
      const end = `\r\n--${boundary}`;
      if (name !== 'file') {
        fields[name] = await reader.text(end);
        continue;
      }
      // The type is a field of its own: S3 ignores what the browser says of the file.
      return await onFile({ fields, filename: basename(parameterOf(head, 'filename') ?? '') }, reader.until(end));
    }
  } finally {
    await reader.end();
  }
  throw new S3Error('InvalidArgument', { message: 'POST requires exactly one file upload per request.' });
};

const malformed = (): S3Error => new S3Error('MalformedPOSTRequest');

/** Browsers write a quotation mark in a name as %22. */
const parameterOf = (head: string, name: string): string | undefined =>
  new RegExp(`^content-disposition:.*[;\\s]${name}="([^"]*)"`, 'im').exec(head)?.[1]?.replaceAll('%22', '"');

/** Some clients send the whole path of a file. */
const basename = (filename: string): string => filename.replace(/^.*[/\\]/s, '');

const markReader = (body: AsyncIterable<Buffer>) => {
  const input = body[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);

  /** Everything before a mark, which is skipped. */
  const until = async function* (text: string): AsyncGenerator<Buffer> {
    const mark = Buffer.from(text);
    for (let at = rest.indexOf(mark); ; at = rest.indexOf(mark)) {
      // The last bytes may be the beginning of the mark.
      const length = at === -1 ? Math.max(0, rest.length - mark.length + 1) : at;
      const piece = rest.subarray(0, length);
      rest = rest.subarray(at === -1 ? length : at + mark.length);
      if (piece.length > 0) yield piece;
      if (at !== -1) return;
      const { done, value } = await input.next();
      if (done) throw malformed();
      rest = Buffer.concat([rest, value]);
    }
  };

  const text = async (mark: string): Promise<string> => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    for await (const piece of until(mark)) {
      bytes += piece.length;
      if (bytes > maxFieldBytes) throw malformed();
      pieces.push(piece);
    }
    return Buffer.concat(pieces).toString('utf8');
  };

  return { until, text, end: () => input.return?.() };
};
