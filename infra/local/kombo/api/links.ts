import { createHmac, randomBytes } from 'node:crypto';
import type { Habits } from '../faults/ats-habits.ts';

/** The lifetime of a link in a listing, as documented by Kombo. */
export const linkLifetimeMs = 7 * 24 * 60 * 60 * 1000;

/** A link to the bytes of a file, with the habits of its listing. */
export interface Link {
  readonly attachmentId: string;
  readonly habits: Habits;
}

export interface Links {
  /** Every call returns a new URL. The emulator stores none, so old ones stop working only when they expire. */
  mint(link: Link): string;
  /** The link that a request uses; undefined when the URL is not a link, was changed or has expired. */
  read(requestUrl: string): Link | undefined;
}

const folder = '/resources/';
export const isLinkUrl = (requestUrl: string): boolean => requestUrl.startsWith(folder);

export const createLinks = (origin: () => string, clock: () => number): Links => {
  const secret = randomBytes(32);
  const sign = (path: string, claims: string) =>
    createHmac('sha256', secret).update(`${path}?${claims}`).digest('base64url');
  return {
    mint({ attachmentId, habits }) {
      const path = folder + attachmentId;
      const expiresAtMs = clock() + linkLifetimeMs;
      const nonce = randomBytes(9).toString('base64url');
      const claims = Buffer.from(JSON.stringify({ habits, expiresAtMs, nonce })).toString('base64url');
      return `${origin()}${path}?token=${claims}.${sign(path, claims)}`;
    },
    read(requestUrl) {
      const { pathname, searchParams } = new URL(requestUrl, 'http://127.0.0.1');
      const [claims = '', signature] = searchParams.get('token')?.split('.') ?? [];
      if (signature !== sign(pathname, claims)) return undefined;
      const { habits, expiresAtMs } = JSON.parse(Buffer.from(claims, 'base64url').toString());
      return clock() < expiresAtMs ? { attachmentId: pathname.slice(folder.length), habits } : undefined;
    },
  };
};
