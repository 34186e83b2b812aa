import { createHash } from 'node:crypto';
import type { Ended } from './history.ts';

/** 64 bits over the history and the final table. If two runs of a seed differ, something depends on real chance or time. */
export const digestOf = ({ world, table }: Ended): bigint =>
  createHash('sha256')
    .update(JSON.stringify([world.history, table.items()]))
    .digest()
    .readBigUInt64BE();

/** A sum, because the order in which threads play the seeds must not matter. */
export const addDigest = (sum: bigint, digest: bigint): bigint => BigInt.asUintN(64, sum + digest);

export const digestText = (digest: bigint): string => digest.toString(16).padStart(16, '0');
