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

/** The decoded form of a key that was probably pasted from an event or a URL: "Frank+Doe%20CV.pdf". */
export const decodedTwin = (key: string): string | undefined => {
  const decoded = decodeEventKey(key);
  return decoded.ok && decoded.value !== key ? decoded.value : undefined;
};
