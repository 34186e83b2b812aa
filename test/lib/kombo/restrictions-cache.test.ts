import { expect, test } from 'vitest';
import type { Answered } from '../../../lib/kombo/client.ts';
import type { Restrictions } from '../../../lib/kombo/read-restrictions.ts';
import { restrictionsCache } from '../../../lib/kombo/restrictions-cache.ts';
import type { Target } from '../../../lib/upload/target.ts';
import { manualClock } from '../../fakes/manual-clock.ts';

const target: Target = { kind: 'candidate', id: 'Frank1', integrationId: 'greenhouse:1' };
const noPdf: Restrictions = { CV: { supported: true, contentTypes: ['application/msword'] } };
const { signal } = new AbortController();
const hourMs = 3_600_000;

const answered = (value: Restrictions | undefined): Answered<Restrictions | undefined> => ({
  ok: true,
  value,
  concurrency: {},
});
const failed: Answered<Restrictions | undefined> = {
  ok: false,
  failure: { code: 'KOMBO_FAULT', detail: 'Kombo answered HTTP 500.' },
  concurrency: {},
};

/** A cache over a Kombo that gives these answers, the last one forever; a text is thrown. */
const bookOver = (...answers: readonly (Answered<Restrictions | undefined> | string)[]) => {
  const clock = manualClock();
  const asked: string[] = [];
  const book = restrictionsCache(
    {
      restrictions: async (kind, integrationId) => {
        const answer = answers[Math.min(asked.length, answers.length - 1)] ?? failed;
        asked.push(`${kind} ${integrationId}`);
        if (typeof answer === 'string') throw new Error(answer);
        return answer;
      },
    },
    clock,
  );
  return { clock, asked, of: (who = target) => book.of(who, signal), known: (who = target) => book.known(who) };
};

test('restrictions are requested once an hour for each integration and kind of target', async () => {
  const { clock, asked, of } = bookOver(answered(noPdf));
  expect(await of()).toEqual(noPdf);
  clock.advance(hourMs - 1);
  await of({ ...target, id: 'Jane2' });
  expect(asked).toEqual(['candidate greenhouse:1']);
  await of({ ...target, kind: 'application' });
  await of({ ...target, integrationId: 'workable:2' });
  expect(asked).toEqual(['candidate greenhouse:1', 'application greenhouse:1', 'candidate workable:2']);
  clock.advance(1);
  await of();
  expect(asked).toHaveLength(4);
});

test('files that start together request the restrictions once', async () => {
  const { asked, of } = bookOver(answered(noPdf));
  expect(await Promise.all([of(), of(), of()])).toEqual([noPdf, noPdf, noPdf]);
  expect(asked).toHaveLength(1);
});

test('an answer without limits is cached like any other', async () => {
  const { clock, asked, of } = bookOver(answered(undefined));
  expect(await of()).toBeUndefined();
  clock.advance(hourMs - 1);
  await of();
  expect(asked).toHaveLength(1);
});

test.each([
  ['refuses', failed],
  ['throws', 'a bug'],
])('when Kombo %s, no limits apply, and the restrictions are requested again after five minutes', async (_, answer) => {
  const { clock, asked, of } = bookOver(answer, answered(noPdf));
  expect(await of()).toBeUndefined();
  clock.advance(5 * 60_000 - 1);
  expect(await of()).toBeUndefined();
  expect(asked).toHaveLength(1);
  clock.advance(1);
  expect(await of()).toEqual(noPdf);
});

test('restrictions read within the last hour, for the same integration and kind, are known without a request', async () => {
  const { clock, asked, of, known } = bookOver(answered(noPdf));
  expect(known()).toBeUndefined();
  const reading = of();
  expect(known()).toBeUndefined();
  await reading;
  expect(known()).toEqual(noPdf);
  expect(known({ ...target, kind: 'application' })).toBeUndefined();
  clock.advance(hourMs);
  expect(known()).toBeUndefined();
  expect(asked).toHaveLength(1);
});
