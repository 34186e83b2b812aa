import type { Courier } from '../../../lib/courier.ts';
import { deadlineIn } from '../../../lib/deadline.ts';
import { deliver } from '../../../lib/delivery/deliver.ts';
import { newLane } from '../../../lib/lane/lane.ts';
import { laneKey, toLaneItem } from '../../../lib/lane/lane-item.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { fromItem, toItem } from '../../../lib/ledger/record-item.ts';
import { scheduledRun } from '../../../lib/runs/scheduled-run.ts';
import type { Upload } from '../../../lib/upload/upload.ts';
import { noPut } from '../../fakes/no-put.ts';
import { bucket, courierOf, integrationId, secrets, settingsFor } from './courier.ts';
import { isAnythingDue } from './due-work.ts';
import type { PostFate } from './kombo-answers.ts';
import { etagOf } from './planned-files.ts';
import { randomFrom } from './random.ts';
import { SimulatedAccount, type Trouble } from './simulated-account.ts';
import { type KomboFaults, SimulatedKombo, transportOf } from './simulated-kombo.ts';
import { linksOf } from './simulated-links.ts';
import { SimulatedBucket, storageOf } from './simulated-storage.ts';
import { SimulatedTable, tableOf } from './simulated-table.ts';
import { lessonsOf, type SimulatedTool } from './simulated-tool.ts';
import { createWorld } from './world.ts';

/**
 * The parts of the simulation without randomness: nothing crashes, and only faults that a test sets occur. For many files over
 * hours or days.
 */

const minute = 60_000;
/** The concurrent function instances for events, each with its own memory of limits and lanes. */
const instances = 10;
const tool: SimulatedTool = { habits: [], converts: 'nobody', learnt: true };
const attaches: PostFate = { kind: 'attaches', stores: true, workMs: 500, listingLagMs: 0 };

export interface SteadyWorld {
  readonly kombo: SimulatedKombo;
  readonly account: SimulatedAccount;
  readonly now: () => number;
  /** Puts a file for its own candidate, and delivers its event. */
  comes(number: number, afterMs: number): void;
  /** Adds a file that has been waiting for a second or longer. */
  waits(number: number, integrationId: string): void;
  /** Lets time pass until then, with a scheduled run every five minutes when something is due. */
  runUntil(time: number): Promise<void>;
  /** Plays one scheduled run to its end. */
  runOnce(): Promise<void>;
  records(): readonly LedgerRecord[];
}

export const steadyWorld = (
  integrations: readonly string[],
  troublesFrom: (start: number) => readonly Trouble[] = () => [],
): SteadyWorld => {
  const random = randomFrom(1);
  const world = createWorld(random);
  world.calmDown();
  const account = new SimulatedAccount(integrations, troublesFrom(world.now()), world.now);
  const [table, kombo, store] = [new SimulatedTable(world), new SimulatedKombo({}, account), new SimulatedBucket()];
  const settings = settingsFor({ onUnknown: 'read-back' });
  for (const integration of integrations) {
    const lessons = lessonsOf(tool, integration, world.now());
    if (lessons) table.write(lessons.pk, lessons);
  }
  let spawned = 0;
  const newCourier = (kind: string): Courier => {
    const fate = { latencyMs: () => 10, crash: () => undefined, freezeMs: () => 0 } as const;
    const process = world.spawn(`${kind}${++spawned}`, { skewMs: 0, fate });
    const faults: KomboFaults = {
      tool,
      hostDown: () => false,
      post: () => attaches,
      always: attaches,
      get: () => undefined,
    };
    const parts = {
      table: tableOf(table, process, world, { unavailable: () => false, lostAnswer: () => false, staleMs: () => 0 }),
      storage: storageOf(store, process, world, () => undefined),
      transport: transportOf(kombo, process, world, faults),
      links: linksOf(kombo, process, world, faults),
      storedKey: () => account.key(),
    };
    return courierOf(process, random, parts, settings, []);
  };

  const events: Upload[] = [];
  const idle = Array.from({ length: instances }, () => newCourier('upload'));
  const work = (): void => {
    const [courier, upload] = [idle.pop(), events.shift()];
    if (courier && upload) {
      void deliver(upload, { deadline: deadlineIn(courier.clock, 5 * minute) }, courier).finally(() => {
        idle.push(courier);
        work();
      });
      return;
    }
    if (courier) idle.push(courier);
    if (upload) events.unshift(upload);
  };

  const put = (number: number, folder: string): Upload => {
    const key = `${folder}${secrets.person} ${secrets.surname}.txt`;
    const content = `${secrets.content} ${number}`;
    const etag = etagOf(content);
    store.files.set(key, { key, etag, content: Buffer.from(content), modifiedAt: world.now() });
    return { bucket, key, etag, sizeBytes: content.length };
  };

  const run = async (): Promise<void> => {
    const courier = newCourier('schedule');
    const deadline = deadlineIn(courier.clock, 15 * minute);
    const options = { deadline, parallelism: 4, worstCaseMs: settings.komboTimeoutMs + 30_000 };
    await scheduledRun(['due'], options, { ...courier, putObject: noPut }).finally(deadline.clear);
  };

  return {
    kombo,
    account,
    now: world.now,
    comes: (number, afterMs) => {
      world.at(afterMs, () => {
        events.push(put(number, `candidates/GRK${number}/`));
        work();
      });
    },
    waits: (number, integration) => {
      const upload = put(number, `tenants/${integration}/candidates/GRK${number}/`);
      const now = world.now();
      const record: LedgerRecord = {
        upload,
        target: { kind: 'candidate', id: `GRK${number}`, integrationId: integration },
        attachmentType: 'CV',
        state: { status: 'waiting', dueAt: now - 1_000, failure: { code: 'EVENT_MISSED', detail: '' } },
        attempts: 0,
        attemptsSinceRelease: 0,
        waited: true,
        createdAt: now - 1_000,
        updatedAt: now - 1_000,
        version: 1,
        writeId: `${number}`,
      };
      const item = toItem(record, 400);
      table.write(item.pk, item);
      const lane = { ...newLane(integration), touchedAt: now - 1_000, nextAt: now - 1_000, version: 1 };
      if (table.get(laneKey(integration))?.workShard === undefined)
        table.write(
          laneKey(integration),
          toLaneItem({ ...lane, version: (table.get(laneKey(integration))?.version ?? 0) + 1 }),
        );
    },
    runUntil: async (time) => {
      let running = 0;
      while (world.now() < time) {
        if (running < 2 && isAnythingDue(table, world.now())) {
          running += 1;
          void run().finally(() => {
            running -= 1;
          });
        }
        await world.runUntil(Math.min(time, world.now() + 5 * minute));
      }
    },
    runOnce: async () => {
      let hasEnded = false;
      void run().finally(() => {
        hasEnded = true;
      });
      await world.runUntil(world.now());
      while (!hasEnded) await world.runUntil(world.nextAt() ?? world.now() + minute);
    },
    records: () =>
      table
        .items()
        .filter(({ pk }) => pk.startsWith(`${bucket}/`))
        .map(fromItem),
  };
};

export { integrationId };
