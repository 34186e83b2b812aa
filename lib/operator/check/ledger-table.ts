import { describeError } from '../../failures/own-error.ts';
import { shardsOf } from '../../ledger/record-item.ts';
import type { Table } from '../../ledger/table.ts';
import { type CheckLine, fine, wrong } from './check-line.ts';

/** No upload has this key: bucket names hold no "#". */
const probeKey = 'check#probe';

const repair =
  'Compare LEDGER_TABLE with the table that the stack created, and the rights of the function; then check again.';

/** Reads the table and both indexes, and asks for a write that can never take place. */
export const checkTable = async (tableName: string, table: Table): Promise<readonly CheckLine[]> => {
  const [shard = ''] = shardsOf('held');
  return Promise.all([
    line('table, reading', `${tableName} can be read.`, () => table.get(probeKey)),
    // The condition cannot hold, so the right to write is tested and nothing is written.
    line('table, writing', `${tableName} can be written.`, () =>
      table.put({ pk: probeKey, version: 2, document: '{}' }, { kind: 'unchanged', version: 1 }),
    ),
    line('table, index byWork', 'What waits and what is held can be found.', () =>
      table.query({ index: 'byWork', hash: shard, limit: 1 }),
    ),
    line('table, index byTarget', 'The files of a candidate can be found.', () =>
      table.query({ index: 'byTarget', hash: probeKey, limit: 1 }),
    ),
  ]);
};

const line = async (what: string, found: string, test: () => Promise<unknown>): Promise<CheckLine> => {
  try {
    await test();
    return fine(what, found);
  } catch (error) {
    return wrong(what, describeError(error), repair);
  }
};
