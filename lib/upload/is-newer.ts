import { sameUploadMarginMs } from '../limits.ts';
import type { Upload } from './upload.ts';

/** An upload about which a decision was made, and the start of the attempt that made it. */
export interface Judged {
  readonly upload: Upload;
  readonly attemptedAt?: number | undefined;
}

/**
 * Whether an upload is newer than the one with the same identity that was judged. The same bytes with corrected
 * metadata have the same key and ETag. Pure. S3's sequencer decides if both have one, otherwise the time, otherwise the
 * version.
 */
export const isNewerUpload = (upload: Upload, judged: Judged): boolean => {
  const order = orderOf(upload, judged.upload);
  if (order !== undefined) return order > 0;
  if (upload.modifiedAt !== undefined) return isModifiedLater(wholeSecond(upload.modifiedAt), judged);
  return upload.versionId !== undefined && upload.versionId !== judged.upload.versionId;
};

/**
 * The facts about an object after another report of it. A late report of an earlier upload changes nothing. Otherwise
 * the event of the later one would look newer than what was judged.
 */
export const latestUpload = (known: Upload, reported: Upload): Upload => {
  const order = orderOf(reported, known);
  return order !== undefined && order < 0 ? known : { ...known, ...reported };
};

/**
 * Negative, zero or positive when the first sequencer is lower, equal or higher; undefined when one is missing.
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
 * S3 reports whole seconds. Within the same second, the object that was read may be the earlier one if its attempt
 * started shortly after that second, so an upload of that second counts as newer. The next attempt starts later, so
 * this happens only once.
 */
const isModifiedLater = (modifiedAt: number, { upload, attemptedAt }: Judged): boolean => {
  const sinceMs = attemptedAt === undefined ? 0 : attemptedAt - modifiedAt;
  // Records of earlier versions have no object time, so only the start of the attempt can show that it was later.
  if (upload.modifiedAt === undefined) return sinceMs < sameUploadMarginMs;
  const judgedAt = wholeSecond(upload.modifiedAt);
  // If the attempt started long before its own object was put, the clocks differ too much to compare them.
  return modifiedAt > judgedAt || (modifiedAt === judgedAt && Math.abs(sinceMs) < sameUploadMarginMs);
};

/** Whether their dates cannot tell them apart. */
export const isSameSecond = (a: Upload, b: Upload): boolean =>
  a.modifiedAt !== undefined && b.modifiedAt !== undefined && wholeSecond(a.modifiedAt) === wholeSecond(b.modifiedAt);

/** Some stores list milliseconds, but headers never have them. The same object must not look newer than itself. */
const wholeSecond = (ms: number): number => Math.floor(ms / 1000) * 1000;
