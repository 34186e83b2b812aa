import type { Settings } from '../../lib/config/config.ts';
import type { Courier } from '../../lib/courier.ts';
import type { Deadline } from '../../lib/deadline.ts';
import { parseKeyTemplates } from '../../lib/key-template/match-key.ts';
import { toItem } from '../../lib/ledger/record-item.ts';
import type { Item } from '../../lib/ledger/table.ts';
import { ok } from '../../lib/result.ts';
import { type SweepReport, sweep } from '../../lib/runs/sweep.ts';
import type { ListedObject, Storage } from '../../lib/upload/storage.ts';
import { day, minute, nine, recordIn, states } from '../fakes/ledger-samples.ts';
import { listedPage } from '../fakes/listed-page.ts';
import { type DeliveryWorld, deliveryWorld } from './delivery-world.ts';

/** A bucket that is swept: what it lists, a run over it, and what came of it. */
export interface SweepWorld {
  readonly world: DeliveryWorld;
  /** In key order, as S3 lists them. */
  readonly objects: ListedObject[];
  /** How often the bucket was listed. */
  readonly lists: { count: number };
  /** Puts an object into the bucket; with `known`, also its record into the ledger, changed like that. */
  add(name: string, modifiedAt?: number, known?: Partial<Item>): void;
  newCourier(templates?: string): Courier;
  run(change?: Partial<Settings>, deadline?: Deadline, courier?: Courier): Promise<SweepReport>;
  /** The targets of the POSTs so far. */
  posts(): readonly string[];
}

export const prefix = 'candidates/';

const settings = { sweepSince: nine - 30 * day, ledgerRetentionDays: 400 };

export const sweepWorld = (): SweepWorld => {
  const world = deliveryWorld();
  const objects: ListedObject[] = [];
  const lists = { count: 0 };

  const list: Storage['list'] = async (_bucket, asked) => {
    lists.count += 1;
    return ok(listedPage(objects, asked));
  };

  const newCourier: SweepWorld['newCourier'] = (templates = 'candidates/{candidate_id}/{filename}') => {
    const parsed = parseKeyTemplates(templates);
    const courier = world.newCourier({ keyTemplates: parsed.ok ? parsed.value : [] });
    return { ...courier, storage: { ...courier.storage, list } };
  };

  return {
    world,
    objects,
    lists,
    newCourier,
    add: (name, modifiedAt = world.clock.now() - minute, known) => {
      const key = `${prefix}GRK${name}/CV.pdf`;
      const upload = world.put(key);
      objects.push({ key, etag: upload.etag, sizeBytes: upload.sizeBytes ?? 0, modifiedAt });
      objects.sort((a, b) => (a.key < b.key ? -1 : 1));
      if (known) {
        const item = toItem(recordIn(states.attached, { upload }), 400);
        world.table.items.set(item.pk, { ...item, ...known });
      }
    },
    run: (change = {}, deadline = world.deadline(), courier = newCourier()) => {
      const swept = { ...courier, settings: { ...courier.settings, ...settings, ...change } };
      return sweep({ deadline, parallelism: 4, worstCaseMs: minute }, swept);
    },
    posts: () => world.kombo.posts.map(({ id }) => id),
  };
};
