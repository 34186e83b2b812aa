import type { Courier } from '../../../lib/courier.ts';
import type { KomboFailure } from '../../../lib/kombo/classify-response.ts';
import type { Ledger } from '../../../lib/ledger/ledger.ts';
import { ledgerOn } from '../../../lib/ledger/ledger.ts';
import type { Item, Table } from '../../../lib/ledger/table.ts';
import { uploadId } from '../../../lib/upload/upload.ts';
import type { Plant } from './history.ts';

/** Typical bugs of systems of this kind. Each is planted into the real library, and the simulation must catch it. */
export const plantedBugs: Readonly<Record<string, Plant>> = {
  'the claim is not conditional': (courier) =>
    withTable(courier, (table) => ({
      ...table,
      put: (item, condition) => (condition.kind === 'absent' ? overwrite(table, item) : table.put(item, condition)),
    })),

  'the lease is ignored': (courier) =>
    withLedger(courier, (ledger) => ({
      ...ledger,
      claim: async (event, seen) => {
        const claim = await ledger.claim(event, seen);
        if (claim.written || !claim.known.readable || claim.known.record.state.status !== 'sending') return claim;
        // Takes the file from its owner, as if it had none.
        const { record } = claim.known;
        const free = await ledger.apply(record, {
          kind: 'failed',
          owner: record.state.status === 'sending' ? record.state.owner : '',
          as: 'waiting',
          failure: { code: 'LEASE_EXPIRED', detail: '' },
          dueAt: 0,
        });
        return free === 'conflict' ? claim : ledger.claim(event, free.record);
      },
    })),

  'settling does not check the owner': (courier) =>
    withTable(courier, (table) => ({
      ...table,
      put: (item, condition) =>
        condition.kind === 'unchanged' && condition.owner !== undefined
          ? overwrite(table, item)
          : table.put(item, condition),
    })),

  'a file is sent again after a timeout': (courier) =>
    withFailureAs(courier, 'ANSWER_TIMED_OUT', 'KOMBO_CONNECTION_LOST'),

  'a lost answer counts as not delivered': (courier) => withFailureAs(courier, 'ANSWER_LOST', 'KOMBO_CONNECTION_LOST'),

  'the record is deleted on error': (courier) =>
    withLedger(courier, (ledger) => ({
      ...ledger,
      apply: async (seen, event) => {
        const applied = await ledger.apply(seen, event);
        if (event.kind === 'failed' && applied !== 'conflict') {
          await ledger.forget({ id: uploadId(seen.upload), readable: true, record: applied.record });
        }
        return applied;
      },
    })),

  'the last byte is sent before the source is verified': (courier) => ({
    ...courier,
    kombo: {
      ...courier.kombo,
      attach: (target, { contentLength, chunks }, deadline) =>
        courier.kombo.attach(target, { contentLength, chunks: completedAnyway(chunks, contentLength) }, deadline),
    },
  }),
};

/** Writes over any item, even one that changes in the meantime. */
const overwrite = async (table: Table, item: Item): ReturnType<Table['put']> => {
  const there = await table.get(item.pk);
  const result = await table.put(item, there ? { kind: 'unchanged', version: there.version } : { kind: 'absent' });
  return result.written ? result : overwrite(table, item);
};

const withTable = (courier: Courier, change: (table: Table) => Table): Courier => {
  const table = change(courier.table);
  return {
    ...courier,
    table,
    ledger: ledgerOn({ table, clock: courier.clock, uuid: courier.uuid, retentionDays: 400 }),
  };
};

const withLedger = (courier: Courier, change: (ledger: Ledger) => Ledger): Courier => ({
  ...courier,
  ledger: change(courier.ledger),
});

const withFailureAs = (courier: Courier, from: KomboFailure['code'], to: KomboFailure['code']): Courier => ({
  ...courier,
  kombo: {
    ...courier.kombo,
    attach: async (...args) => {
      const answer = await courier.kombo.attach(...args);
      if (answer.ok || answer.failure.code !== from) return answer;
      return { ...answer, failure: { ...answer.failure, code: to } };
    },
  },
});

/** Fills up to the announced length although the source has failed. */
async function* completedAnyway(chunks: AsyncIterable<string | Uint8Array>, contentLength: number) {
  let sent = 0;
  try {
    for await (const chunk of chunks) {
      sent += chunk.length;
      yield chunk;
    }
  } catch {
    const tail = '"}}';
    yield 'A'.repeat(contentLength - sent - tail.length) + tail;
  }
}
