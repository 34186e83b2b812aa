import { ok, type Result } from '../../../lib/result.ts';
import { decodeEventKey } from '../../../lib/upload/object-key.ts';

/**
 * A key as an operator pastes it: plain, or as the console copies it (`s3://bucket/key`, or the object's ARN).
 * Fails with a sentence when it names another bucket.
 */
export const parseKey = (text: string, bucket: string): Result<string, string> => {
  const [, other, key] = /^(?:s3:\/\/|arn:aws[\w-]*:s3:::)([^/]+)\/(.+)$/s.exec(text) ?? [];
  if (other === undefined || key === undefined) return ok(text);
  if (other === bucket) return ok(key);
  return {
    ok: false,
    error: `The key is in the bucket "${other}", but BUCKET is "${bucket}": only that one is watched.`,
  };
};

/** A frequent mistake in a key that nobody has seen, as a sentence, and the key that was probably meant. */
export const mistakeInKey = (key: string): { readonly hint: string; readonly meant?: string } | undefined => {
  if (key.startsWith('/')) return { hint: 'Remove the slash at its beginning.', meant: key.replace(/^\/+/, '') };
  if (key.endsWith('/'))
    return { hint: 'This is a folder. Ask with "candidate_id" or "application_id", or with the whole key of a file.' };
  if (!key.includes('/')) return { hint: 'This is only a file name. Give the whole key, with its folders.' };
  const decoded = decodeEventKey(key);
  if (!decoded.ok || decoded.value === key) return undefined;
  return { hint: 'The key looks encoded, as in an event or a URL.', meant: decoded.value };
};
