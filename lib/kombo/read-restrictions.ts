import { isObject, list, text } from '../json.ts';
import { type AttachmentType, attachmentTypes } from '../upload/target.ts';

/** What an integration accepts for one attachment type. A missing field means no limit. */
export interface TypeRestriction {
  readonly supported: boolean;
  readonly maxSizeBytes?: number;
  readonly contentTypes?: readonly string[];
}

export type Restrictions = Partial<Record<AttachmentType, TypeRestriction>>;

/** Reads `attachment_restrictions` of Kombo's actions endpoint; null means that no limits are known. */
export const readRestrictions = (data: unknown): Restrictions | undefined | 'unreadable' => {
  if (!isObject(data)) return 'unreadable';
  if (!isObject(data.attachment_restrictions)) return undefined;
  const types = data.attachment_restrictions.types;
  if (!isObject(types)) return undefined;
  const known = attachmentTypes.flatMap((type) => {
    const entry = types[type];
    return isObject(entry) && typeof entry.is_supported === 'boolean' ? [[type, restriction(entry)] as const] : [];
  });
  return Object.fromEntries(known);
};

/** A list without any MIME type is ignored. It does not mean that nothing is accepted. */
const restriction = (entry: Record<string, unknown>): TypeRestriction => {
  const size = entry.max_file_size_bytes;
  const contentTypes = (list(entry.accepted_mime_types) ?? []).flatMap((type) => text(type) ?? []);
  const mediaTypes = contentTypes.filter((type) => type.includes('/'));
  return {
    supported: entry.is_supported === true,
    ...(typeof size === 'number' && size > 0 && { maxSizeBytes: size }),
    ...(mediaTypes.length > 0 && { contentTypes: mediaTypes }),
  };
};
