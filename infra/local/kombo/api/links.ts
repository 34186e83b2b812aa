import { createHmac, randomBytes } from 'node:crypto';
import type { Habits } from '../faults/ats-habits.ts';

/** The lifetime of a link in a listing, as Kombo's page about attachments states it. */
export const linkLifetimeMs = 7 * 24 * 60 * 60 * 1000;

/** A link to the bytes of a file, with the habits of the listing that it was in. */
export interface Link {
  readonly attachmentId: string;
  readonly habits: Habits;
}

export interface Links {
  /** A new URL at each call: the emulator keeps none, so old ones end by their date alone. */
  mint(link: Link): string;
  /** The link of a request; undefined for a URL that is no link, is changed or has expired. */
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
