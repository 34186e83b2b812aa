import { extensionOf } from '../content-type/file-extension.ts';
import { isKnownExtension } from '../content-type/known-types.ts';
import { impersonalSegments, type KeyTemplate } from '../key-template/match-key.ts';
import { accountLane } from '../lane/lane.ts';
import { isKomboId, isKomboIntegrationId } from '../upload/kombo-id.ts';

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
 * A key fit for a log: `candidates/8Xi6iZrwusZqJmDGXs49GBmJ/•••.pdf`.
 * Literal folders, types, and ids in Kombo's form stay, for a template accounts for them; file names, `{any}` folders and
 * everything else in the place of an id are masked.
 * A key that no template fits may hold a person's name anywhere, so only its shape and its extension stay.
 */
export const maskKey = (key: string, templates: readonly KeyTemplate[] = []): string =>
  maskSegments(key, impersonalSegments(templates, key, 'kombo'));

/** The same for a screen on which ids are wanted, whatever their form. Never for a log. */
export const maskNames = (key: string, templates: readonly KeyTemplate[] = []): string =>
  maskSegments(key, impersonalSegments(templates, key, 'any'));

/** An id of a target, fit for a log. */
export const maskId = (id: string): string => (isKomboId(id) ? id : mask);

/** An id of an integration, fit for a log. The lane of everything behind the API key has a name of ours. */
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
