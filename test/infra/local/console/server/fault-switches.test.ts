import { expect, onTestFinished, test } from 'vitest';
import { faultSwitches, setFault } from '../../../../../infra/local/console/server/fault-switches.ts';
import { defaultApiKey, startKomboEmulator } from '../../../../../infra/local/kombo/emulator.ts';

const startEmulator = async () => {
  const kombo = await startKomboEmulator();
  onTestFinished(() => kombo.close());
  return { kombo, on: () => faultSwitches(kombo, defaultApiKey).flatMap(({ id, on }) => (on ? [id] : [])) };
};

const ids = ['rate-limit', 'tool-down', 'answer-lost', 'key-revoked', 'integration-paused', 'slow'].concat(
  ['dated', 'midnight', 'renamed', 'retyped', 'converted', 'no-link', 'link-login', 'whole-person', 'never-lists'].map(
    (habit) => `habit-${habit}`,
  ),
);

test('the console has switches for six faults and nine habits, all off at first', async () => {
  const { kombo, on } = await startEmulator();
  expect(faultSwitches(kombo, defaultApiKey).map(({ id }) => id)).toEqual(ids);
  expect(on()).toEqual([]);
});

test.each(ids)('the fault %s is switched on alone, and off again', async (id) => {
  const { kombo, on } = await startEmulator();
  expect(setFault(kombo, id, true)).toBe(true);
  expect(on()).toEqual([id]);
  setFault(kombo, id, true);
  setFault(kombo, id, false);
  expect(on()).toEqual([]);
  expect(kombo.faults.list()).toEqual([]);
});

test('a switch shows a change that another program made to the emulator', async () => {
  const { kombo, on } = await startEmulator();
  kombo.apiKeys.revoke();
  for (const { id } of kombo.integrations.list()) kombo.integrations.change(id, { toolDown: true });
  expect(on()).toEqual(['tool-down', 'key-revoked']);
});

test('habits are switched on and off one by one, and those without a switch stay', async () => {
  const { kombo, on } = await startEmulator();
  const habits = () => kombo.integrations.list().map((integration) => integration.habits);
  for (const { id } of kombo.integrations.list()) kombo.integrations.change(id, { habits: ['cut'] });
  setFault(kombo, 'habit-renamed', true);
  setFault(kombo, 'habit-dated', true);
  expect(on()).toEqual(['habit-dated', 'habit-renamed']);
  setFault(kombo, 'habit-renamed', false);
  expect(habits()).toEqual([
    ['cut', 'dated'],
    ['cut', 'dated'],
  ]);
});

test('faults that a test armed for a few calls are not shown as switches, and stay', async () => {
  const { kombo, on } = await startEmulator();
  kombo.faults.arm('slow-4000ms', { times: 3 });
  expect(on()).toEqual([]);
  setFault(kombo, 'slow', false);
  expect(kombo.faults.list()).toHaveLength(1);
});
