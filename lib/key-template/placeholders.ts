import { isKomboId, isKomboIntegrationId } from '../upload/kombo-id.ts';
import type { AttachmentType, TargetIdName } from '../upload/target.ts';

/** A placeholder of a template, and the rule for a segment of a key that matches it. */
export interface Placeholder {
  /** Completes the sentence "segment 2 of the key is not ...". */
  readonly holds: string;
  readonly accepts: (segment: string) => boolean;
  /** Identifies a target or an integration. */
  readonly isId: boolean;
  /** Whether this segment may contain a person's name, so that logs mask it. */
  readonly personal: (segment: string) => boolean;
}

const attachmentTypeByFolder: ReadonlyMap<string, AttachmentType> = new Map([
  ['cv', 'CV'],
  ['cover-letter', 'COVER_LETTER'],
  ['other', 'OTHER'],
]);

/** Also accepts "CV" and "COVER_LETTER", which is how Kombo writes its types. */
export const attachmentTypeOf = (folder: string): AttachmentType | undefined =>
  attachmentTypeByFolder.get(folder.toLowerCase().replaceAll('_', '-'));

/** Kombo's ids have 24 such characters today. The pattern excludes everything that could change a URL. */
const isId = (segment: string): boolean => /^[A-Za-z0-9_-]{1,64}$/.test(segment);

/** `<tool>:<id>`, as in Kombo's X-Integration-Id header. */
export const isIntegrationId = (text: string): boolean => /^[A-Za-z0-9_-]{1,64}:[A-Za-z0-9_-]{1,64}$/.test(text);

const isPresent = (segment: string): boolean => segment !== '';

const id = {
  holds: 'an id of 1 to 64 letters, digits, "-" or "_"',
  accepts: isId,
  isId: true,
  personal: (segment: string) => !isKomboId(segment),
};

/** One placeholder per kind of target. */
const targetIds = { candidate_id: id, application_id: id } as const satisfies Record<TargetIdName, Placeholder>;

export const placeholders = {
  ...targetIds,
  integration_id: {
    holds: 'an integration id of the form <tool>:<id>',
    accepts: isIntegrationId,
    isId: true,
    personal: (segment) => !isKomboIntegrationId(segment),
  },
  type: {
    holds: 'one of cv, cover-letter, other',
    accepts: (segment) => attachmentTypeOf(segment) !== undefined,
    isId: false,
    personal: () => false,
  },
  any: { holds: 'a folder name', accepts: isPresent, isId: false, personal: () => true },
  filename: { holds: 'a file name', accepts: isPresent, isId: false, personal: () => true },
} as const satisfies Record<string, Placeholder>;

export type PlaceholderName = keyof typeof placeholders;

export const isPlaceholderName = (name: string): name is PlaceholderName => Object.hasOwn(placeholders, name);
