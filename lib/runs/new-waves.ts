import { type KeyTemplate, matchKey } from '../key-template/match-key.ts';
import type { QueuedFile } from '../ledger/ledger.ts';
import { waveGapMs } from '../limits.ts';
import { parseUploadId } from '../upload/upload.ts';

interface Templates {
  readonly keyTemplates: readonly KeyTemplate[];
  readonly integrationId?: string | undefined;
}

/**
 * How many causes have started to hold or reject files since a given time. A cause is a code in one integration. Its
 * files that are less than an hour apart are one wave, which is reported once.
 * The alarm on the number of files stays on, so it cannot report a second cause; this number can. It is computed from
 * the list alone, which does not show what was in it before, so the first cause counts too. One alarm too many is
 * better than an unnoticed second cause.
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
