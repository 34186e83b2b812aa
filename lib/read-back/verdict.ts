import type { ListedAttachment } from '../kombo/attachment-list.ts';
import type { Sent } from '../ledger/record.ts';
import { clockSkewMs } from '../limits.ts';
import { sameName, similarName } from './listed-name.ts';

/** Another upload for the same target that is or may be there. */
export interface Sibling {
  /** Absent when its record cannot be read: then any type is possible. */
  readonly type?: Sent['type'];
  /** Absent when it is not recorded, or not yet: then any name is possible. */
  readonly name?: string;
  /** Start of its earliest attempt that may have brought it there. */
  readonly attemptedAt: number;
  /** When it was known to be attached, if that was before the listing was asked for; absent while it may be there or not. */
  readonly attachedAt?: number;
  /** While it may be there or not: its file is not dated later than this. */
  readonly thereBy?: number;
  /** The token in its name, where names have tokens. */
  readonly token?: string;
  /** It was in progress while the listing was made, so a later reading will know its outcome. */
  readonly inProgress?: true;
}

export interface Question {
  readonly sent: Sent;
  /** It may have been sent under any name: the name was not recorded and the object is gone, or its metadata has changed since. */
  readonly nameGuessed?: boolean;
  /** Start of the earliest attempt that may have delivered it. */
  readonly since: number;
  /** Eight hex digits of the ETag, when the name on the wire carries them. */
  readonly token?: string | undefined;
  /** All of the target; those under other names count for nothing. */
  readonly siblings: readonly Sibling[];
}

export type ListingVerdict = 'found' | 'absent' | 'undecidable';

/**
 * Whether a complete listing of the target shows the file that we may have sent.
 * Without ids or checksums there are only names, types and dates, so each listed file may prove one delivery at most:
 * a CV that went out under the same name a minute earlier is no proof for this one.
 */
export const weighListing = (listing: readonly ListedAttachment[], question: Question): ListingVerdict => {
  const { sent, nameGuessed, since, token, siblings } = question;
  const hasName = ({ name }: Named): boolean => sameName(name, sent.name);
  const hasSimilarName = (file: Named): boolean => !hasName(file) && similarName(file.name, sent.name);
  const hasType = ({ type }: { readonly type?: string }): boolean => type === sent.type;

  const recent = listing.filter(({ createdAt }) => createdAt === undefined || createdAt >= since - clockSkewMs);
  if (token && bearsToken(recent, token, question)) return 'found';

  const named = recent.filter(hasName);
  const fitting = named.filter((file) => hasType(file) && file.createdAt !== undefined).length;
  const alike = siblings.filter((sibling) => hasName(sibling) && hasType(sibling));
  const nameless = siblings.filter(
    (sibling) => sibling.name === undefined && (sibling.type === undefined || hasType(sibling)),
  );
  if (fitting > most([...alike, ...nameless], since)) return 'found';

  // A listed file without the date, type or spelling that would decide, and which no sibling explains.
  const mistyped = siblings.filter((sibling) => hasName(sibling) && !hasType(sibling));
  const strange = (file: Named & { readonly type?: string }): boolean => !hasName(file) && hasType(file);
  const doubtful =
    (nameGuessed === true && recent.filter(strange).length > least(siblings.filter(strange), since)) ||
    named.some(({ createdAt }) => createdAt === undefined) ||
    recent.some(({ name }) => name === undefined) ||
    named.filter((file) => !hasType(file)).length > least(mistyped, since) ||
    recent.filter(hasSimilarName).length > least(siblings.filter(hasSimilarName), since);
  if (doubtful) return 'undecidable';
  return fitting <= least(alike, since) ? 'absent' : 'undecidable';
};

interface Named {
  readonly name?: string;
}

/** The same bytes under two keys have one token, so it too proves one delivery only. */
const bearsToken = (recent: readonly ListedAttachment[], token: string, { since, siblings }: Question): boolean => {
  const bears = ({ name = '' }: Named): boolean => name.toLowerCase().includes(token);
  const listed = recent.filter(bears);
  const others = siblings.filter((sibling) => sibling.token === token || bears(sibling));
  const dated = listed.filter(({ createdAt }) => createdAt !== undefined).length;
  return dated > most(others, since) || listed.length > others.length;
};

/** How many of the files dated since then can be siblings' at most: those still open may all have arrived. */
const most = (siblings: readonly Sibling[], since: number): number =>
  // Theirs may be dated later than ours by the skew of two clocks.
  siblings.filter(
    ({ attachedAt, thereBy = Number.POSITIVE_INFINITY }) => (attachedAt ?? thereBy) >= since - 3 * clockSkewMs,
  ).length;

/** How many are siblings' for certain: those that began since then and are known to be there. */
const least = (siblings: readonly Sibling[], since: number): number =>
  siblings.filter(({ attachedAt, attemptedAt }) => attachedAt !== undefined && attemptedAt >= since).length;
