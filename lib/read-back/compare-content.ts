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

/** The result of comparing the bytes of one listed file. */
export type Comparison =
  /** Our bytes. `otherTypes`: the attachment types of other uploads of these bytes to the same target. */
  | { readonly kind: 'ours'; readonly otherTypes: readonly AttachmentType[] }
  /** The bytes of another upload of this target, and not ours. */
  | { readonly kind: 'other-upload' }
  | { readonly kind: 'different' }
  /** `reason` is a sentence without names and links. `mayPass`: a later check may succeed. */
  | { readonly kind: 'not-compared'; readonly reason: string; readonly mayPass: boolean };

/** A listed file and the result of its comparison. */
export interface ComparedFile {
  readonly file: ListedFile;
  readonly comparison: Comparison;
}

/** The known bytes that a listed file can be recognised by. */
export interface KnownContents {
  readonly ours: FileContent | undefined;
  /**
   * `certain`: our bytes are known. Otherwise the object could not be read, temporarily or permanently, and at most its
   * ETag is known. A file that matches the ETag is ours; a file that does not match proves nothing.
   */
  readonly oursIs: 'certain' | 'unread-for-now' | 'unread-for-good';
  readonly others: readonly { readonly content: FileContent; readonly type: AttachmentType | undefined }[];
}

/**
 * Downloads the listed files and compares them, most likely first, within the limits of one check. Ends early once a
 * file decides everything. Uses constant memory.
 */
export const compareFiles = async (
  files: readonly ListedFile[],
  known: KnownContents,
  decides: (compared: ComparedFile) => boolean,
  { links, clock, deadline }: { readonly links: Links; readonly clock: Clock; readonly deadline: Deadline },
): Promise<readonly ComparedFile[]> => {
  const contents = [...(known.ours ? [known.ours] : []), ...known.others.map(({ content }) => content)];
  // Without known bytes a download could show nothing.
  if (contents.length === 0) return files.map((file) => ({ file, comparison: oursUnread(known) }));
  const lengths = new Set(contents.map(({ sizeBytes }) => sizeBytes));
  const algorithms = new Set(contents.map(({ checksum }) => checksum.algorithm));
  let wholeDownloads = 0;
  let decided = false;
  const takeWholeDownload = (): boolean => {
    wholeDownloads += 1;
    return wholeDownloads <= maxWholeDownloads;
  };

  const compared = new Map<ListedFile, Comparison>();
  const compare = async (file: ListedFile): Promise<void> => {
    const wanted = { lengths, algorithms, listedAs: file.contentType, takeWholeDownload };
    const comparison = await compareOne(file, known, (link) => download(links, link, wanted, { deadline, clock }));
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
        reason: `One check compares at most ${maxLookRequests} files; the target lists ${listed}.`,
        mayPass: false,
      }
    : { kind: 'not-compared', reason: 'The check ended before the file was compared.', mayPass: true };

const noLink: Comparison = { kind: 'not-compared', reason: 'Kombo provides no link to the file.', mayPass: true };

const compareOne = async (
  file: ListedFile,
  known: KnownContents,
  fetch: (link: string) => ReturnType<typeof download>,
): Promise<Comparison> => {
  const { ours, others } = known;
  if (file.link === undefined) return noLink;
  const downloaded = await fetch(file.link);
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
      reason: 'The link returned a page, or its response did not show where the file ends.',
      mayPass: false,
    };
  }
  return known.oursIs === 'certain' ? { kind: 'different' } : oursUnread(known);
};

/** While our bytes are not known, another upload may have the same ones. */
const mayEqualOurs = ({ ours, oursIs }: KnownContents, sizeBytes: number): boolean =>
  oursIs !== 'certain' && (ours === undefined || ours.sizeBytes === sizeBytes);

const oursUnread = ({ oursIs }: KnownContents): Comparison => ({
  kind: 'not-compared',
  reason: 'The object in the bucket cannot be read, so its bytes are not known.',
  mayPass: oursIs === 'unread-for-now',
});
