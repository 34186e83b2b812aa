import { describeError } from '../../failures/own-error.ts';
import { shardsOf } from '../../ledger/record-item.ts';
import type { Table } from '../../ledger/table.ts';
import { type CheckLine, fine, wrong } from './check-line.ts';

/** Never the key of an upload, because bucket names contain no "#". */
const probeKey = 'check#probe';

const repair =
  'Check that LEDGER_TABLE names the table of the stack and that the function may use it; then check again.';

/** Reads the table and both indexes, and tries a write that can never succeed. */
export const checkTable = async (tableName: string, table: Table): Promise<readonly CheckLine[]> => {
  const [shard = ''] = shardsOf('held');
  return Promise.all([
    line('table, reading', `${tableName} can be read.`, () => table.get(probeKey)),
    // The condition always fails, so the permission to write is tested and nothing is written.
    line('table, writing', `${tableName} can be written.`, () =>
      table.put({ pk: probeKey, version: 2, document: '{}' }, { kind: 'unchanged', version: 1 }),
    ),
    line('table, index byWork', 'Waiting and held files can be found.', () =>
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
