import fc from 'fast-check';
import { fromAttributes } from '../../../lib/aws/dynamo-table.ts';
import { deliver } from '../../../lib/delivery/deliver.ts';
import { OwnError } from '../../../lib/failures/own-error.ts';
import { isObject, parseJson } from '../../../lib/json.ts';
import { fromLaneItem, laneKey } from '../../../lib/lane/lane-item.ts';
import { fromItem } from '../../../lib/ledger/record-item.ts';
import type { Item } from '../../../lib/ledger/table.ts';
import { sweepKey } from '../../../lib/runs/sweep-store.ts';
import { minute } from '../../fakes/ledger-samples.ts';
import { losesAnswer, refuses } from '../../fakes/scripted-kombo.ts';
import { courierWorld } from '../../worlds/courier-world.ts';
import { mutated } from './mutated.ts';
import { personalText } from './samples.ts';

/** A world with a file in each state that has work, its lane, and the item of the sweep. */
const world = async () => {
  const made = courierWorld();
  const fates = [
    undefined,
    () => refuses('REMOTE.SERVICE_UNAVAILABLE'),
    losesAnswer,
    () => refuses('REMOTE.INPUT_INVALID'),
  ];
  for (const [place, fate] of fates.entries()) {
    if (fate) made.kombo.script.push(fate);
    const upload = made.put(`candidates/GRK${place}/Frank Doe CV.pdf`);
    await made.run(deliver(upload, { deadline: made.deadline() }, made.newFunction()));
  }
  await made.runSchedule();
  return made;
};

/** The items as a world writes them, each with its document parsed, so that its fields can be changed, too. */
const samples = [...(await world()).table.items.values()].map((item) => ({
  ...item,
  document: parseJson(item.document),
}));

/** An item as the table could return it: any text or number in place of each value. */
const itemOf = (pk: string, changed: unknown): Item | undefined => {
  if (!isObject(changed)) return undefined;
  const attributes: Record<string, { S: string } | { N: string }> = {};
  for (const [name, value] of Object.entries({ ...changed, pk })) {
    if (typeof value === 'number') attributes[name] = { N: String(value) };
    if (typeof value === 'string') attributes[name] = { S: value };
    if (name === 'document' && typeof value === 'object') attributes[name] = { S: JSON.stringify(value) };
  }
  return fromAttributes(attributes);
};

const item = fc
  .constantFrom(...samples)
  .chain((sample) => mutated([sample]).map((changed) => itemOf(sample.pk, changed)))
  .filter((one) => one !== undefined);

export const tableItems = {
  name: 'a damaged item of the table stops no run and no request, and is quoted nowhere',
  input: item,
  give: async (damaged: Item): Promise<void> => {
    readAlone(damaged);
    const made = await world();
    made.table.items.set(damaged.pk, damaged);
    const healthy = made.put('candidates/GRK9/Frank Doe CV.pdf');
    made.clock.advance(20 * minute);
    await made.runSchedule();
    const requests = [
      { action: 'status' },
      { action: 'status', list: 'rejected' },
      { action: 'status', key: 'candidates/GRK1/Frank Doe CV.pdf' },
      { action: 'status', candidate_id: 'GRK2' },
      { action: 'check' },
    ];
    for (const request of requests) {
      const answer = await made.run(made.ask(request));
      if (typeof answer.message !== 'string') throw new Error('There is no answer.');
    }
    // The lane and the sweep decide whether files are sent; a damaged record of another file must not.
    const isRecord = !damaged.pk.startsWith(laneKey('')) && damaged.pk !== sweepKey;
    if (isRecord) await expectDelivery(made, healthy);
    if (personalText.test(JSON.stringify(made.logged))) throw new Error('The log quotes an item.');
  },
};

const expectDelivery = async (
  made: Awaited<ReturnType<typeof world>>,
  upload: Parameters<typeof deliver>[0],
): Promise<void> => {
  const outcome = await made.run(deliver(upload, { deadline: made.deadline() }, made.newFunction()));
  if (outcome.status !== 'attached' && outcome.status !== 'already-attached')
    throw new Error(`Another file is ${outcome.status}.`);
};

const readAlone = (damaged: Item): void => {
  if (damaged.pk.startsWith(laneKey(''))) return void fromLaneItem(damaged);
  if (damaged.pk === sweepKey) return;
  try {
    fromItem(damaged);
  } catch (error) {
    if (!(error instanceof OwnError)) throw error;
    if (personalText.test(error.message)) throw new Error('The error quotes the item.');
  }
};
