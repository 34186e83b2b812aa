import { beforeEach, expect, test } from 'vitest';
import { listPauses } from '../../../lib/operator/list-pauses.ts';
import { integrationId, nine } from '../../fakes/ledger-samples.ts';
import { byOperator, missingRight, otherIntegration } from '../../fakes/pause-samples.ts';
import { type LaneWorld, laneWorld } from '../../worlds/lane-world.ts';

let world: LaneWorld;
beforeEach(() => {
  world = laneWorld();
});

const listed = () => listPauses(world.newCourier());

test('without pauses the list of pauses is empty, whatever waits', async () => {
  world.addWaiting('GRK1');
  expect(await listed()).toEqual([]);
});

test('each pause is listed with its cause', async () => {
  world.setLane({ pause: missingRight });
  expect(await listed()).toEqual([
    {
      integrationId,
      code: 'INTEGRATION.PERMISSION_MISSING',
      sentence: expect.stringMatching(/^The integration has been paused since 2026-01-05T09:00:00.000Z: /),
      pause: missingRight,
    },
  ]);
});

test('the pause of the account is listed first', async () => {
  world.setLane({ pause: { ...missingRight, since: nine - 1_000 } });
  world.setLane({ pause: { ...byOperator, since: nine } }, '*');
  expect((await listed()).map((pause) => pause.integrationId)).toEqual(['*', integrationId]);
});

test('the pause of the account is listed even before the index shows it', async () => {
  world.setLane({ pause: byOperator }, '*');
  world.table.query = async () => ({ items: [] });
  expect(await listed()).toMatchObject([{ integrationId: '*' }]);
});

test('a lane that the index still shows as paused is not listed once it is open', async () => {
  world.setLane({ pause: missingRight });
  const { items } = await world.table.query({ index: 'byWork', hash: 'lanes#paused', limit: 10 });
  world.setLane({ pause: undefined });
  world.table.query = async () => ({ items });
  expect(await listed()).toEqual([]);
});

test("a lane that cannot be read is listed with the operator's next step, and hides no other", async () => {
  world.setLane({ pause: missingRight });
  world.setLane({ pause: missingRight }, otherIntegration);
  const item = world.table.items.get(`lane#${integrationId}`);
  if (item) world.table.items.set(item.pk, { ...item, document: '{' });
  const pauses = await listed();
  expect(pauses.map((pause) => pause.integrationId).sort()).toEqual([integrationId, otherIntegration].sort());
  const damaged = pauses.find((pause) => pause.integrationId === integrationId);
  expect(damaged).toEqual({ integrationId, code: 'INTEGRATION_PAUSED', sentence: expect.stringContaining('resume') });
});

test('more pauses than one page of the index holds are all listed', async () => {
  for (let number = 0; number < 250; number += 1) world.setLane({ pause: missingRight }, `many:${number}`);
  expect(await listed()).toHaveLength(250);
});
