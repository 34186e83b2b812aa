import { beforeAll, describe, test } from 'vitest';
import { type BuiltFunctions, startBuiltFunctions } from '../../worlds/built-functions.ts';
import {
  copies,
  cvOf,
  downloads,
  integrationOf,
  isAttached,
  listings,
  lose,
  lostAnswers,
  placeOf,
  plant,
  posts,
  setHabits,
  teach,
} from '../../worlds/lost-answers.ts';
import { waysOfTools } from '../../worlds/ways-of-tools.ts';

/*
 * Tools change names and dates in their own ways. Each way has its own integration, so that what was learnt about one tool does
 * not decide for another. Each target also has a file from a recruiter, with the name and the length of ours.
 */
let functions: BuiltFunctions;
beforeAll(async () => {
  functions = await startBuiltFunctions({
    integrations: waysOfTools.flatMap(({ way }) => [integrationOf(way), integrationOf(`${way}-known`)]),
    // Long enough that a call is not lost by itself on a busy machine, because a file that teaches must be answered.
    settings: { KOMBO_TIMEOUT_SECONDS: '6' },
  });
  return functions.end;
});

describe.each(waysOfTools)('$way', { concurrent: true }, ({ way, habits, kind, requestsPerFile }) => {
  const targetsOf = (integrationId: string) =>
    lostAnswers.map((fault) => {
      const place = placeOf(integrationId, `${integrationId.split(':')[0]}-${fault}`, kind);
      const label = `${way} ${place.id}`;
      return { fault, place, bytes: cvOf(label), other: cvOf(`other of ${label}`) };
    });

  const prepare = (integrationId: string) => {
    setHabits(functions, integrationId, habits);
    return Promise.all(
      targetsOf(integrationId).map(async (target) => {
        const { place, other } = target;
        const candidateId = `${place.id}-person`;
        if (kind === 'application')
          functions.kombo.linkApplication({ integrationId, applicationId: place.id, candidateId });
        await plant(functions, place, other);
        return target;
      }),
    );
  };

  test(`${way}: a file that arrived is found by its bytes, although nothing was learnt about the tool`, async ({
    expect,
  }) => {
    const targets = await prepare(integrationOf(way));
    const objects = await Promise.all(
      targets.map(({ place, fault, bytes }) => lose(functions, place, `${fault}-stored`, bytes)),
    );
    await functions.runUntil(objects, isAttached);
    for (const [index, { place, bytes }] of targets.entries()) {
      const { state } = await functions.recordOf(objects[index] ?? expect.fail());
      expect.soft(state, place.id).toMatchObject({ status: 'attached', evidence: 'read-back' });
      expect.soft(await copies(functions, place, bytes), place.id).toBe(1);
      expect.soft(posts(functions, place.id), place.id).toBe(1);
      const looks = listings(functions, place.id);
      // One look is enough; on a busy machine runs overlap, and two may look at the same time, which is harmless.
      if (!habits.some((habit) => habit.startsWith('link-later'))) expect.soft(looks, place.id).toBeLessThanOrEqual(3);
      expect.soft(downloads(functions, place), place.id).toBeLessThanOrEqual(2 * looks * requestsPerFile);
    }
  });

  test(`${way}: a file that did not arrive is sent again, once, when two earlier files have shown how the tool lists`, async ({
    expect,
  }) => {
    const integrationId = integrationOf(`${way}-known`);
    const targets = await prepare(integrationId);
    await teach(functions, integrationId, kind);
    const objects = await Promise.all(targets.map(({ place, fault, bytes }) => lose(functions, place, fault, bytes)));
    await functions.runUntil(objects, isAttached);
    for (const [index, { place, bytes }] of targets.entries()) {
      const { state } = await functions.recordOf(objects[index] ?? expect.fail());
      expect.soft(state, place.id).toMatchObject({ status: 'attached', evidence: 'answer' });
      expect.soft(await copies(functions, place, bytes), place.id).toBe(1);
      expect.soft(posts(functions, place.id), place.id).toBe(2);
      // Two looks decide; on a busy machine runs overlap, and two may look at the same time.
      const looks = listings(functions, place.id);
      expect.soft(looks, place.id).toBeGreaterThanOrEqual(2);
      expect.soft(looks, place.id).toBeLessThanOrEqual(4);
      expect.soft(downloads(functions, place), place.id).toBeLessThanOrEqual(looks * requestsPerFile);
    }
  });
});
