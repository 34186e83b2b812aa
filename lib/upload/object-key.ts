import { ok, type Result } from '../result.ts';

/**
 * "+" is replaced before percent-decoding, and decoding happens only once. Otherwise a real plus ("C%2B%2B.pdf") would
 * become a space, and a real percent sign ("100%25.pdf") would be decoded twice.
 */
const decodeForm = (encoded: string, source: string): Result<string, string> => {
  if (encoded === '') return { ok: false, error: `The key in the ${source} is empty.` };
  try {
    return ok(decodeURIComponent(encoded.replaceAll('+', ' ')));
  } catch {
    // decodeURIComponent throws only URIError. The detail must not quote the key.
    return { ok: false, error: `The key in the ${source} has a stray "%" or is not UTF-8 after percent-decoding.` };
  }
};

/**
 * The object key as its uploader typed it, from a native S3 notification. Keys are form-encoded once there: a space
 * arrives as "+", a real plus as "%2B".
 * @see Amazon S3 User Guide, "Event message structure"
 */
export const decodeEventKey = (encoded: string): Result<string, string> => decodeForm(encoded, 'event');

/**
 * The key from an S3 Batch Operations task, as encoded in the manifest. A real plus is always "%2B", so both "+" and
 * "%20" can be decoded as a space.
 * @see Amazon S3 User Guide, "Invoke AWS Lambda function" (Batch Operations): manifests are URL-encoded
 */
export const decodeBatchKey = (encoded: string): Result<string, string> => decodeForm(encoded, 'manifest');

/**
 * The key from ListObjectsV2 with `EncodingType=url`: "a b" is listed as "a+b", "a+b" as "a%2Bb". Without that setting,
 * and in EventBridge events, keys are not encoded and must not be decoded.
 */
export const decodeListingKey = (encoded: string): Result<string, string> => decodeForm(encoded, 'listing');

/**
 * Encodes a key as in an S3 notification: UTF-8, percent-encoded, a space as "+", "/" unchanged. Used by the local
 * stack, whose S3 leaves keys unencoded.
 */
export const encodeEventKey = (key: string): string =>
  encodeURIComponent(key.toWellFormed())
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+');

/** The empty object that "Create folder" in the S3 console creates. An unknown size counts as empty. */
export const isFolderMarker = (key: string, sizeBytes = 0): boolean => key.endsWith('/') && sizeBytes === 0;
