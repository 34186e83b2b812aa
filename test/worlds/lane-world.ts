import type { Settings } from '../../lib/config/config.ts';
import type { Courier } from '../../lib/courier.ts';
import { deliver } from '../../lib/delivery/deliver.ts';
import { type Lane, newLane } from '../../lib/lane/lane.ts';
import { fromLaneItem, laneKey, toLaneItem } from '../../lib/lane/lane-item.ts';
import type { LedgerRecord, State } from '../../lib/ledger/record.ts';
import { type RecoveryReport, recoverLanes } from '../../lib/runs/recover-lanes.ts';
import type { RunOptions } from '../../lib/runs/run-options.ts';
import { type LanesReport, workLanes } from '../../lib/runs/work-lanes.ts';
import type { Upload } from '../../lib/upload/upload.ts';
import { integrationId, minute, recordIn, second, states } from '../fakes/ledger-samples.ts';
import type { PostScript } from '../fakes/scripted-kombo.ts';
import { bucketName, type DeliveryWorld, deliveryWorld } from './delivery-world.ts';

/** Lanes with files in them, and the two parts of a run that work on lanes. */
export interface LaneWorld extends DeliveryWorld {
  /** The version of the API key in its store; a test changes it. */
  readonly key: { version: string };
  /** The current lane in the table. */
  lane(id?: string): Lane;
  /** Writes the lane, as another invocation would have. */
  setLane(change: Partial<Lane>, id?: string): void;
  /** Adds a waiting file after a touch of its lane. By default it has been due for a second. */
  addWaiting(name: string, how?: Waiting): Upload;
  /** Delivers a new upload as its event does. */
  send(name: string, fate?: PostScript, id?: string): Promise<Upload>;
  statusOf(upload: Upload): Promise<string>;
  /** The number of files that were sent to Kombo since the last call of this function. */
  newPosts(): number;
  recover(how?: Run): Promise<RecoveryReport>;
  work(how?: Run & { readonly opened?: readonly string[] }): Promise<LanesReport>;
  /** Both, one after the other, as a scheduled run does them. */
  runAll(how?: Run): Promise<LanesReport>;
}

interface Run extends Partial<RunOptions> {
  readonly courier?: Courier;
  readonly settings?: Partial<Settings>;
}

interface Waiting {
  readonly id?: string;
  readonly dueAt?: number;
  readonly state?: State;
  readonly change?: Partial<LedgerRecord>;
  /** False: the object no longer exists. */
  readonly inBucket?: boolean;
}

export const keyOf = (name: string, id = integrationId): string => `named/${id}/${name}/CV.pdf`;

export const laneWorld = (): LaneWorld => {
  const key = { version: 'version-1' };
  const world = deliveryWorld({
    current: async () => 'key',
    refresh: async () => false,
    version: async () => key.version,
  });
  let counted = 0;

  const lane = (id = integrationId): Lane => {
    const item = world.table.items.get(laneKey(id));
    const known = item ? fromLaneItem(item) : newLane(id);
    if (known === 'unreadable') throw new Error('The lane cannot be read.');
    return known;
  };
  const setLane = (change: Partial<Lane>, id = integrationId): void => {
    const known = lane(id);
    const item = toLaneItem({ ...known, ...change, version: known.version + 1 });
    world.table.items.set(item.pk, item);
  };
  const optionsOf = (how: Run): RunOptions => ({
    deadline: how.deadline ?? world.deadline(),
    parallelism: how.parallelism ?? 4,
    worstCaseMs: how.worstCaseMs ?? minute,
  });
  const courierOf = (how: Run): Courier => how.courier ?? world.newCourier(how.settings);
  const recover = (how: Run = {}) => world.run(recoverLanes(optionsOf(how), courierOf(how)));
  const work: LaneWorld['work'] = (how = {}) => world.run(workLanes(optionsOf(how), courierOf(how), how.opened));

  return {
    ...world,
    key,
    lane,
    setLane,
    addWaiting: (name, { id = integrationId, dueAt, state, change = {}, inBucket = true } = {}) => {
      const now = world.clock.now();
      const at = keyOf(name, id);
      const upload = inBucket ? world.put(at, { etag: `etag-${name}` }) : { bucket: bucketName, key: at, etag: 'gone' };
      const record = recordIn(state ?? { ...states.waiting, dueAt: dueAt ?? now - second }, {
        upload,
        target: { kind: 'candidate', id: name, integrationId: id },
        createdAt: now - minute,
        waited: true,
        ...change,
      });
      const known = lane(id);
      if (known.nextAt === undefined || known.touchedAt < now)
        setLane({ touchedAt: now, nextAt: known.nextAt ?? now }, id);
      world.store(record);
      return upload;
    },
    send: async (name, fate, id) => {
      const upload = world.put(keyOf(name, id), { etag: `etag-${name}` });
      if (fate) world.kombo.script.push(fate);
      await world.run(deliver(upload, { deadline: world.deadline() }, world.newCourier()));
      return upload;
    },
    statusOf: async (upload) => (await world.recordOf(upload)).state.status,
    newPosts: () => {
      const before = counted;
      counted = world.kombo.posts.length;
      return counted - before;
    },
    recover,
    work,
    runAll: async (how = {}) => {
      const { opened } = await recover(how);
      return work({ ...how, opened });
    },
  };
};
