import { type KeyTemplate, matchKey } from '../key-template/match-key.ts';
import type { QueuedFile } from '../ledger/ledger.ts';
import { waveGapMs } from '../limits.ts';
import { parseUploadId } from '../upload/upload.ts';

interface Templates {
  readonly keyTemplates: readonly KeyTemplate[];
  readonly integrationId?: string | undefined;
}

/**
 * How many causes have begun to hold files, or to have them rejected, since then. A cause is a code in one integration; files
 * that it ends less than an hour apart are one wave, which is told once.
 * The alarm on the files themselves stays on, so it cannot tell of a second cause; this number can. It follows from the list
 * alone, which does not show what was in it before: so the first cause counts, too. One more mail is better than a
 * cause that takes the place of another one unseen.
 */
export const newWaves = (files: readonly QueuedFile[], templates: Templates, since: number): number => {
  const causes = Map.groupBy(files, (file) => causeOf(file, templates));
  const begins = [...causes.values()].map((ended) => beginOfLastWave(ended.map(({ at }) => at)));
  return begins.filter((at) => at > since).length;
};

const causeOf = ({ id, code }: QueuedFile, { keyTemplates, integrationId }: Templates): string => {
  const key = parseUploadId(id)?.key;
  const match = key === undefined ? undefined : matchKey(keyTemplates, key, integrationId);
  return JSON.stringify([code, match?.ok ? match.value.target.integrationId : '']);
};

const beginOfLastWave = (times: readonly number[]): number =>
  times.toSorted((a, b) => b - a).reduce((begin, at) => (begin - at < waveGapMs ? at : begin));
