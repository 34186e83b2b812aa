import { describeError, OwnError } from '../failures/own-error.ts';

/** A call to the table failed; the message says what to do about it. The caller may try again. */
export class LedgerTableError extends OwnError {
  override readonly name = 'LedgerTableError';
}

/**
 * Explains a failed call to DynamoDB, with the table's name and the next step. DynamoDB's own messages often have
 * neither ("Requested resource not found" for a wrong table name) and may quote the data that was written, so they are
 * left out.
 */
export const tableError = (cause: unknown, tableName: string): LedgerTableError => {
  const table = `"${tableName}"`;
  const message = (cause instanceof Error && remedyFor(cause, table)) || silence(cause, table);
  return new LedgerTableError(message, { cause });
};

/** DynamoDB returned unprocessed keys repeatedly. */
export const busy = (tableName: string): LedgerTableError =>
  new LedgerTableError(
    `The DynamoDB table "${tableName}" is too busy to read all requested records. Nothing is lost: the next run reads them ` +
      "again. If this persists, check the table's throttling metrics.",
  );

const silence = (cause: unknown, table: string): string => {
  const isSilent = cause instanceof Error && cause.name === 'TimeoutError';
  const what = isSilent ? 'did not answer in time' : `cannot be used now: ${describeError(cause)}`;
  return (
    `The DynamoDB table ${table} ${what}. Nothing is lost: uploads are sent again automatically. ` +
    "If this persists, check the table's throttling metrics and the function's network."
  );
};

const remedyFor = (error: Error, table: string): string | undefined => {
  switch (error.name) {
    case 'ResourceNotFoundException':
      return (
        `There is no DynamoDB table ${table} in this account and region, or it is still being created. ` +
        'Set LEDGER_TABLE to the name of the table that the stack created, and check the region.'
      );
    case 'AccessDeniedException':
      return (
        `The function may not use the DynamoDB table ${table}. Give its role permission to read and write the table ` +
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
