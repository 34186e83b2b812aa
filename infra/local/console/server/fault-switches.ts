import { defaultLimits } from '../../kombo/api/limits.ts';
import type { KomboEmulator } from '../../kombo/emulator.ts';
import type { FaultSwitch } from './view.ts';

type Emulator = Pick<KomboEmulator, 'faults' | 'integrations' | 'apiKeys' | 'limits'>;

interface Fault {
  readonly id: string;
  readonly label: string;
  readonly explanation: string;
  readonly isOn: (kombo: Emulator, apiKey: string) => boolean;
  readonly set: (kombo: Emulator, on: boolean) => void;
}

/** Strikes every call until it is switched off, unlike those that a test arms for one target or a few calls. */
const armed = (kombo: Emulator, name: string) =>
  kombo.faults.list().filter((fault) => fault.name === name && fault.times === undefined && !fault.target);

const armable = (name: string): Pick<Fault, 'isOn' | 'set'> => ({
  isOn: (kombo) => armed(kombo, name).length > 0,
  set(kombo, on) {
    for (const { id } of armed(kombo, name)) kombo.faults.clear(id);
    if (on) kombo.faults.arm(name);
  },
});

const changed = (
  isOn: (integration: ReturnType<Emulator['integrations']['list']>[number]) => boolean,
  change: (on: boolean) => Parameters<Emulator['integrations']['change']>[1],
): Pick<Fault, 'isOn' | 'set'> => ({
  isOn: ({ integrations }) => integrations.list().every(isOn),
  set({ integrations }, on) {
    for (const { id } of integrations.list()) integrations.change(id, change(on));
  },
});

/** So few that a handful of files meets it, and so short that one sees it pass. */
const narrow = { ratePerWindow: 4, windowSeconds: 5 };

/** What a person can make go wrong, to watch the system heal. The switch shows the emulator's own state. */
const faults: readonly Fault[] = [
  {
    id: 'rate-limit',
    label: 'Rate limit',
    explanation: `Kombo takes ${narrow.ratePerWindow} calls in ${narrow.windowSeconds} seconds. Files wait their turn.`,
    isOn: ({ limits }) => limits.get().ratePerWindow <= narrow.ratePerWindow,
    set: ({ limits }, on) => {
      const { ratePerWindow, windowSeconds } = on ? narrow : defaultLimits;
      limits.change({ ratePerWindow, windowSeconds });
    },
  },
  {
    id: 'tool-down',
    label: 'Tool down',
    explanation: 'The ATS behind Kombo does not answer. Files are tried again.',
    ...changed(
      ({ toolDown }) => toolDown,
      (toolDown) => ({ toolDown }),
    ),
  },
  {
    id: 'answer-lost',
    label: 'Answer lost',
    explanation: 'Kombo stores the file, then the connection breaks. The listing tells the truth.',
    ...armable('reset-after-body-stored'),
  },
  {
    id: 'key-revoked',
    label: 'Key revoked',
    explanation: 'Kombo no longer takes the API key. Everything pauses until you resume.',
    isOn: ({ apiKeys }, apiKey) => !apiKeys.accepts(apiKey),
    set: ({ apiKeys }, on) => (on ? apiKeys.revoke() : apiKeys.restore()),
  },
  {
    id: 'integration-paused',
    label: 'Integration off',
    explanation: 'Kombo has switched the integration off. Its files are held until you resume.',
    ...changed(
      ({ status }) => status === 'INACTIVE',
      (on) => ({ status: on ? 'INACTIVE' : 'ACTIVE' }),
    ),
  },
  {
    id: 'slow',
    label: 'Slow',
    explanation: 'Each call takes four seconds. Watch a file while it is sent.',
    ...armable('slow-4000ms'),
  },
];

export const faultSwitches = (kombo: Emulator, apiKey: string): readonly FaultSwitch[] =>
  faults.map(({ id, label, explanation, isOn }) => ({ id, label, explanation, on: isOn(kombo, apiKey) }));

/** @returns false when there is no such switch */
export const setFault = (kombo: Emulator, id: string, on: boolean): boolean => {
  const fault = faults.find((each) => each.id === id);
  fault?.set(kombo, on);
  return fault !== undefined;
};
