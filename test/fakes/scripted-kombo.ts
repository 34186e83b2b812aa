import type { Deadline } from '../../lib/deadline.ts';
import type { ListedAttachment } from '../../lib/kombo/attachment-list.ts';
import type { KomboFailure } from '../../lib/kombo/classify-response.ts';
import type { Answered, AttachAnswer, KomboClient } from '../../lib/kombo/client.ts';
import type { Target } from '../../lib/upload/target.ts';
import { collect } from './chunks.ts';

/** A file as it stands at the target. */
export interface Standing {
  readonly target: Target;
  readonly attachment: { readonly name: string; readonly type: string; readonly data: string };
  readonly createdAt: number;
}

/** How Kombo takes one POST: what it does with the file, and what it says. */
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
/** The file is there, and nobody is told. */
export const losesAnswer = (): Fate => ({
  ...refuses('ANSWER_LOST', { detail: 'The connection broke.' }),
  delivers: true,
});
/** The file is not there, and nobody is told. */
export const losesFile = (): Fate => ({ ...losesAnswer(), delivers: false });

export interface ScriptedKombo extends KomboClient {
  /** Every POST whose body came through whole. */
  readonly posts: readonly Target[];
  readonly standing: Standing[];
  /** What happens to the next POSTs, one by one; after that all are taken. */
  readonly script: PostScript[];
  /** What a listing says; without one, what is standing. */
  listing: ((target: Target) => Answered<readonly ListedAttachment[]>) | undefined;
  readonly listings: readonly Target[];
}

/** Kombo's client at the seam where `lib/` meets it; the HTTP behind it has tests of its own. */
export const scriptedKombo = (now: () => number): ScriptedKombo => {
  const posts: Target[] = [];
  const listings: Target[] = [];
  const standing: Standing[] = [];
  const script: PostScript[] = [];
  const kombo: ScriptedKombo = {
    posts,
    listings,
    standing,
    script,
    listing: undefined,
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
      const value = standing
        .filter((file) => file.target.id === target.id && file.target.kind === target.kind)
        .map(({ attachment: { name, type }, createdAt }) => ({ name, type, createdAt }));
      return { ok: true, value, concurrency: {} };
    },
    restrictions: async () => ({ ok: true, value: undefined, concurrency: {} }),
    integration: async () => ({ ok: true, value: {}, concurrency: {} }),
    warmUp: () => undefined,
  };
  return kombo;
};
