import { expect, onTestFinished, test } from 'vitest';
import { startBuiltFunctions } from '../../worlds/built-functions.ts';
import { cvOf, integrationOf, lose, placeOf, posts, setHabits } from '../../worlds/lost-answers.ts';

const integrationId = integrationOf('slow');

/** A byte every five seconds never counts as silence, so only a deadline ends the download: here that of the function. */
test('the download of a link that sends one byte every 5 s ends with the run, and a later run opens the link again', async () => {
  const functions = await startBuiltFunctions({ integrations: [integrationId], scheduleTimeoutMs: 9_000 });
  onTestFinished(functions.end);
  setHabits(functions, integrationId, ['link-slow']);
  const arrived = await lose(functions, placeOf(integrationId, 'arrived'), 'html-502-stored', cvOf('arrived'));
  const absent = await lose(functions, placeOf(integrationId, 'absent'), 'html-502', cvOf('absent'));
  await new Promise((resolve) => setTimeout(resolve, 100));
  await functions.run();
  const { state, lastLook } = await functions.recordOf(arrived);
  expect(state).toMatchObject({ status: 'unknown', passingLooks: 1, doubtfulLooks: 0, absentLooks: 0 });
  expect(lastLook).toMatchObject({
    listed: 1,
    notCompared: 1,
    problem: 'The download broke off, or was too slow, before the end of the file.',
  });
  expect((await functions.recordOf(absent)).state.status).toBe('unknown');
  expect([posts(functions, 'arrived'), posts(functions, 'absent')]).toEqual([1, 1]);
});
