import type { Clock } from '../clock.ts';
import type { Deadline } from '../deadline.ts';
import type { ListedFile } from '../kombo/attachment-list.ts';
import { download } from '../kombo/download.ts';
import type { Links } from '../kombo/links.ts';
import { maxLookRequests, maxWholeDownloads, parallelDownloads } from '../limits.ts';
import { inParallel } from '../parallel.ts';
import type { ChecksumAlgorithm } from '../stream/checksum.ts';
import type { FileContent } from '../upload/file-content.ts';
import type { AttachmentType } from '../upload/target.ts';

/** What the bytes of one listed file are, as far as they could be read. */
export type Comparison =
  /** Those of our file. `otherTypes`: the attachment types of other uploads of these bytes to the same target. */
  | { readonly kind: 'ours'; readonly otherTypes: readonly AttachmentType[] }
  /** Those of another upload of this target, and not ours. */
  | { readonly kind: 'other-upload' }
  | { readonly kind: 'different' }
  /** `reason` is a sentence without names and links; `mayPass` when a later look may tell more. */
  | { readonly kind: 'not-compared'; readonly reason: string; readonly mayPass: boolean };

/** A listed file, and what comparing its bytes showed. */
export interface ComparedFile {
  readonly file: ListedFile;
  readonly comparison: Comparison;
}

/** The bytes that can be recognised at a target. */
export interface KnownContents {
  readonly ours: FileContent | undefined;
  /**
   * `certain`: our bytes are known. Otherwise the object could not be read, for now or for good, and at most its entity tag
   * is known: then a file that fits the tag is ours, and a file that does not fit proves nothing.
   */
  readonly oursIs: 'certain' | 'unread-for-now' | 'unread-for-good';
  readonly others: readonly { readonly content: FileContent; readonly type: AttachmentType | undefined }[];
}

/**
 * Downloads the listed files and compares them, likeliest first, within the bounds of one look. Ends early once a file
 * decides everything. Memory does not grow with the files.
 */
export const compareFiles = async (
  files: readonly ListedFile[],
  known: KnownContents,
  decides: (compared: ComparedFile) => boolean,
  { links, clock, deadline }: { readonly links: Links; readonly clock: Clock; readonly deadline: Deadline },
): Promise<readonly ComparedFile[]> => {
  const contents = [...(known.ours ? [known.ours] : []), ...known.others.map(({ content }) => content)];
  // Without known bytes no download could show anything.
  if (contents.length === 0) return files.map((file) => ({ file, comparison: oursUnread(known) }));
  const lengths = new Set(contents.map(({ sizeBytes }) => sizeBytes));
  const algorithms = new Set(contents.map(({ checksum }) => checksum.algorithm));
  let wholeDownloads = 0;
  let decided = false;
  const mayRead = (): boolean => {
    wholeDownloads += 1;
    return wholeDownloads <= maxWholeDownloads;
  };

  const compared = new Map<ListedFile, Comparison>();
  const compare = async (file: ListedFile): Promise<void> => {
    const comparison = await compareOne(file, known, () =>
      download(
        links,
        file.link ?? '',
        { lengths, algorithms, ...(file.contentType !== undefined && { listedAs: file.contentType }), mayRead },
        { deadline, clock },
      ),
    );
    compared.set(file, comparison);
    decided ||= decides({ file, comparison });
  };
  const mayStart = (): boolean => !decided && deadline.remainingMs() > 0;
  await inParallel(files.slice(0, maxLookRequests), parallelDownloads, mayStart, compare);
  return files.map((file) => ({ file, comparison: compared.get(file) ?? notReached(files.length) }));
};

const notReached = (listed: number): Comparison =>
  listed > maxLookRequests
    ? {
        kind: 'not-compared',
        reason: `One look compares at most ${maxLookRequests} files; the target lists ${listed}.`,
        mayPass: false,
      }
    : { kind: 'not-compared', reason: 'The look ended before the file was compared.', mayPass: true };

const noLink: Comparison = { kind: 'not-compared', reason: 'Kombo serves no link to the file.', mayPass: true };

const compareOne = async (
  file: ListedFile,
  known: KnownContents,
  fetch: () => ReturnType<typeof download>,
): Promise<Comparison> => {
  const { ours, others } = known;
  if (file.link === undefined) return noLink;
  const downloaded = await fetch();
  if (downloaded.kind === 'not-compared') return downloaded;
  const { sizeBytes } = downloaded;
  const checksums = downloaded.kind === 'read' ? downloaded.checksums : new Map<ChecksumAlgorithm, string>();
  const has = (content: FileContent): boolean =>
    sizeBytes === content.sizeBytes && checksums.get(content.checksum.algorithm) === content.checksum.value;
  const same = others.filter(({ content }) => has(content));
  if (ours && has(ours)) return { kind: 'ours', otherTypes: same.flatMap(({ type }) => type ?? []) };
  if (same.length > 0 && !mayEqualOurs(known, sizeBytes)) return { kind: 'other-upload' };
  if (downloaded.kind === 'read' && downloaded.onlyEqualityCounts) {
    return {
      kind: 'not-compared',
      reason: 'The link led to a page, or its answer did not show where the file ends.',
      mayPass: false,
    };
  }
  return known.oursIs === 'certain' ? { kind: 'different' } : oursUnread(known);
};

/** While our bytes are not known, those of another upload may be the same as ours. */
const mayEqualOurs = ({ ours, oursIs }: KnownContents, sizeBytes: number): boolean =>
  oursIs !== 'certain' && (ours === undefined || ours.sizeBytes === sizeBytes);

const oursUnread = ({ oursIs }: KnownContents): Comparison => ({
  kind: 'not-compared',
  reason: 'The object in the bucket cannot be read, so its bytes are not known.',
  mayPass: oursIs === 'unread-for-now',
});
