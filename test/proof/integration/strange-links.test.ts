import { createServer } from 'node:http';
import { beforeAll, expect, test } from 'vitest';
import type { CreatedObject } from '../../../infra/local/aws/events/s3-notification.ts';
import { closeServer, listen } from '../../../infra/local/process/listen.ts';
import { type BuiltFunctions, startBuiltFunctions } from '../../worlds/built-functions.ts';
import {
  cvOf,
  type Entry,
  integrationOf,
  isAttached,
  keyAt,
  listings,
  lose,
  placeOf,
  plant,
  posts,
  rewriteListings,
  teach,
} from '../../worlds/lost-answers.ts';

const integrationId = integrationOf('links');

/** Replaces the link of every entry at one target. */
const changes = new Map<string, (results: readonly Entry[]) => readonly unknown[]>();
const changeLinks = (id: string, change: (link: string) => string): void => {
  changes.set(id, (results) => results.map((entry) => ({ ...entry, data_url: change(String(entry?.data_url)) })));
};

/** A file host on this machine: `/to?<url>` redirects to that URL. */
const fileHost = createServer((incoming, outgoing) => {
  outgoing.writeHead(302, { location: decodeURIComponent(incoming.url?.split('?')[1] ?? '') }).end();
});

/** Links that no tool should serve, and whether a later look may decide more. */
const badLinks: readonly (readonly [name: string, path: string, status: 'held' | 'unknown', problem: RegExp])[] = [
  ['metadata', 'http://169.254.169.254/latest/meta-data/', 'held', /an address that is not public/],
  ['closed-port', 'http://127.0.0.1:9/cv.pdf', 'unknown', /could not be read \(ECONNREFUSED\)/],
  ['to-metadata', '/to?http://169.254.169.254/latest/meta-data/', 'held', /an address that is not public/],
];

let functions: BuiltFunctions;
let hostUrl: string;
const lost = new Map<string, CreatedObject>();
beforeAll(async () => {
  hostUrl = `http://127.0.0.1:${await listen(fileHost, 0)}`;
  functions = await startBuiltFunctions({ integrations: [integrationId], rewrite: rewriteListings(changes) });
  await teach(functions, integrationId);
  for (const [id, link] of badLinks) {
    changeLinks(id, () => (link.startsWith('/') ? hostUrl + link : link));
    lost.set(id, await lose(functions, placeOf(integrationId, id), 'html-502-stored', cvOf(id)));
  }
  const held = badLinks.filter(([, , status]) => status === 'held').flatMap(([id]) => lost.get(id) ?? []);
  await functions.runUntil(held, ({ state }) => state.status === 'held');
  return async () => {
    await functions.end();
    await closeServer(fileHost);
  };
});

test.each(badLinks)(
  'a link like %s (%s) is not followed: %s, and the file is not sent again',
  async (id, _, status, problem) => {
    const { state, lastLook } = await functions.recordOf(lost.get(id) ?? expect.fail());
    expect(state.status).toBe(status);
    expect(lastLook).toMatchObject({
      listed: 1,
      different: 0,
      notCompared: 1,
      problem: expect.stringMatching(problem),
    });
    // The link is a secret, and its destination must not be stored either.
    expect(JSON.stringify({ state, lastLook })).not.toMatch(/https?:|169\.254|10\.0\.0\.1|127\.0\.0\.1|passwd/);
    expect(posts(functions, id)).toBe(1);
  },
);

test('a look costs one listing, one request per file, and whole downloads only of files as long as ours or as another upload', async () => {
  const place = placeOf(integrationId, 'counted');
  const [ours, another] = [cvOf('counted', 2_500), cvOf('another', 1_500)];
  const files = [cvOf('large', 12_000_000), cvOf('as ours', 2_500), cvOf('as another', 1_500), cvOf('other', 2_499)];
  for (const file of files) await plant(functions, place, file);
  await functions.upload(keyAt(place, 'another.pdf'), another);
  changeLinks(place.id, (link) =>
    link.replace(new URL(functions.kombo.url).origin, new URL(functions.komboRelay.url).origin),
  );
  const before = functions.komboRelay.calls.length;
  const object = await lose(functions, place, 'html-502', ours);
  await functions.runUntil([object], isAttached);
  expect(listings(functions, place.id)).toBe(2);
  const calls = functions.komboRelay.calls.slice(before).filter(({ path }) => path.startsWith('/resources/'));
  const perFile = Object.values(Object.groupBy(calls, ({ path }) => path)).map((same) => same?.length);
  expect(perFile).toEqual([2, 2, 2, 2, 2]);
  for (const { answerBytes } of calls.filter(({ path }) => path.endsWith(idOf(12_000_000)))) {
    // The bytes that the connections had buffered when the answer was dropped.
    expect(answerBytes).toBeLessThan(6_000_000);
  }
});

const idOf = (sizeBytes: number): string =>
  functions.kombo.attachments({ integrationId }).find((file) => file.sizeBytes === sizeBytes)?.id ?? '';
