import { extensionOf } from '../content-type/file-extension.ts';
import { isKnownExtension } from '../content-type/known-types.ts';
import { impersonalSegments, type KeyTemplate } from '../key-template/match-key.ts';

const mask = '•••';

/** Only extensions that we know: the last part of "frank.doe" is a name. */
const maskFilename = (filename: string): string => {
  const extension = extensionOf(filename);
  return isKnownExtension(extension) ? `${mask}.${extension}` : mask;
};

/**
 * A folder that no template accounts for: its name may be a person's, so only its beginning and its length stay, by which
 * an operator who knows the bucket recognises it.
 */
export const maskFolder = (folder: string): string => {
  const characters = [...folder.replace(/\/$/, '')];
  const shown = characters.slice(0, Math.min(2, Math.floor(characters.length / 2))).join('');
  return `${shown}${mask}/ (length ${characters.length})`;
};

/**
 * A key fit for a log: `candidates/GRK123/•••.pdf`.
 * Literal folders, ids and types stay, for a template accounts for them; file names and `{any}` folders are masked.
 * A key that no template fits may hold a person's name anywhere, so only its shape and its extension stay.
 */
export const maskKey = (key: string, templates: readonly KeyTemplate[] = []): string => {
  const segments = key.split('/');
  const impersonal = impersonalSegments(templates, key);
  return segments
    .map((segment, index) => {
      if (segment === '' || impersonal[index]) return segment;
      return index === segments.length - 1 ? maskFilename(segment) : mask;
    })
    .join('/');
};
