import { afterAll, expect, test } from 'vitest';
import { startBuiltFunctions } from '../../worlds/built-functions.ts';
import { cvOf, integrationOf, keyAt, placeOf, posts } from '../../worlds/lost-answers.ts';

/* How the files of one integration affect those of another. */

const minuteMs = 60_000;
const [busy, quiet, narrow] = ['busy', 'quiet', 'narrow'].map(integrationOf) as [string, string, string];

const integrations = [busy, quiet, narrow];
const functions = await startBuiltFunctions({ integrations, countsOutages: true, movesTime: true });
afterAll(functions.end);

const upload = (id: string, integrationId: string) =>
  functions.upload(keyAt(placeOf(integrationId, id)), cvOf(`${integrationId} ${id}`));

const statusesOf = async (objects: Awaited<ReturnType<typeof upload>>[]): Promise<ReadonlySet<string>> =>
  new Set((await Promise.all(objects.map(functions.recordOf))).map(({ state }) => state.status));

test('a file is sent in the first run although 150 due files of an integration that refuses every call wait before it', async () => {
  functions.kombo.faults.arm('PLATFORM--CONCURRENCY_LIMIT_EXCEEDED', { integrationId: busy });
  const backlog = await Promise.all(Array.from({ length: 150 }, (_, number) => upload(`busy${number}`, busy)));
  expect(await statusesOf(backlog)).toEqual(new Set(['waiting']));
  functions.kombo.faults.arm('PLATFORM--CONCURRENCY_LIMIT_EXCEEDED', { integrationId: quiet, times: 1 });
  const object = await upload('quiet', quiet);
  expect((await functions.recordOf(object)).state.status).toBe('waiting');
  await functions.advance(5 * minuteMs);
  await functions.run();
  expect((await functions.recordOf(object)).state.status).toBe('attached');
});

test('forty wrong integration ids in keys are rejected and pause nothing', async () => {
  const wrong = Array.from({ length: 40 }, (_, number) => upload(`wrong${number}`, integrationOf(`nobody${number}`)));
  const object = await upload('beside', quiet);
  expect(await statusesOf(await Promise.all(wrong))).toEqual(new Set(['rejected']));
  expect((await functions.recordOf(object)).state.status).toBe('attached');
});

test('each of 100 concurrent uploads is delivered once with a limit of five calls, and few are throttled', async () => {
  functions.kombo.integrations.change(narrow, { concurrencyLimit: 5 });
  functions.kombo.faults.arm('delay-50ms', { on: ['post'], integrationId: narrow });
  const ids = Array.from({ length: 100 }, (_, number) => `narrow${number}`);
  const objects = await Promise.all(ids.map((id) => upload(id, narrow)));
  await functions.advance(5 * minuteMs);
  await functions.runUntil(objects, ({ state }) => state.status === 'attached');
  expect(ids.filter((id) => functions.kombo.attachments({ target: { kind: 'candidate', id } }).length !== 1)).toEqual(
    [],
  );
  const calls = ids.reduce((sum, id) => sum + posts(functions, id), 0);
  expect(calls - ids.length).toBeLessThanOrEqual(5);
});
