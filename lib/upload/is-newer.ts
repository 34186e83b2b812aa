import { sameUploadMarginMs } from '../limits.ts';
import type { Upload } from './upload.ts';

/** What was judged: the facts of the object, and when the attempt that judged it started. */
export interface Judged {
  readonly upload: Upload;
  readonly attemptedAt?: number | undefined;
}

/**
 * Whether an upload is a newer one than the upload with the same identity that was judged: the same bytes with corrected
 * metadata have the same key and ETag. Pure. S3's sequencer decides where both have one, else the time, else the version.
 */
export const isNewerUpload = (upload: Upload, judged: Judged): boolean => {
  const order = orderOf(upload, judged.upload);
  if (order !== undefined) return order > 0;
  if (upload.modifiedAt !== undefined) return isModifiedLater(wholeSecond(upload.modifiedAt), judged);
  return upload.versionId !== undefined && upload.versionId !== judged.upload.versionId;
};

/**
 * What is known of an object after another report of it. A report of an earlier upload that arrives late changes nothing:
 * otherwise the event of the later one would look newer than what was judged.
 */
export const latestUpload = (known: Upload, reported: Upload): Upload => {
  const order = orderOf(reported, known);
  return order !== undefined && order < 0 ? known : { ...known, ...reported };
};

/**
 * Negative, zero or positive as the first sequencer is lower, equal or higher; undefined where one is missing.
 * @see Amazon S3 User Guide, "Event message structure": the shorter one is padded with zeros on the right
 */
const orderOf = (a: Upload, b: Upload): number | undefined => {
  if (a.sequencer === undefined || b.sequencer === undefined) return undefined;
  const length = Math.max(a.sequencer.length, b.sequencer.length);
  const [first, second] = [a.sequencer, b.sequencer].map((hex) => hex.padEnd(length, '0').toUpperCase());
  if (first === undefined || second === undefined || first === second) return 0;
  return first < second ? -1 : 1;
};

/**
 * S3 reports whole seconds. Of the same second, the object that was read may be the earlier one when its attempt started
 * shortly after that second, so it counts as newer. The next judgement starts later, so this happens once.
 */
const isModifiedLater = (modifiedAt: number, { upload, attemptedAt }: Judged): boolean => {
  const sinceMs = attemptedAt === undefined ? 0 : attemptedAt - modifiedAt;
  // What was judged has no time, as in records of earlier versions: only the start of its attempt can show that it was later.
  if (upload.modifiedAt === undefined) return sinceMs < sameUploadMarginMs;
  const judgedAt = wholeSecond(upload.modifiedAt);
  // An attempt long before the second in which its own object was put: the clocks differ too much to compare them.
  return modifiedAt > judgedAt || (modifiedAt === judgedAt && Math.abs(sinceMs) < sameUploadMarginMs);
};

/** Listings of some stores have milliseconds, headers never: the same object must not look newer than itself. */
const wholeSecond = (ms: number): number => Math.floor(ms / 1000) * 1000;
