import type { Courier } from '../../../lib/courier.ts';
import { type FailureCode, failureOf } from '../../../lib/failures/failures.ts';
import { accountLane, type Lane } from '../../../lib/lane/lane.ts';
import type { DirectoryEntry } from '../../../lib/lane/lane-store.ts';
import { hourMs, lanePageSize, maxAttempts } from '../../../lib/limits.ts';
import type { Plant } from './history.ts';

/** Typical bugs of systems in which files wait for each other, and are paused together. */
export const plantedLaneBugs: Readonly<Record<string, Plant>> = {
  'no touch before the record': (courier) => ({
    ...courier,
    lanes: { ...courier.lanes, touch: async () => undefined },
  }),

  'a lane leaves the directory while a file is in it': (courier) =>
    withLane(courier, (before, after) =>
      // Only the write of a visit changes the counts.
      after.counts !== before.counts && !after.pause ? { ...after, nextAt: undefined } : after,
    ),

  'each lane is worked to its end, in the order of the directory': (courier) => ({
    ...courier,
    lanes: {
      ...courier.lanes,
      directory: async function* (part, upTo) {
        const entries: DirectoryEntry[] = [];
        for await (const entry of courier.lanes.directory(part, upTo)) entries.push(entry);
        if (part === 'open' && upTo !== undefined) entries.sort((a, b) => (a.integrationId < b.integrationId ? -1 : 1));
        for (const entry of entries) {
          yield entry;
          if (part === 'open' && upTo !== undefined && (await hasDue(entry.integrationId, courier))) return;
        }
      },
    },
  }),

  'a pause without a probe': (courier) =>
    withLane(courier, (_before, after) => {
      const { end: _, ...pause } = after.pause ?? {};
      return after.pause ? { ...after, pause: pause as NonNullable<Lane['pause']> } : after;
    }),

  'attempts that met an outage use up the retry budget': (courier) => ({
    ...courier,
    ledger: {
      ...courier.ledger,
      apply: (seen, event) => {
        const isUsedUp =
          event.kind === 'failed' &&
          event.as === 'waiting' &&
          failureOf(event.failure.code).outage !== 'no' &&
          (seen.attemptsSinceRelease >= maxAttempts || courier.clock.now() - seen.createdAt >= 24 * hourMs);
        if (!isUsedUp) return courier.ledger.apply(seen, event);
        const detail = `The last of ${seen.attemptsSinceRelease} attempts ended with ${event.failure.code}. `;
        const code: FailureCode = 'RETRIES_EXHAUSTED';
        return courier.ledger.apply(seen, { ...event, as: 'held', failure: { ...event.failure, code, detail } });
      },
    },
  }),

  'a probe sends the same file each time': (courier) => {
    const forgetful = withLane(courier, (_before, after) => {
      const { probedId: _, ...end } = after.pause?.end ?? {};
      return after.pause?.end ? { ...after, pause: { ...after.pause, end: end as typeof after.pause.end } } : after;
    });
    return {
      ...forgetful,
      ledger: {
        ...courier.ledger,
        // Only a probe reads so few files. Everywhere else, the latest of them comes last.
        filesInLane: async (integrationId, part, limit, after) => {
          const page = await courier.ledger.filesInLane(integrationId, part, limit, after);
          if (limit !== lanePageSize) return page;
          return { ...page, entries: page.entries.toSorted((a, b) => (a.id < b.id ? -1 : 1)) };
        },
      },
    };
  },

  'events claim the files of a paused lane': (courier) => ({
    ...courier,
    lanes: {
      ...courier.lanes,
      gate: async (integrationId) => {
        const { openedAt, account, lane } = await courier.lanes.gate(integrationId);
        return { openedAt, account: withoutPause(account), lane: withoutPause(lane) };
      },
    },
  }),

  'the retry budget does not start again when the lane opens': (courier) => ({
    ...courier,
    lanes: {
      ...courier.lanes,
      gate: async (integrationId) => ({ ...(await courier.lanes.gate(integrationId)), openedAt: 0 }),
    },
  }),
};

const withoutPause = (lane: Lane | 'unreadable'): Lane | 'unreadable' =>
  lane === 'unreadable' ? lane : { ...lane, pause: undefined };

const withLane = (courier: Courier, changed: (before: Lane, after: Lane) => Lane): Courier => {
  const { lanes } = courier;
  const alter = (integrationId: string, change: (lane: Lane) => Lane) => (lane: Lane) => {
    const after = change(lane);
    return after === lane || integrationId === accountLane ? after : changed(lane, after);
  };
  return {
    ...courier,
    lanes: {
      ...lanes,
      change: (integrationId, change) => lanes.change(integrationId, alter(integrationId, change)),
      suggest: (integrationId, change) => lanes.suggest(integrationId, alter(integrationId, change)),
    },
  };
};

const hasDue = async (integrationId: string, { ledger, clock }: Courier): Promise<boolean> => {
  const { entries } = await ledger.filesInLane(integrationId, 'wait', 100);
  return entries.some(({ dueAt }) => dueAt <= clock.now());
};
