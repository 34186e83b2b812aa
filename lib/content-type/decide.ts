import { fail, ok, type Result } from '../result.ts';
import { type AllowedTypes, typeLabel } from './allowed-types.ts';
import { protectionOf } from './compound-file.ts';
import { extensionOf } from './file-extension.ts';
import { canonicalType, formOf, typeOfExtension } from './known-types.ts';
import { typeOfBytes } from './sniff.ts';

export { type AllowedTypes, defaultAllowedTypes, parseAllowedTypes } from './allowed-types.ts';
export { checkContentEncoding } from './content-encoding.ts';

/** What is known about a file before it is sent. */
export interface FileEvidence {
  /** Its first bytes: `sniffBytes` of them, or the whole file when it is shorter. An empty file is refused before. */
  readonly head: Uint8Array;
  /** The name it will have in the ATS. */
  readonly filename: string;
  /** S3's Content-Type. Upload tools guess it from the name or leave a default. */
  readonly declared?: string;
}

/** Word opens all of these as ".doc" without a warning, so real CVs have this name. */
const alsoNamedDoc: ReadonlySet<string> = new Set([
  'application/rtf',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
]);

const isMisnamed = (named: string, found: string | undefined): boolean =>
  found !== named && !(named === 'application/msword' && alsoNamedDoc.has(found ?? ''));

/** `application/x-cfb` says nothing to an operator. */
const shownLabel = (found: string): string =>
  found === 'application/x-cfb' ? 'an old Office container' : typeLabel(found);

/** @param extension a known one; another may be part of a person's name */
const contradiction = (extension: string, found: string | undefined): Result<string> => {
  const bytes = found === undefined ? 'show no type' : `say ${shownLabel(found)}`;
  return fail('TYPE_CONTRADICTED', `The name says ${extension}, the first bytes ${bytes}.`);
};

/** Formats of which many types are made. */
const containers: ReadonlySet<string> = new Set(['application/zip', 'application/x-cfb']);

/**
 * Office encrypts the whole document and wraps it in a compound file. An encrypted PDF is still sent: most can be
 * opened without a password and only forbid changes.
 */
const checkPassword = (head: Uint8Array, found: string | undefined, named: string | undefined): Result<void> => {
  if (found !== 'application/x-cfb' && formOf(found) !== 'cfb') return ok(undefined);
  const protection = protectionOf(head);
  if (protection === 'encrypted') return fail('FILE_HAS_PASSWORD', 'The first bytes show an encrypted document.');
  return protection === 'hidden' && named !== undefined && formOf(named) === 'openXml'
    ? fail(
        'FILE_HAS_PASSWORD',
        `The name says ${typeLabel(named)}, but the first bytes show an old Office container, as used for documents with a password.`,
      )
    : ok(undefined);
};

/**
 * Decides the `content_type` of an attachment from the leading bytes, then the extension, then S3's own type. Fails
 * with FILE_HAS_PASSWORD, TYPE_NOT_ALLOWED, or TYPE_CONTRADICTED when the bytes do not match the extension.
 * A PDF without a header and a text with NUL bytes do not match either: they cannot be opened.
 */
export const decideContentType = async (
  { head, filename, declared }: FileEvidence,
  allowed: AllowedTypes,
): Promise<Result<string>> => {
  const extension = extensionOf(filename);
  const named = typeOfExtension(extension);
  const stated = declared === undefined ? undefined : canonicalType(declared);
  const found = await typeOfBytes(head, named ?? stated);
  const password = checkPassword(head, found, named);
  if (!password.ok) return password;
  if (named !== undefined && isMisnamed(named, found)) return contradiction(extension, found);
  const unknown = formOf(stated) === undefined ? stated : undefined;
  const isOpen = named === undefined && containers.has(found ?? '') && allowed.has(unknown ?? '');
  // The bytes of a type that only the operator's list knows show nothing, or a container: S3's Content-Type is left.
  const type = isOpen ? unknown : (found ?? unknown);
  const list = [...allowed].map(typeLabel).join(', ');
  if (type === undefined)
    return fail('TYPE_NOT_ALLOWED', `The type of the file cannot be determined. Allowed: ${list}.`);
  if (allowed.has(type)) return ok(type);
  // S3's Content-Type is text from the uploader, so it is not repeated.
  const name = found === undefined ? 'of another type' : shownLabel(found);
  return fail('TYPE_NOT_ALLOWED', `The file is ${name}. Allowed: ${list}.`);
};
