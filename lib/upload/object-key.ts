import { ok, type Result } from '../result.ts';

/**
 * "+" is replaced before percent-decoding, and decoding happens once; otherwise a real plus ("C%2B%2B.pdf") becomes a
 * blank and a real percent sign ("100%25.pdf") becomes nonsense.
 */
const decodeForm = (encoded: string, source: string): Result<string, string> => {
  if (encoded === '') return { ok: false, error: `The key in the ${source} is empty.` };
  try {
    return ok(decodeURIComponent(encoded.replaceAll('+', ' ')));
  } catch {
    // decodeURIComponent throws nothing but URIError. The detail must not quote the key.
    return { ok: false, error: `The key in the ${source} has a stray "%" or is not UTF-8 after percent-decoding.` };
  }
};

/**
 * The object key as its uploader typed it, from a native S3 notification.
 * Keys are form-encoded once there: a blank arrives as "+", a real plus as "%2B".
 * @see Amazon S3 User Guide, "Event message structure"
 */
export const decodeEventKey = (encoded: string): Result<string, string> => decodeForm(encoded, 'event');

/**
 * The key from an S3 Batch Operations task, as the manifest encodes it. Whether the manifest's maker wrote a blank as
 * "+" or as "%20", a real plus is "%2B", so both decode alike.
 * @see Amazon S3 User Guide, "Invoke AWS Lambda function" (Batch Operations): manifests are URL-encoded
 */
export const decodeBatchKey = (encoded: string): Result<string, string> => decodeForm(encoded, 'manifest');

/**
 * The key from ListObjectsV2 with `EncodingType=url`: "a b" is listed as "a+b", "a+b" as "a%2Bb".
 * Without that setting, and in EventBridge events, keys are plain and must not be decoded.
 */
export const decodeListingKey = (encoded: string): Result<string, string> => decodeForm(encoded, 'listing');

/**
 * A key as S3 writes it into a notification: UTF-8, percent-encoded, blank as "+", "/" left alone.
 * The local stack uses it, because its S3 leaves keys as they are.
 */
export const encodeEventKey = (key: string): string =>
  encodeURIComponent(key.toWellFormed())
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+');

/** The empty object that "Create folder" in S3's console puts into the bucket. An unknown size counts as empty. */
export const isFolderMarker = (key: string, sizeBytes = 0): boolean => key.endsWith('/') && sizeBytes === 0;
