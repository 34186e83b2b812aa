import { S3Error } from './s3-error.ts';

/** Both ends are inclusive. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * @returns undefined for the whole object: without a range, and for several or malformed ranges, which HTTP lets a
 *  server ignore
 * @throws {S3Error} InvalidRange when the object has no byte in the range
 */
export const parseRange = (header: string | undefined, sizeBytes: number): ByteRange | undefined => {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? [];
  if (from === undefined || to === undefined || (from === '' && to === '')) return undefined;
  if (from !== '' && to !== '' && Number(from) > Number(to)) return undefined;
  const start = from === '' ? Math.max(0, sizeBytes - Number(to)) : Number(from);
  const end = from === '' || to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1);
  if (start <= end) return { start, end };
  throw new S3Error('InvalidRange', {
    headers: { 'content-range': `bytes */${sizeBytes}` },
    elements: { RangeRequested: header ?? '', ActualObjectSize: sizeBytes },
  });
};
