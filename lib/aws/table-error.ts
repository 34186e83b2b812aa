/** The table cannot be used as it is set up, and repeating does not help: an operator must fix what the message names. */
export class LedgerTableError extends Error {
  override readonly name = 'LedgerTableError';
}

/**
 * Adds the table's name and the next step to errors of DynamoDB that come from a wrong setup. DynamoDB's own messages
 * often name neither: for a wrong table name it is "Requested resource not found". Other errors are returned unchanged.
 */
export const tableError = (error: unknown, tableName: string): unknown => {
  if (error instanceof Error && error.name === 'TimeoutError') return silence(error, tableName);
  const remedy = error instanceof Error ? remedyFor(error, `"${tableName}"`) : undefined;
  return remedy === undefined ? error : new LedgerTableError(remedy, { cause: error });
};

/** Reads that DynamoDB left out again and again. The caller may call again. */
export const busy = (tableName: string): Error =>
  new Error(
    `The DynamoDB table "${tableName}" is too busy to read all records that were asked for. Nothing is lost: the next run asks ` +
      "again. If it stays, look at the table's throttles.",
  );

/** The SDK's own message names neither the service nor the table. The caller may call again. */
const silence = (cause: Error, tableName: string): Error => {
  const message =
    `The DynamoDB table "${tableName}" did not answer in time. Nothing is lost: uploads are sent again automatically. ` +
    "If it stays, look at the table's throttles and at the network of the function.";
  return Object.assign(new Error(message, { cause }), { name: cause.name });
};

const remedyFor = ({ name, message }: Error, table: string): string | undefined => {
  switch (name) {
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
        `The DynamoDB table ${table} rejects a request of the ledger: ${message} ` +
        'Set LEDGER_TABLE to a table with the keys and indexes of infra/resources/table.yml.'
      );
    default:
      return undefined;
  }
};
