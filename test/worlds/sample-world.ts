import type { Courier } from '../../lib/courier.ts';
import { deliver } from '../../lib/delivery/deliver.ts';
import { parseKeyTemplates } from '../../lib/key-template/match-key.ts';
import type { ListedFile } from '../../lib/kombo/attachment-list.ts';
import type { LedgerRecord } from '../../lib/ledger/record.ts';
import { knowledgeOf, type ToolTopic } from '../../lib/read-back/learn-tool.ts';
import { workLanes } from '../../lib/runs/work-lanes.ts';
import type { Upload } from '../../lib/upload/upload.ts';
import { pdf } from '../fakes/files.ts';
import { integrationId, minute } from '../fakes/ledger-samples.ts';
import { type DeliveryWorld, deliveryWorld } from './delivery-world.ts';

/** Delivered files, and the runs that compare them as samples of their tool. */

export const candidates: ToolTopic = { kind: 'candidate', contentType: 'application/pdf' };
export const applications: ToolTopic = { kind: 'application', contentType: 'application/pdf' };
const bothKinds = parseKeyTemplates(
  'candidates/{candidate_id}/{filename}|applications/{application_id}/{filename}|named/{integration_id}/{candidate_id}/{filename}',
);
export const sampleWorld = () => {
  const world = deliveryWorld();
  const newCourier = (): Courier => world.newCourier({ keyTemplates: bothKinds.ok ? bothKinds.value : [] });
  const courier = newCourier();
  const compare = async (options: { readonly worstCaseMs?: number; readonly by?: Courier } = {}) =>
    world.run(
      workLanes(
        { deadline: world.deadline(), parallelism: 4, worstCaseMs: options.worstCaseMs ?? minute },
        options.by ?? courier,
      ),
    );
  return {
    ...world,
    courier,
    newCourier,
    compare,
    /** Delivers a file, and lets 15 minutes pass. */
    deliverAndWait: async (key: string, bytes: Uint8Array = pdf): Promise<Upload> => {
      const upload = world.put(key, { bytes });
      await world.run(deliver(upload, { deadline: world.deadline() }, courier));
      world.clock.advance(15 * minute);
      return upload;
    },
    knows: async (topic = candidates, id = integrationId) =>
      knowledgeOf(await newCourier().lanes.toolOf(id), topic, world.clock.now()),
    waiting: async (id = integrationId) => (await newCourier().lanes.toolOf(id)).flatMap((group) => group.samples),
    missed: async () => (await newCourier().lanes.toolOf(integrationId)).map((group) => group.missed),
  };
};

export const lists = (world: Pick<DeliveryWorld, 'kombo'>, ...files: readonly ListedFile[]): void => {
  world.kombo.listing = () => ({ ok: true, value: { files, more: false }, concurrency: {} });
};

/** Changes a record in the table, as other invocations and operators do. */
export const rewrite = async (world: ReturnType<typeof sampleWorld>, upload: Upload, change: Partial<LedgerRecord>) => {
  world.store({ ...(await world.recordOf(upload)), ...change });
};
