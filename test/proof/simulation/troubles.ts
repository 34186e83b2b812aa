import { failureOf } from '../../../lib/failures/failures.ts';
import { komboErrorCodes } from '../../../lib/failures/kombo-failures.ts';
import { integrationId, otherIntegrations } from './courier.ts';
import type { Random } from './random.ts';
import type { Trouble } from './simulated-account.ts';

/** The faults that last for a while in one history, in addition to the weather. */
export interface Plan {
  /** The first one is the integration of the setting. */
  readonly integrations: readonly [string, ...string[]];
  readonly troubles: readonly Trouble[];
  /** An outage of hours or days, which also sets the length of the history. */
  readonly isLong: boolean;
  /** Part of the content of a file that causes the fault itself. */
  readonly poison: string | undefined;
}

const minute = 60_000;

type Code = keyof typeof komboErrorCodes;
const stateCodes = (Object.keys(komboErrorCodes) as Code[]).filter(
  (code) => komboErrorCodes[code].pauses === 'integration',
) as [Code, ...Code[]];

export const poisonMark = 'POISON';

/**
 * One history in twelve has an outage of hours or days; they cost several times as much as the others.
 * @param hasListed whether the tool is known to list. If it is not, an answer that it cannot list counts, and files that a 503
 * left unknown are sent again, as Kombo asks for. So such a tool never temporarily answers that it cannot list.
 */
export const planTroubles = (random: Random, start: number, hasListed: boolean): Plan => {
  const others = otherIntegrations.slice(0, 1 + random.below(otherIntegrations.length));
  const integrations = [integrationId, ...others] as const;
  const place = (fromMinutes: number, minutes: number, reach: 'one' | 'all' | 'any') => {
    const from = start + random.below(fromMinutes * minute);
    const isAll = reach === 'all' || (reach === 'any' && random.chance(0.4));
    return { from, until: from + minutes * minute, ...(!isAll && { integrationId: random.pick(integrations) }) };
  };
  const outage = (when: ReturnType<typeof place>): Trouble => ({
    ...when,
    kind: 'outage',
    how: random.pick(['ats-down', 'ats-busy', 'ats-busy', 'balancer', 'refused', 'silent']),
    listing: random.chance(0.4),
    stores: random.chance(0.15),
  });
  if (random.chance(0.08)) {
    const hours = random.pick([2, 8, 26, 26, 30, 30, 30, 144]);
    const troubles = [outage({ ...place(30, hours * 60, 'any'), from: start + 20 * minute })];
    return { integrations, troubles, isLong: true, poison: undefined };
  }
  const lasting = (): number => 5 + random.below(60);
  const one = (): Trouble => {
    switch (random.below(7)) {
      case 0:
      case 1:
        return stateTrouble(place(40, lasting(), 'one'), random, hasListed);
      case 2:
        return { ...place(40, lasting(), 'all'), kind: random.pick(['key-refused', 'key-revoked']) };
      case 3:
        return { ...place(5, 40 + random.below(20), 'one'), kind: 'throttled' };
      case 4:
        return { ...place(30, 270, 'one'), kind: 'poison', mark: poisonMark };
      default:
        return outage(place(40, lasting(), 'any'));
    }
  };
  const troubles = Array.from({ length: random.pick([0, 0, 0, 0, 0, 0, 1, 1, 2]) }, one);
  return {
    integrations,
    troubles,
    isLong: false,
    poison: troubles.find(({ kind }) => kind === 'poison') && poisonMark,
  };
};

const stateTrouble = (
  when: Pick<Trouble, 'from' | 'until' | 'integrationId'>,
  random: Random,
  hasListed: boolean,
): Trouble => {
  const code = random.pick(stateCodes);
  const listing = random.chance(0.5) && (hasListed || failureOf(code).asListing !== 'cannot-list');
  return {
    ...when,
    kind: 'state',
    code,
    listing,
    shown: random.pick(['cause', 'cause', 'healthy', 'not-found', 'fault', 'html', 'odd']),
  };
};

export const lastEnd = ({ troubles }: Pick<Plan, 'troubles'>): number =>
  Math.max(0, ...troubles.map(({ until }) => until));
