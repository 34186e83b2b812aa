import { describeError, OwnError } from '../failures/own-error.ts';

/** The table did not do what it was asked, and the message says what to do about it. The caller may ask again. */
export class LedgerTableError extends OwnError {
  override readonly name = 'LedgerTableError';
}

/**
 * Says what a failed call to DynamoDB means, with the table's name and the next step. DynamoDB's own messages often name
 * neither (for a wrong table name it is "Requested resource not found"), and may quote what was written, so they are left out.
 */
export const tableError = (cause: unknown, tableName: string): LedgerTableError => {
  const table = `"${tableName}"`;
  const message = (cause instanceof Error && remedyFor(cause, table)) || silence(cause, table);
  return new LedgerTableError(message, { cause });
};

/** Reads that DynamoDB left out again and again. */
export const busy = (tableName: string): LedgerTableError =>
  new LedgerTableError(
    `The DynamoDB table "${tableName}" is too busy to read all records that were asked for. Nothing is lost: the next run asks ` +
      "again. If it stays, look at the table's throttles.",
  );

const silence = (cause: unknown, table: string): string => {
  const isSilent = cause instanceof Error && cause.name === 'TimeoutError';
  const what = isSilent ? 'did not answer in time' : `cannot be used now: ${describeError(cause)}`;
  return (
    `The DynamoDB table ${table} ${what}. Nothing is lost: uploads are sent again automatically. ` +
    "If it stays, look at the table's throttles and at the network of the function."
  );
};

const remedyFor = (error: Error, table: string): string | undefined => {
  switch (error.name) {
    case 'ResourceNotFoundException':
      return (
        `There is no DynamoDB table ${table} in this account and region, or it is still being created. ` +
        'Set LEDGER_TABLE to the name of the table that the stack created, and compare the region.'
      );
    case 'AccessDeniedException':
      return (
        `The function may not use the DynamoDB table ${table}. Give its role the right to read and write the table ` +
        'and its indexes, and to use its encryption key; or correct LEDGER_TABLE.'
      );
    case 'ValidationException':
      return (
        `The DynamoDB table ${table} rejects a request of the ledger: ${describeError(error)}. ` +
        'Set LEDGER_TABLE to a table with the keys and indexes of infra/resources/table.yml.'
      );
    default:
      return undefined;
  }
};
