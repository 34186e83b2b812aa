/** RFC 2047: "=?charset?B or Q?text?="; white space between two such words is not part of the text. */
const encodedWord = /=\?([^?\s]+)\?([BbQq])\?([^?\s]*)\?=(?:\s+(?==\?))?/g;

const quotedPrintableBytes = (text: string): Uint8Array =>
  Buffer.from(
    text
      .replaceAll('_', ' ')
      .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );

const decodeBytes = (bytes: Uint8Array, charset: string): string =>
  new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(bytes);

/**
 * HTTP clients read a header byte as one Latin-1 character, and so does S3 when a client sends raw UTF-8: "Ä" arrives
 * as two characters. Latin-1 text is hardly ever valid UTF-8 by chance, so such text is decoded as UTF-8.
 */
const undoLatin1 = (text: string): string => {
  if (!/[\x80-\xff]/.test(text) || /[^\x00-\xff]/.test(text)) return text;
  try {
    return decodeBytes(Buffer.from(text, 'latin1'), 'utf-8');
  } catch {
    return text;
  }
};

/**
 * Decodes a value of S3 user metadata. S3 returns everything that is not US-ASCII as RFC 2047 words.
 * @returns undefined when it cannot be decoded: a broken word or an unknown charset.
 * @see Amazon S3 User Guide, "User-defined object metadata"
 */
export const decodeMetadataText = (value: string): string | undefined => {
  try {
    return undoLatin1(
      value.replace(encodedWord, (_, charset: string, encoding: string, text: string) =>
        decodeBytes(encoding.toUpperCase() === 'B' ? Buffer.from(text, 'base64') : quotedPrintableBytes(text), charset),
      ),
    );
  } catch {
    // TextDecoder threw: RangeError for the charset, TypeError for the bytes. Its message may quote the text.
    return undefined;
  }
};
