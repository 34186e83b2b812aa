import { extensionOf } from '../content-type/file-extension.ts';
import { isKnownExtension } from '../content-type/known-types.ts';
import { impersonalSegments, type KeyTemplate } from '../key-template/match-key.ts';
import { accountLane } from '../lane/lane.ts';
import { isKomboId, isKomboIntegrationId } from '../upload/kombo-id.ts';

const mask = '•••';

/** Only known extensions are shown: the last part of "frank.doe" is a name. */
const maskFilename = (filename: string): string => {
  const extension = extensionOf(filename);
  return isKnownExtension(extension) ? `${mask}.${extension}` : mask;
};

/**
 * A folder that no template matches. Its name may be a person's, so only its first characters and its length are shown;
 * an operator who knows the bucket can recognise it.
 */
export const maskFolder = (folder: string): string => {
  const characters = [...folder.replace(/\/$/, '')];
  const shown = characters.slice(0, Math.min(2, Math.floor(characters.length / 2))).join('');
  return `${shown}${mask}/ (length ${characters.length})`;
};

/**
 * A key in a form that is safe to log: `candidates/8Xi6iZrwusZqJmDGXs49GBmJ/•••.pdf`. Literal folders, types, and ids
 * in Kombo's form are shown, because the matching template identifies them. File names, `{any}` folders and other
 * values in the place of an id are masked. A key that no template matches may contain a name anywhere, so only its
 * shape and its extension are shown.
 */
export const maskKey = (key: string, templates: readonly KeyTemplate[] = []): string =>
  maskSegments(key, impersonalSegments(templates, key, 'kombo'));

/** As `maskKey`, but shows ids in any form. For screens only, never for logs. */
export const maskNames = (key: string, templates: readonly KeyTemplate[] = []): string =>
  maskSegments(key, impersonalSegments(templates, key, 'any'));

/** A target id in a form that is safe to log. */
export const maskId = (id: string): string => (isKomboId(id) ? id : mask);

/** An integration id in a form that is safe to log. The account's lane has a fixed name of ours. */
export const maskIntegrationId = (id: string): string => (isKomboIntegrationId(id) || id === accountLane ? id : mask);

const maskSegments = (key: string, impersonal: readonly boolean[]): string => {
  const segments = key.split('/');
  return segments
    .map((segment, index) => {
      if (segment === '' || impersonal[index]) return segment;
      return index === segments.length - 1 ? maskFilename(segment) : mask;
    })
    .join('/');
};
