import { createHash } from 'node:crypto';
import { Crc64Nvme } from '@aws-sdk/checksums/crc';

/** A PDF's first bytes, then bytes without a pattern that a compiler or a network could exploit. */
const header = Buffer.from('%PDF-1.7\n');

/**
 * Objects repeat this block, so that the S3 stand-in can serve, and the Kombo sink can verify, any size without keeping it in
 * memory. Its length is a multiple of three, so that its base64 text repeats, too.
 */
export const block = Buffer.allocUnsafe(192 * 1024);
let state = 42;
for (let at = 0; at < block.length; at += 1) {
  // Marsaglia's xorshift: the same bytes in every process.
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  block[at] = state & 0xff;
}
header.copy(block);

/** The base64 text of the block. */
export const base64Block = Buffer.from(block.toString('base64'), 'latin1');

/** The pieces of an object; each may be the block itself, so callers must not change them. */
export function* pieces(sizeBytes: number): Generator<Buffer, void, undefined> {
  for (let left = sizeBytes; left > 0; left -= block.length)
    yield left < block.length ? block.subarray(0, left) : block;
}

/** The MD5 of an object, as S3 puts it into the entity tag; hexadecimal, without quotes. */
export const etagOf = (sizeBytes: number): string => {
  const md5 = createHash('md5');
  for (const piece of pieces(sizeBytes)) md5.update(piece);
  return md5.digest('hex');
};

/** As S3 keeps it: base64. */
export const crc64nvmeOf = async (sizeBytes: number): Promise<string> => {
  const crc = new Crc64Nvme();
  for (const piece of pieces(sizeBytes)) crc.update(piece);
  return Buffer.from(await crc.digest()).toString('base64');
};

export const bucket = 'bench-uploads';
export const integrationId = 'greenhouse:CBNMt7dSNCzBdnRTx87dev4E';

/** The candidate's id contains the size, so that S3 and Kombo know what to serve and what to expect. */
export const candidateOf = (sizeBytes: number): string => `size-${sizeBytes}`;
export const sizeIn = (text: string): number => Number(/size-(\d+)/.exec(text)?.[1] ?? Number.NaN);

/** Files that must be in flight at the same time, each for its own integration. The Kombo sink reads none before all have arrived. */
export const meetingKeyOf = (sizeBytes: number, count: number, label: string, index: number): string =>
  `integrations/bench:${index}/candidates/${candidateOf(sizeBytes)}-meet-${count}-${label}/${index}.pdf`;
/** The meeting that a key or a URL names. */
export const meetingIn = (text: string): { readonly name: string | undefined; readonly count: number } => {
  const found = /size-\d+-meet-(\d+)-[^/]+/.exec(text);
  return { name: found?.[0], count: Number(found?.[1]) };
};
export const keyTemplates =
  'candidates/{candidate_id}/{filename}|integrations/{integration_id}/candidates/{candidate_id}/{filename}';

/** Each file is the only one of its candidate, because a delivery queries the target's other uploads, and a candidate has few. */
export const keyOf = (sizeBytes: number, name: string): string =>
  `candidates/${candidateOf(sizeBytes)}-${name}/${name}.pdf`;
