import type { RawBody, Seed } from './raw-request.ts';
import { longDateOf, scopeOf, sha256Hex } from './sign.ts';

/**
 * Bodies in the framing that S3 calls "aws-chunked": `size[;chunk-signature=...]\r\ndata\r\n`, a chunk of size 0, trailers.
 * @see Amazon S3 API Reference, "Signature Calculations ... Transferring Payload in Multiple Chunks (Chunked Upload)"
 */
export const unsignedChunks = (chunks: readonly string[], trailers: Readonly<Record<string, string>> = {}): string =>
  [...chunks.map((chunk) => `${hexLength(chunk)}\r\n${chunk}\r\n`), '0\r\n', ...trailerLines(trailers), '\r\n'].join(
    '',
  );

export const signedChunks =
  (chunks: readonly string[], trailers?: Readonly<Record<string, string>>) =>
  async (seed: Seed): Promise<RawBody> => {
    let previous = seed.signature;
    const date = longDateOf(seed.date);
    const scope = scopeOf(seed.date, seed.region);
    let body = '';
    for (const chunk of [...chunks, '']) {
      previous = await seed.sign(
        ['AWS4-HMAC-SHA256-PAYLOAD', date, scope, previous, sha256Hex(''), sha256Hex(chunk)].join('\n'),
      );
      body += `${hexLength(chunk)};chunk-signature=${previous}\r\n`;
      if (chunk !== '') body += `${chunk}\r\n`;
    }
    if (trailers) {
      const canonical = Object.entries(trailers)
        .map(([name, value]) => `${name}:${value}\n`)
        .join('');
      const signature = await seed.sign(
        ['AWS4-HMAC-SHA256-TRAILER', date, scope, previous, sha256Hex(canonical)].join('\n'),
      );
      body += [...trailerLines(trailers), `x-amz-trailer-signature:${signature}\r\n`].join('');
    }
    return `${body}\r\n`;
  };

const hexLength = (chunk: string): string => Buffer.byteLength(chunk).toString(16);

const trailerLines = (trailers: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(trailers).map(([name, value]) => `${name}:${value}\r\n`);
