import type { Settings } from '../../lib/config/config.ts';
import type { Courier } from '../../lib/courier.ts';
import type { Deadline } from '../../lib/deadline.ts';
import { parseKeyTemplates } from '../../lib/key-template/match-key.ts';
import type { LedgerRecord, State } from '../../lib/ledger/record.ts';
import { ok } from '../../lib/result.ts';
import type { SweepReport } from '../../lib/runs/run-report.ts';
import { sweep } from '../../lib/runs/sweep.ts';
import type { SweepState } from '../../lib/runs/sweep-state.ts';
import type { ListedObject, ListRange, Storage } from '../../lib/upload/storage.ts';
import type { Upload } from '../../lib/upload/upload.ts';
import { day, minute, nine, recordIn } from '../fakes/ledger-samples.ts';
import { type DeliveryWorld, deliveryWorld } from './delivery-world.ts';

/** The differences of a run from the default one, which starts a pass immediately and has five minutes. */
interface Run {
  readonly settings?: Partial<Settings>;
  readonly deadline?: Deadline;
  readonly courier?: Courier;
  readonly startNow?: boolean;
}

/** A bucket for the sweep: its listings, a run of the sweep, and the results. */
export interface SweepWorld {
  readonly world: DeliveryWorld;
  /** In key order, as S3 lists them. */
  readonly objects: ListedObject[];
  /** The listings so far, with those of the root kept separately. */
  readonly lists: { asked: ListRange[]; roots: ListRange[]; pageSize: number; takesMs: number };
  /** Pages without objects that come before the first page after this key. */
  readonly emptyPagesAfter: Map<string, number>;
  /** Integrations whose lane was touched. */
  readonly touched: string[];
  /** Puts an object into the bucket; with a state, also its record into the ledger. */
  add(name: string, modifiedAt?: number, state?: State, change?: Partial<LedgerRecord>): Upload;
  newCourier(templates?: string): Courier;
  run(how?: Run): Promise<SweepReport>;
  /** The sweep's item in the table. */
  item(): SweepState;
  /** The targets of the waiting records. */
  waiting(): readonly string[];
}

export const prefix = 'candidates/';
const defaultSince = nine - 30 * day;

const settings = { sweepSince: defaultSince, ledgerRetentionDays: 400 };

export const sweepWorld = (): SweepWorld => {
  const world = deliveryWorld();
  const objects: ListedObject[] = [];
  const lists: SweepWorld['lists'] = { asked: [], roots: [], pageSize: 1_000, takesMs: 0 };
  const emptyPagesAfter = new Map<string, number>();
  const touched: string[] = [];

  const list: Storage['list'] = async (_bucket, range) => {
    (range.delimiter === undefined ? lists.asked : lists.roots).push(range);
    // Yields, so that another run can continue in between.
    await Promise.resolve();
    if (lists.takesMs > 0) world.clock.advance(lists.takesMs);
    if (range.delimiter !== undefined) {
      const roots = objects.flatMap(({ key }) => (key.includes('/') ? [`${key.split('/')[0]}/`] : []));
      return ok({ objects: [], folders: [...new Set(roots)] });
    }
    const after = range.afterKey ?? '';
    const emptyPage = Number(range.token ?? 0) + 1;
    if (emptyPage <= (emptyPagesAfter.get(after) ?? 0))
      return ok({ objects: [], folders: [], next: String(emptyPage) });
    const from = objects.findIndex(({ key }) => key > after && key.startsWith(range.prefix));
    const page = from < 0 ? [] : objects.slice(from, from + lists.pageSize);
    const own = page.filter(({ key }) => key.startsWith(range.prefix));
    const hasMore = objects[from + lists.pageSize]?.key.startsWith(range.prefix) ?? false;
    return ok({ objects: own, folders: [], ...(hasMore && from >= 0 && { next: 'token' }) });
  };

  const newCourier: SweepWorld['newCourier'] = (templates = 'candidates/{candidate_id}/{filename}') => {
    const parsed = parseKeyTemplates(templates);
    const courier = world.newCourier({ keyTemplates: parsed.ok ? parsed.value : [], sweepEveryMs: 60 * minute });
    const touch = async (integrationId: string): Promise<void> => void touched.push(integrationId);
    return { ...courier, storage: { ...courier.storage, list }, lanes: { ...courier.lanes, touch } };
  };

  return {
    world,
    objects,
    lists,
    emptyPagesAfter,
    touched,
    newCourier,
    add: (name, modifiedAt = world.clock.now() - minute, state, change = {}) => {
      const key = name.includes('/') ? name : `${prefix}GRK${name}/CV.pdf`;
      const upload = world.put(key);
      objects.push({ key, etag: upload.etag, sizeBytes: upload.sizeBytes ?? 0, modifiedAt });
      objects.sort((a, b) => (a.key < b.key ? -1 : 1));
      if (state) world.store(recordIn(state, { upload, ...change }));
      return upload;
    },
    run: ({ settings: change = {}, deadline = world.deadline(), courier = newCourier(), startNow = true } = {}) => {
      const swept = { ...courier, settings: { ...courier.settings, ...settings, ...change } };
      return sweep({ deadline, parallelism: 4, worstCaseMs: minute }, swept, { startNow });
    },
    item: () => JSON.parse(world.table.items.get('sweep')?.document ?? '{}'),
    waiting: () =>
      [...world.table.items.values()]
        .filter(({ status }) => status === 'waiting')
        .map(({ targetKey = '' }) => targetKey.replace('candidate/', ''))
        .sort(),
  };
};
