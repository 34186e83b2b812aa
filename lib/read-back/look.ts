import type { Courier } from '../courier.ts';
import { type Deadline, deadlineWithin } from '../deadline.ts';
import type { ListedFile } from '../kombo/attachment-list.ts';
import type { KomboFailure } from '../kombo/classify-response.ts';
import type { Look } from '../ledger/record.ts';
import { listingTimeoutMs, lookTimeoutMs } from '../limits.ts';
import type { Target } from '../upload/target.ts';
import { type ComparedFile, compareFiles, type KnownContents } from './compare-content.ts';

export type LookCourier = Pick<Courier, 'kombo' | 'links' | 'clock'>;

export type LookResult =
  | { readonly ok: true; readonly files: readonly ComparedFile[]; readonly more: boolean }
  | { readonly ok: false; readonly failure: KomboFailure };

/**
 * Lists a target and compares its files with known bytes. Sends nothing. Each check requests new links, because links
 * are secrets and are not stored.
 * @param known called after the listing, so that no listed file is newer than its result
 * @param decides ends the comparison early
 */
export const lookAt = async (
  target: Target,
  name: string | undefined,
  known: () => Promise<KnownContents>,
  decides: (compared: ComparedFile) => boolean,
  deadline: Deadline,
  { kombo, links, clock }: LookCourier,
): Promise<LookResult> => {
  const listing = deadlineWithin(clock, deadline, listingTimeoutMs);
  const answer = await kombo.listAttachments(target, listing.signal).finally(listing.clear);
  if (!answer.ok) return answer;
  const { files, more } = answer.value;
  const contents = await known();
  const comparing = deadlineWithin(clock, deadline, lookTimeoutMs);
  const compared = await compareFiles(likeliestFirst(files, name), contents, decides, {
    links,
    clock,
    deadline: comparing,
  }).finally(comparing.clear);
  return { ok: true, files: compared, more };
};

/**
 * Files with our name first, then the newest, then the last listed. Finding our bytes early saves the other downloads.
 */
export const likeliestFirst = (files: readonly ListedFile[], name: string | undefined): readonly ListedFile[] =>
  files
    .map((file, place) => ({ file, place, isNamed: Number(name !== undefined && file.name === name) }))
    .sort((a, b) => b.isNamed - a.isNamed || (b.file.createdAt ?? 0) - (a.file.createdAt ?? 0) || b.place - a.place)
    .map(({ file }) => file);

/** The check as counts. Operators read it, and the ledger must contain no names and no links. */
export const summaryOf = (result: LookResult, at: number): Look => {
  if (!result.ok) {
    const problem = `Kombo did not list the target's files: ${result.failure.code}.`;
    return { at, listed: 0, different: 0, notCompared: 0, problem };
  }
  const { files, more } = result;
  const notCompared = files.flatMap(({ comparison }) =>
    comparison.kind === 'not-compared' ? [comparison.reason] : [],
  );
  const different = files.filter(({ comparison: { kind } }) => kind === 'different' || kind === 'other-upload').length;
  const problem = notCompared[0] ?? (more ? 'The listing is incomplete: Kombo refers to a next page.' : undefined);
  return {
    at,
    listed: files.length,
    different,
    notCompared: notCompared.length,
    ...(problem !== undefined && { problem }),
  };
};
