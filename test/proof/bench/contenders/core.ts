import { attempt } from '../../../../lib/delivery/attempt.ts';
import { restrictionsCache } from '../../../../lib/kombo/restrictions-cache.ts';
import { forEachUpload, parts } from './ours.ts';

/** Ours without ledger, log and metrics: all checks of the file, the streaming, and the verification at its end. */
const deps = { ...parts, restrictions: restrictionsCache(parts.kombo, parts.clock), random: Math.random };

export const handler = forEachUpload(async (upload, match, deadline) => {
  const { ending } = await attempt(upload, match, deadline, deps);
  if (ending.kind === 'failed') throw new Error(`${ending.failure.code}: ${ending.failure.detail}`);
});
