import { splitExtension } from '../content-type/file-extension.ts';
import { extensionOfType, isKnownExtension } from '../content-type/known-types.ts';
import { maxNameLength } from '../limits.ts';
import { decodeMetadataText } from './metadata-text.ts';

/** Sources for the name besides the key's last segment. */
export interface NameOptions {
  /** User metadata `filename`, as S3 returns it. */
  readonly metadataFilename?: string;
  /** Supplies the extension of a name that has none, because ATSs and recruiters' computers rely on extensions. */
  readonly contentType?: string;
}

/**
 * Control, bidirectional and zero-width characters can disguise a name ("CV\u202Efdp.exe"), and path separators can
 * escape the download folder.
 */
const unwanted = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}/\\]/gu;

/** Normalised last, because removing a character can join two that compose. */
const clean = (text: string): string =>
  text
    .toWellFormed()
    .replace(unwanted, '')
    .normalize('NFC')
    .replace(/[\s.]+$/, '');

/** Only known extensions count: "Dr.Doe" has none. */
const split = (text: string): { stem: string; dotExtension: string } => {
  const { stem, dotExtension } = splitExtension(text);
  const known = isKnownExtension(dotExtension.slice(1).toLowerCase());
  return { stem: (known ? stem : text).replace(/^[\s.]+/, ''), dotExtension: known ? dotExtension : '' };
};

const cut = (text: string, length: number): string =>
  [...text]
    .slice(0, length)
    .join('')
    .replace(/[\s.]+$/, '');

/**
 * The attachment's name in the ATS: user metadata `filename`, or else the last segment of the key. NFC, at most 200
 * characters, never empty. A known extension survives the cut, and a name without one gets the extension of its type.
 */
export const attachmentName = (filename: string, options: NameOptions = {}): string => {
  const fromKey = split(clean(filename));
  const fromMetadata = split(clean(decodeMetadataText(options.metadataFilename ?? '') ?? ''));
  const lent = options.contentType === undefined ? undefined : extensionOfType(options.contentType);
  const dotExtension = fromMetadata.dotExtension || fromKey.dotExtension || (lent === undefined ? '' : `.${lent}`);
  const stem = cut(fromMetadata.stem || fromKey.stem, maxNameLength - dotExtension.length);
  return `${stem || 'attachment'}${dotExtension}`;
};
