import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import type { CreatedObject } from '../../../infra/local/aws/events/s3-notification.ts';
import type { Habit } from '../../../infra/local/kombo/faults/ats-habits.ts';
import { type BuiltFunctions, startBuiltFunctions } from '../../worlds/built-functions.ts';
import {
  copies,
  cvOf,
  integrationOf,
  listings,
  lose,
  placeOf,
  plant,
  posts,
  setHabits,
  teach,
} from '../../worlds/lost-answers.ts';

interface Ending {
  readonly status: 'unknown' | 'held' | 'attached';
  /** The part of the last look that an operator sees. */
  readonly look?: { readonly listed: number; readonly different: number; readonly notCompared: number };
  readonly problem?: string;
}

/** The same outcome for the file that arrived, beside one from a recruiter, and for the one that did not. */
const both = (status: Ending['status'], compared: 'different' | 'notCompared', problem?: string) =>
  [2, 1].map((listed) => ({
    status,
    look: { listed, different: 0, notCompared: 0, [compared]: listed },
    ...(problem !== undefined && { problem }),
  })) as unknown as readonly [Ending, Ending];

const pages = 'The link returned a page or a message instead of the file.';
const more = 'The listing is incomplete: Kombo refers to a next page.';
const endless = 'The file is longer than every file that it could match, and its length was not announced.';

/** For each habit: the outcome of a file that arrived, and of one that did not. */
const cases: readonly (readonly [Habit, readonly [Ending, Ending]])[] = [
  ['converted', both('unknown', 'different')],
  ['no-link', both('unknown', 'notCompared', 'Kombo provides no link to the file.')],
  ['link-403', both('unknown', 'notCompared', 'The link was answered with HTTP status 403.')],
  ['link-503', both('unknown', 'notCompared', 'The link was answered with HTTP status 503.')],
  ['link-login', both('held', 'notCompared', pages)],
  ['link-circle', both('held', 'notCompared', 'The link is redirected too often.')],
  ['link-endless', both('held', 'notCompared', endless)],
  ['link-wrong-length', both('unknown', 'different')],
  ['link-compressed', both('held', 'notCompared', 'The file was sent compressed or otherwise encoded.')],
  [
    'never-lists',
    [
      { status: 'unknown', look: { listed: 0, different: 0, notCompared: 0 } },
      { status: 'unknown', look: { listed: 0, different: 0, notCompared: 0 } },
    ],
  ],
  [
    'next-cursor',
    [{ status: 'attached' }, { status: 'held', look: { listed: 1, different: 1, notCompared: 0 }, problem: more }],
  ],
];

let functions: BuiltFunctions;
const lost = new Map<string, CreatedObject>();
const placeIn = (habit: Habit, end: string) => placeOf(integrationOf(habit), `${habit}-${end}`);
const bytesOf = (habit: Habit, end: string) => cvOf(`${habit} ${end}`);
const ends = ['arrived', 'absent'] as const;

beforeAll(async () => {
  functions = await startBuiltFunctions({ integrations: cases.map(([habit]) => integrationOf(habit)) });
  await Promise.all(
    cases.map(async ([habit]) => {
      setHabits(functions, integrationOf(habit), [habit]);
      await teach(functions, integrationOf(habit));
      for (const end of ends) {
        const place = placeIn(habit, end);
        await plant(functions, place, cvOf(`other of ${habit} ${end}`));
        const fault = end === 'arrived' ? 'html-502-stored' : 'html-502';
        lost.set(place.id, await lose(functions, place, fault, bytesOf(habit, end)));
      }
    }),
  );
  // Long enough for two looks that count, and for the attempt that they would cause.
  for (let run = 0; run < 15; run += 1) {
    await functions.run();
    await sleep(100);
  }
  return functions.end;
});

const recordIn = (habit: Habit, end: string) => functions.recordOf(lost.get(`${habit}-${end}`) ?? expect.fail());

test.each(
  cases.flatMap(([habit, endings]) => ends.map((end, index) => [habit, end, endings[index] ?? expect.fail()] as const)),
)(
  'with the habit %s, a file that is %s is not sent a second time, and its record says what the look saw',
  async (habit, end, { status, look, problem }) => {
    const { state, lastLook } = await recordIn(habit, end);
    expect(state.status).toBe(status);
    if (state.status === 'held') expect(state.failure.code).toBe('OUTCOME_UNKNOWN');
    if (state.status === 'unknown') {
      expect(state).toMatchObject({ absentLooks: 0, doubtfulLooks: 0 });
      expect(state.passingLooks).toBe(listings(functions, `${habit}-${end}`));
      expect(state.passingLooks).toBeGreaterThan(0);
    }
    expect(lastLook).toEqual(look && { at: expect.any(Number), ...look, ...(problem !== undefined && { problem }) });
    expect(posts(functions, `${habit}-${end}`)).toBe(1);
    expect(await copies(functions, placeIn(habit, end), bytesOf(habit, end))).toBe(end === 'arrived' ? 1 : 0);
  },
);
