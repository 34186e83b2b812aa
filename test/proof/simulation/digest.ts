import { createHash } from 'node:crypto';
import type { Ended } from './history.ts';

/** 64 bits of what happened and of what was left. Two runs of a seed give the same one, or something depends on chance or time. */
export const digestOf = ({ world, table }: Ended): bigint =>
  createHash('sha256')
    .update(JSON.stringify([world.history, table.items()]))
    .digest()
    .readBigUInt64BE();

/** A sum, so that the order in which threads play the seeds does not matter. */
export const addDigest = (sum: bigint, digest: bigint): bigint => BigInt.asUintN(64, sum + digest);

export const digestText = (digest: bigint): string => digest.toString(16).padStart(16, '0');
