import type { Result } from '../result.ts';
import { canonicalType, extensionOfType, typeOfExtension } from './known-types.ts';

/** The MIME types that may be sent, by their canonical names. */
export type AllowedTypes = ReadonlySet<string>;

export const defaultAllowedTypes = 'pdf,doc,docx,odt,rtf,txt,png,jpeg';

/** Kombo's pattern for `content_type`; it refuses parameters and every type with a "+". */
const sendable = /^[\w.-]+\/[\w.-]+$/;

const readEntry = (entry: string): Result<string, string> => {
  const type = entry.includes('/') ? canonicalType(entry) : typeOfExtension(entry.replace(/^\./, '').toLowerCase());
  if (type === undefined)
    return {
      ok: false,
      error: `"${entry}" is not a known extension; write its MIME type, such as "application/vnd.lotus-wordpro".`,
    };
  if (!sendable.test(type))
    return { ok: false, error: `"${entry}" is a type that Kombo does not accept as content_type.` };
  return { ok: true, value: type };
};

/**
 * Reads ALLOWED_TYPES: extensions or MIME types, separated by commas; "jpg" and "jpeg" are one type.
 * @returns the types, or every fault, one sentence each.
 */
export const parseAllowedTypes = (text: string): Result<AllowedTypes, readonly string[]> => {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map(readEntry);
  const faults = entries.flatMap((entry) => (entry.ok ? [] : [entry.error]));
  if (entries.length === 0) faults.push('It names no type, so no file could ever be sent.');
  if (faults.length > 0) return { ok: false, error: faults };
  return { ok: true, value: new Set(entries.flatMap((entry) => (entry.ok ? [entry.value] : []))) };
};

/** Short names for a message: the extension, or the type itself when it has none here. */
export const typeLabel = (type: string): string => extensionOfType(type) ?? type;
