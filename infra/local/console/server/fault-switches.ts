import { defaultLimits } from '../../kombo/api/limits.ts';
import type { KomboEmulator } from '../../kombo/emulator.ts';
import type { Habit } from '../../kombo/faults/ats-habits.ts';
import type { FaultSwitch } from './view.ts';

type Emulator = Pick<KomboEmulator, 'faults' | 'integrations' | 'apiKeys' | 'limits'>;

interface Fault extends Omit<FaultSwitch, 'on'> {
  readonly isOn: (kombo: Emulator, apiKey: string) => boolean;
  readonly set: (kombo: Emulator, on: boolean) => void;
}

/**
 * The faults that a switch controls. They apply to every call until cleared; faults that a test arms for one target or
 * a few calls are not included.
 */
const faultsOfSwitch = (kombo: Emulator, name: string) =>
  kombo.faults.list().filter((fault) => fault.name === name && fault.times === undefined && !fault.target);

const switchForFault = (name: string): Pick<Fault, 'isOn' | 'set'> => ({
  isOn: (kombo) => faultsOfSwitch(kombo, name).length > 0,
  set(kombo, on) {
    for (const { id } of faultsOfSwitch(kombo, name)) kombo.faults.clear(id);
    if (on) kombo.faults.arm(name);
  },
});

type Integration = ReturnType<Emulator['integrations']['list']>[number];

const switchForIntegrations = (
  isOn: (integration: Integration) => boolean,
  change: (on: boolean, integration: Integration) => Parameters<Emulator['integrations']['change']>[1],
): Pick<Fault, 'isOn' | 'set'> => ({
  isOn: ({ integrations }) => integrations.list().every(isOn),
  set({ integrations }, on) {
    for (const each of integrations.list()) integrations.change(each.id, change(on, each));
  },
});

/** A habit of the ATS of every integration; other habits stay unchanged. */
const habit = (name: Habit, label: string, explanation: string): Fault => ({
  id: `habit-${name}`,
  group: 'habits',
  label,
  explanation,
  ...switchForIntegrations(
    ({ habits }) => habits.includes(name),
    (on, { habits }) => ({ habits: [...habits.filter((each) => each !== name), ...(on ? [name] : [])] }),
  ),
});

/** Low enough that a few files reach the limit, and short enough to watch the window end. */
const lowLimits = { ratePerWindow: 4, windowSeconds: 5 };

/**
 * Faults and habits that a user can switch on to watch the system recover. A switch shows the state of the emulator.
 */
const faults: readonly Fault[] = [
  {
    id: 'rate-limit',
    group: 'faults',
    label: 'Rate limit',
    explanation: `Kombo accepts ${lowLimits.ratePerWindow} calls in ${lowLimits.windowSeconds} seconds. Files wait their turn.`,
    isOn: ({ limits }) => limits.get().ratePerWindow <= lowLimits.ratePerWindow,
    set: ({ limits }, on) => {
      const { ratePerWindow, windowSeconds } = on ? lowLimits : defaultLimits;
      limits.change({ ratePerWindow, windowSeconds });
    },
  },
  {
    id: 'tool-down',
    group: 'faults',
    label: 'ATS down',
    explanation:
      'The ATS behind Kombo does not answer. After three files, its integration is paused and tried again within minutes. Once the ATS answers, files that its listing lacks are sent again. For this, the courier must have seen how the ATS lists an attached file.',
    ...switchForIntegrations(
      ({ toolDown }) => toolDown,
      (toolDown) => ({ toolDown }),
    ),
  },
  {
    id: 'answer-lost',
    group: 'faults',
    label: 'Answer lost',
    explanation: 'Kombo stores the file, then the connection breaks. The listing shows whether the file arrived.',
    ...switchForFault('reset-after-body-stored'),
  },
  {
    id: 'key-revoked',
    group: 'faults',
    label: 'Key revoked',
    explanation:
      'Kombo no longer accepts the API key. All files wait. They are sent about 4 minutes after this is switched off, or when you resume.',
    isOn: ({ apiKeys }, apiKey) => !apiKeys.accepts(apiKey),
    set: ({ apiKeys }, on) => (on ? apiKeys.revoke() : apiKeys.restore()),
  },
  {
    id: 'integration-paused',
    group: 'faults',
    label: 'Integration off',
    explanation:
      'The integration is inactive in Kombo. Its files wait. They are sent about 4 minutes after this is switched off, or when you resume.',
    ...switchForIntegrations(
      ({ status }) => status === 'INACTIVE',
      (on) => ({ status: on ? 'INACTIVE' : 'ACTIVE' }),
    ),
  },
  {
    id: 'slow',
    group: 'faults',
    label: 'Slow',
    explanation: 'Each call takes four seconds. Watch a file while it is sent.',
    ...switchForFault('slow-4000ms'),
  },
  habit('dated', 'Dated', 'With the time at which the ATS received the file.'),
  habit('midnight', 'Day only', 'With the day on which the ATS received the file, as midnight.'),
  habit('renamed', 'Renamed', 'Every CV as CV_1.pdf.'),
  habit('retyped', 'Retyped', 'Every CV as type OTHER.'),
  habit('converted', 'Converted', 'With different bytes than those sent.'),
  habit('no-link', 'No link', 'Without a link to the file.'),
  habit('link-login', 'Login page', 'With a link that leads to a login page.'),
  habit('whole-person', 'Whole person', 'With all files of the person, under both endpoints.'),
  habit('never-lists', 'Never listed', 'Received files are not listed.'),
];

export const faultSwitches = (kombo: Emulator, apiKey: string): readonly FaultSwitch[] =>
  faults.map(({ isOn, set: _, ...fault }) => ({ ...fault, on: isOn(kombo, apiKey) }));

/** @returns false for an unknown switch */
export const setFault = (kombo: Emulator, id: string, on: boolean): boolean => {
  const fault = faults.find((each) => each.id === id);
  fault?.set(kombo, on);
  return fault !== undefined;
};
