import { afterAll, expect, test } from 'vitest';
import { startBuiltFunctions } from '../../worlds/built-functions.ts';
import {
  cvOf,
  downloads,
  type Entry,
  integrationOf,
  isAttached,
  listings,
  lose,
  type Place,
  placeOf,
  posts,
  rewriteListings,
  setHabits,
} from '../../worlds/lost-answers.ts';

const changes = new Map<string, (results: readonly Entry[]) => readonly unknown[]>();
const thousand = integrationOf('thousand');
const more = integrationOf('more');
const functions = await startBuiltFunctions({ integrations: [thousand, more], rewrite: rewriteListings(changes) });
afterAll(functions.end);

const at = (id: string, integrationId = more): Place => placeOf(integrationId, id);

/** The log keeps only the last 1,000 requests, so this uses the counters, which count ended requests. */
const linksOpened = async (): Promise<number> => {
  await functions.kombo.idle();
  return functions.kombo.requests.counters().byCall.download ?? 0;
};

test('a file is found among 1,000 entries with a few requests, whatever its name', async () => {
  const place = at('thousand', thousand);
  setHabits(functions, thousand, ['thousand', 'renamed']);
  const object = await lose(functions, place, 'html-502-stored', cvOf('thousand'));
  const before = await linksOpened();
  await functions.runUntil([object], isAttached);
  expect((await functions.recordOf(object)).state).toMatchObject({ status: 'attached', evidence: 'read-back' });
  expect(downloads(functions, place)).toBe(1);
  expect((await linksOpened()) - before).toBeLessThanOrEqual(16);
});

test('a listing of 1,000 entries without our file costs one request each, and leaves a doubt', async () => {
  const place = at('thousand-missing', thousand);
  setHabits(functions, thousand, ['thousand']);
  const object = await lose(functions, place, 'html-502', cvOf('thousand missing'));
  const before = await linksOpened();
  await functions.runUntil([object], ({ state }) => state.status === 'unknown' && state.passingLooks > 0);
  expect(listings(functions, place.id)).toBe(1);
  expect((await linksOpened()) - before).toBe(991);
  expect((await functions.recordOf(object)).lastLook).toMatchObject({ listed: 1000, different: 991, notCompared: 9 });
  expect(posts(functions, place.id)).toBe(1);
});
