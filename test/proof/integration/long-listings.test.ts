import { beforeAll, expect, test } from 'vitest';
import { type BuiltFunctions, startBuiltFunctions } from '../../worlds/built-functions.ts';
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
let functions: BuiltFunctions;
beforeAll(async () => {
  functions = await startBuiltFunctions({ integrations: [thousand, more], rewrite: rewriteListings(changes) });
  return functions.end;
});

const at = (id: string, integrationId = more): Place => placeOf(integrationId, id);

/** The log keeps the last 1,000 requests, so they are counted; only those that have ended are. */
const linksOpened = async (): Promise<number> => {
  await functions.kombo.idle();
  return functions.kombo.requests.counters().byCall.download ?? 0;
};

test('among 1,000 entries the file is found with a few requests, whatever it is called', async () => {
  const place = at('thousand', thousand);
  setHabits(functions, thousand, ['thousand', 'renamed']);
  const object = await lose(functions, place, 'html-502-stored', cvOf('thousand'));
  const before = await linksOpened();
  await functions.runUntil([object], isAttached);
  expect((await functions.recordOf(object)).state).toMatchObject({ status: 'attached', evidence: 'read-back' });
  expect(downloads(functions, place)).toBe(1);
  expect((await linksOpened()) - before).toBeLessThanOrEqual(16);
});

test('1,000 entries without ours cost one request each, and are a doubt', async () => {
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

test('5,000 entries are a doubt, unless ours is among the likeliest', async () => {
  const many = Array.from({ length: 4_999 }, (_, index) => ({ id: `other-${index}`, file_name: `${index}.pdf` }));
  const [place, missing] = [at('many'), at('many-missing')];
  for (const { id } of [place, missing]) changes.set(id, (results) => [...results, ...many]);
  const there = await lose(functions, place, 'html-502-stored', cvOf('many'));
  const not = await lose(functions, missing, 'html-502', cvOf('many missing'));
  await functions.runUntil([there], isAttached);
  await functions.runUntil([not], ({ state }) => state.status === 'unknown' && state.passingLooks > 1);
  expect((await functions.recordOf(there)).state).toMatchObject({ status: 'attached', evidence: 'read-back' });
  expect((await functions.recordOf(not)).lastLook).toMatchObject({ listed: 4_999, notCompared: 4_999 });
  expect([posts(functions, 'many'), posts(functions, 'many-missing')]).toEqual([1, 1]);
});

test('a listing of more than 4 MiB is not read, and looked at again', async () => {
  const place = at('too-long');
  const many = Array.from({ length: 5_000 }, (_, index) => ({ id: `other-${index}`, data_url: 'x'.repeat(900) }));
  changes.set(place.id, (results) => [...results, ...many]);
  const object = await lose(functions, place, 'html-502-stored', cvOf('too long'));
  await functions.runUntil([object], ({ state }) => state.status === 'unknown' && state.passingLooks > 1);
  expect((await functions.recordOf(object)).state).toMatchObject({
    status: 'unknown',
    doubtfulLooks: 0,
    absentLooks: 0,
  });
  expect((await functions.recordOf(object)).lastLook?.problem).toBe(
    "Kombo did not list the target's files: ANSWER_UNREADABLE.",
  );
  expect(posts(functions, place.id)).toBe(1);
});
