import { beforeAll, expect, test } from 'vitest';
import { type BuiltFunctions, startBuiltFunctions } from '../../worlds/built-functions.ts';
import {
  copies,
  cvName,
  cvOf,
  type Entry,
  integrationOf,
  isAttached,
  keyAt,
  listings,
  lose,
  type Place,
  placeOf,
  plant,
  posts,
  rewriteListings,
  setHabits,
  teach,
} from '../../worlds/lost-answers.ts';

/** What the listing of one target is turned into. */
const changes = new Map<string, (results: readonly Entry[]) => readonly unknown[]>();

const known = integrationOf('known');
const unlearnt = integrationOf('unlearnt');
const later = integrationOf('later');
let functions: BuiltFunctions;
beforeAll(async () => {
  functions = await startBuiltFunctions({ integrations: [known, unlearnt, later], rewrite: rewriteListings(changes) });
  setHabits(functions, known, ['dated']);
  await teach(functions, known);
  return functions.end;
});

const at = (id: string, integrationId = known): Place => placeOf(integrationId, id);

test('one file listed twice is no proof for another that never arrived', async () => {
  const place = at('listed-twice');
  changes.set(place.id, (results) => [...results, ...results]);
  const [first, second] = [cvOf('first of two'), cvOf('second of two')];
  await functions.upload(keyAt(place, 'first.pdf'), first);
  const object = await lose(functions, place, 'html-502', second);
  await functions.runUntil([object], isAttached);
  expect((await functions.recordOf(object)).state).toMatchObject({ status: 'attached', evidence: 'answer' });
  expect([await copies(functions, place, first), await copies(functions, place, second)]).toEqual([1, 1]);
});

test('a file from a recruiter with our name, type, length and date is no proof', async () => {
  const [place, unsure] = [at('strangers'), at('strangers-unlearnt', unlearnt)];
  const [ours, also] = [cvOf('ours'), cvOf('ours, not known')];
  const objects = [await lose(functions, place, 'html-502', ours), await lose(functions, unsure, 'html-502', also)];
  await plant(functions, place, cvOf('theirs'));
  await plant(functions, unsure, cvOf('theirs, not known'));
  await functions.runUntil(objects.slice(0, 1), isAttached);
  expect(await copies(functions, place, ours)).toBe(1);
  expect(posts(functions, place.id)).toBe(2);
  await functions.runUntil(objects.slice(1), ({ state }) => state.status === 'unknown' && state.passingLooks > 1);
  expect((await functions.recordOf(objects[1] ?? expect.fail())).state).toMatchObject({ status: 'unknown' });
  expect(posts(functions, unsure.id)).toBe(1);
});

test('a doubt about a file that did not arrive ends when two later files show how the tool lists', async () => {
  const place = at('lost-first', later);
  const ours = cvOf('lost first');
  await plant(functions, place, cvOf('theirs before'));
  const object = await lose(functions, place, 'html-502', ours);
  await functions.runUntil([object], ({ state }) => state.status === 'unknown' && state.passingLooks > 1);
  expect(posts(functions, place.id)).toBe(1);
  await teach(functions, later);
  await functions.runUntil([object], isAttached);
  expect(await copies(functions, place, ours)).toBe(1);
  expect(posts(functions, place.id)).toBe(2);
});

const odd: readonly Entry[] = [
  null,
  {},
  { id: null, type: null, file_name: null, content_type: null, data_url: null, remote_created_at: null },
  { id: 'a', type: 'PORTRAIT', file_name: cvName, data_url: 'no link', remote_created_at: 'yesterday' },
];

test('nulls, unknown types and duplicate ids hide no file that arrived', async () => {
  const place = at('odd-there');
  changes.set(place.id, (results) => [
    ...odd,
    ...results.map((entry) => ({ ...entry, id: 'a', type: 'PHOTO' })),
    ...odd,
  ]);
  const object = await lose(functions, place, 'html-502-stored', cvOf('odd there'));
  await functions.runUntil([object], isAttached);
  expect((await functions.recordOf(object)).state).toMatchObject({ status: 'attached', evidence: 'read-back' });
  expect([posts(functions, place.id), listings(functions, place.id)]).toEqual([1, 1]);
});

test('an entry that nothing is known of is a doubt: a file that did not arrive is not sent beside it', async () => {
  const place = at('odd-missing');
  changes.set(place.id, () => odd);
  const object = await lose(functions, place, 'html-502', cvOf('odd missing'));
  await functions.runUntil([object], ({ state }) => state.status === 'unknown' && state.passingLooks > 1);
  const { state, lastLook } = await functions.recordOf(object);
  expect(state.status).toBe('unknown');
  expect(lastLook).toMatchObject({ listed: 4, different: 0, notCompared: 4 });
  expect(posts(functions, place.id)).toBe(1);
});
