import { canonicalType, formOf } from './known-types.ts';
import { documentInZip } from './zip-document.ts';

/**
 * Signatures that are themselves text. Any other signature in plain text is a coincidence, such as "BM" in "BMW", which
 * marks a bitmap.
 */
const textualSignatures: ReadonlySet<string> = new Set([
  'application/pdf',
  'application/rtf',
  'application/postscript',
  'application/eps',
  'application/pgp-encrypted',
  'application/x-ms-regedit',
]);

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

/**
 * No control characters except white space, escape and the old end-of-file mark; or UTF-16 with a byte order mark, as
 * Windows Notepad writes it.
 */
const looksLikeText = (head: Uint8Array): boolean => {
  const utf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  return utf16 || !/[\x00-\x08\x0e-\x19\x1c-\x1f\x7f]/.test(latin1(head));
};

/** PDF readers accept up to 1,024 other bytes before the header; mail systems and scanners add some. */
const hasPdfHeader = (head: Uint8Array): boolean => latin1(head.subarray(0, 1024 + 5)).includes('%PDF-');

let library: Promise<typeof import('./signature-library.ts')> | undefined;

const signatureOf = async (head: Uint8Array): Promise<string | undefined> => {
  // Loaded with the first file instead of at cold start, because it takes about 10 ms.
  library ??= import('./signature-library.ts');
  const { fileTypeFromBuffer } = await library;
  // A crafted or truncated file can make the library's parser fail; then its bytes identify nothing.
  const found = await fileTypeFromBuffer(head).catch(() => undefined);
  return found && canonicalType(found.mime);
};

/**
 * The type that the leading bytes show, or undefined when they show none.
 * @param expected the type according to the file's name or S3. It decides only what the bytes leave open: the document
 *   in a container, the kind of text, and whether a PDF header may follow other bytes.
 */
export const typeOfBytes = async (head: Uint8Array, expected: string | undefined): Promise<string | undefined> => {
  const form = formOf(expected);
  const signature = await signatureOf(head);
  if (looksLikeText(head) && !textualSignatures.has(signature ?? '')) {
    if (expected === 'application/pdf' && hasPdfHeader(head)) return expected;
    return form === 'text' || expected?.startsWith('text/') ? expected : 'text/plain';
  }
  switch (signature) {
    case 'application/x-cfb':
      return form === 'cfb' ? expected : signature;
    case undefined:
      return expected === 'application/pdf' && hasPdfHeader(head) ? expected : undefined;
    default:
      return documentInZip(head, signature, expected) ?? signature;
  }
};
