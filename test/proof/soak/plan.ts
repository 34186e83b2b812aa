import { randomFrom } from '../simulation/random.ts';

/** One CV of the soak, and its target. */
export interface PlannedCv {
  readonly key: string;
  /** Unique content, so that the copies of this CV at Kombo can be counted. */
  readonly candidateId: string;
  readonly body: Buffer;
}

/** The phases of the soak in their order, each with its share of all uploads. */
export const phases = [
  { name: 'warm-up', until: 0.1 },
  { name: 'faults', until: 0.25 },
  { name: 'outage', until: 0.35 },
  { name: 'kills', until: 0.5 },
  // Starts with a restart of the stack. Nothing else disturbs this phase, so memory and handles must not grow in it.
  { name: 'steady', until: 1 },
] as const;

export type Phase = (typeof phases)[number]['name'] | 'draining';

export const phaseAt = (share: number): Phase => phases.find(({ until }) => share < until)?.name ?? 'steady';

/** Each is resolved without an operator: a retry, a look, or a probe delivers the CV. */
const faults = [
  'silence-stored-1',
  'html-502-stored-1',
  'reset-after-body-stored-1',
  'reset-after-body-1',
  'reset-mid-body-1',
  'reset-before-body-1',
  'bare-503-1',
  'early-429-1',
  'drip-20ms-1',
] as const;

const faultRate = 0.06;

/** Most CVs are small; one in fifty has a megabyte or more. */
const sizeOf = (random: ReturnType<typeof randomFrom>): number =>
  random.chance(0.02) ? 1_000_000 + random.below(2_000_000) : 2_000 + random.below(60_000);

/** Kombo's form of an id: a tool, and 24 characters. */
export const integrationsFor = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `greenhouse:CvCourierSoakAAAAAAA${String(index).padStart(4, '0')}`);

/** The n-th CV of `cvs`, always the same for the same seed. */
export const plannedCv = (
  number: number,
  { cvs, integrations, seed }: { cvs: number; integrations: readonly string[]; seed: number },
): PlannedCv => {
  const random = randomFrom(seed + number);
  const isFaulty =
    phaseAt(number / cvs) !== 'warm-up' && phaseAt(number / cvs) !== 'steady' && random.chance(faultRate);
  const candidateId = isFaulty ? `fault-${random.pick(faults)}_as_cv${number}` : `cv${number}`;
  const integrationId = integrations[number % integrations.length] ?? '';
  const body = Buffer.alloc(sizeOf(random), `CV number ${number}. `);
  return { key: `tenants/${integrationId}/candidates/${candidateId}/Jo Roe CV.txt`, candidateId, body };
};
