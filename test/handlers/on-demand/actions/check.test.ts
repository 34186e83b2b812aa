import { expect, test } from 'vitest';
import { integrationId } from '../../../fakes/ledger-samples.ts';
import { checkWorld, integration } from '../../../worlds/check-world.ts';

test('check says in its first sentence that everything works, and where to upload and by which rules', async () => {
  expect(await checkWorld().ask({ action: 'check' })).toMatchObject({
    ok: true,
    message: 'Everything that could be tested works. 1 thing could not be tested.',
    deployment: {
      bucket: 'cv-inbox',
      keyTemplates: ['candidates/{candidate_id}/{filename}'],
      integrationId,
      requireScan: false,
      sweepEveryMinutes: 60,
    },
  });
});

test('check names what is wrong, then the warnings, then counts what was not tested, and lists them in this order', async () => {
  const world = checkWorld();
  world.kombo.integration = async () => ({ ok: true, value: integration({ status: 'INACTIVE' }), concurrency: {} });
  const settings = { ...world.newFunction({ LEASE_SECONDS: '100' }).settings, watchedPrefixes: ['', 'cvs/'] };
  const answer = await world.ask({ action: 'check' }, { settings });
  expect(answer).toMatchObject({ ok: false });
  expect(answer.message).toBe(
    `2 things to fix: times, integration ${integrationId}. 1 warning: watched folders. 1 thing could not be tested.`,
  );
  const states = (answer.checks as { state: string }[]).map(({ state }) => state);
  expect(states.slice(0, 5)).toEqual(['wrong', 'wrong', 'warning', 'not tested', 'ok']);
});

test('check uses the integration named in the request', async () => {
  const world = checkWorld();
  const asked: string[] = [];
  world.kombo.integration = async (id) => {
    asked.push(id);
    return { ok: true, value: integration(), concurrency: {} };
  };
  await world.ask({ action: 'check', integration_id: 'workable:8Xi6iZrwusZqJmDGXs49GBmJ' });
  expect(asked).toEqual(['workable:8Xi6iZrwusZqJmDGXs49GBmJ']);
});
