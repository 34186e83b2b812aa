import type { Deadline } from '../../lib/deadline.ts';
import type { Listing } from '../../lib/kombo/attachment-list.ts';
import type { KomboFailure } from '../../lib/kombo/classify-response.ts';
import type { Answered, AttachAnswer, KomboClient } from '../../lib/kombo/client.ts';
import type { LinkAnswer, LinkFault, Links } from '../../lib/kombo/links.ts';
import { ok, type Result } from '../../lib/result.ts';
import type { Target } from '../../lib/upload/target.ts';
import { chunksOf, collect } from './chunks.ts';

/** A file as it is stored at the target. */
export interface Standing {
  readonly target: Target;
  readonly attachment: { readonly name: string; readonly type: string; readonly data: string };
  readonly createdAt: number;
}

/** How Kombo handles one POST: what it does with the file, and what it answers. */
export interface Fate {
  readonly delivers: boolean;
  readonly says: AttachAnswer;
}

export type PostScript = (target: Target, deadline: Deadline) => Fate | Promise<Fate>;

export const takes = (warnings: readonly string[] = []): Fate => ({
  delivers: true,
  says: { ok: true, value: { warnings }, concurrency: {} },
});
export const refuses = (code: KomboFailure['code'], more: Partial<KomboFailure> = {}): Fate => ({
  delivers: false,
  says: { ok: false, failure: { code, detail: 'Kombo answered HTTP 400.', ...more }, concurrency: {} },
});
/** The file is stored, but the answer is lost. */
export const losesAnswer = (): Fate => ({
  ...refuses('ANSWER_LOST', { detail: 'The connection broke.' }),
  delivers: true,
});
/** The file is not stored, and the answer is lost. */
export const losesFile = (): Fate => ({ ...losesAnswer(), delivers: false });

export interface ScriptedKombo extends KomboClient {
  /** Every POST whose body arrived complete. */
  readonly posts: readonly Target[];
  readonly standing: Standing[];
  /** What happens to the next POSTs, one by one; all later ones succeed. */
  readonly script: PostScript[];
  /** What a listing answers; by default the stored files. */
  listing: ((target: Target) => Answered<Listing>) | undefined;
  readonly listings: readonly Target[];
  /** What Kombo reports on an integration; by default an answer that decides nothing. */
  described: ((integrationId: string) => Answered<unknown>) | undefined;
  /** The integrations that were asked about. */
  readonly readings: readonly string[];
  /** The files behind the links: the stored ones, unless a test sets what a link answers. */
  readonly links: Links;
  readonly linked: Map<string, () => Result<LinkAnswer, LinkFault>>;
  /** The links that were opened. */
  readonly opened: string[];
}

/** A link that serves these bytes, as a host of files does. */
export const serves = (
  bytes: Uint8Array,
  headers: LinkAnswer['headers'] = {},
  status = 200,
): Result<LinkAnswer, LinkFault> =>
  ok({
    status,
    headers: { 'content-length': String(bytes.length), 'content-type': 'application/pdf', ...headers },
    chunks: chunksOf(bytes),
    close: () => undefined,
  });

export const linkTo = (place: number): string => `https://files.example/${place}`;

/** Kombo's client at the seam where `lib/` meets it; the HTTP behind it has tests of its own. */
export const scriptedKombo = (now: () => number): ScriptedKombo => {
  const posts: Target[] = [];
  const listings: Target[] = [];
  const readings: string[] = [];
  const standing: Standing[] = [];
  const script: PostScript[] = [];
  const kombo: ScriptedKombo = {
    posts,
    listings,
    standing,
    script,
    listing: undefined,
    described: undefined,
    readings,
    linked: new Map(),
    opened: [],
    links: {
      open: async (url) => {
        kombo.opened.push(url);
        const fate = kombo.linked.get(url);
        if (fate) return fate();
        const file = standing[Number(url.split('/').at(-1))];
        return file ? serves(Buffer.from(file.attachment.data, 'base64')) : serves(Buffer.alloc(0), {}, 404);
      },
    },
    attach: async (target, body, deadline) => {
      const { attachment } = JSON.parse((await collect(body.chunks)).toString());
      posts.push(target);
      const fate = await (script.shift() ?? (() => takes()))(target, deadline);
      if (fate.delivers) standing.push({ target, attachment, createdAt: now() });
      return fate.says;
    },
    listAttachments: async (target) => {
      listings.push(target);
      if (kombo.listing) return kombo.listing(target);
      const files = standing.flatMap((file, place) =>
        file.target.id === target.id && file.target.kind === target.kind
          ? [{ name: file.attachment.name, type: file.attachment.type, link: linkTo(place) }]
          : [],
      );
      return { ok: true, value: { files, more: false }, concurrency: {} };
    },
    restrictions: async () => ({ ok: true, value: undefined, concurrency: {} }),
    integration: async (integrationId) => {
      readings.push(integrationId);
      return kombo.described ? kombo.described(integrationId) : { ok: true, value: {}, concurrency: {} };
    },
    syncedFiles: async () => ({ ok: true, value: [], concurrency: {} }),
    warmUp: () => undefined,
  };
  return kombo;
};
