/** The table cannot be used as it is set up, and no repeat will help: a person must mend what the message names. */
export class LedgerTableError extends Error {
  override readonly name = 'LedgerTableError';
}

/**
 * DynamoDB's refusals that are a matter of setup, said with the table's name and the next step. Its own words often
 * name neither: a wrong table name is "Requested resource not found". Anything else is returned as it came.
 */
export const tableError = (error: unknown, tableName: string): unknown => {
  if (error instanceof Error && error.name === 'TimeoutError') return silence(error, tableName);
  const remedy = error instanceof Error ? remedyFor(error, `"${tableName}"`) : undefined;
  return remedy === undefined ? error : new LedgerTableError(remedy, { cause: error });
};

/** The SDK's own words for it name neither the service nor the table. Whoever called may call again. */
const silence = (cause: Error, tableName: string): Error => {
  const message =
    `The DynamoDB table "${tableName}" did not answer in time. Nothing is lost: uploads are tried again by themselves. ` +
    "If it stays, look at the table's throttles and at the network of the function.";
  return Object.assign(new Error(message, { cause }), { name: cause.name });
};

const remedyFor = ({ name, message }: Error, table: string): string | undefined => {
  switch (name) {
    case 'ResourceNotFoundException':
      return (
        `There is no DynamoDB table ${table} in this account and region, or it is still being made. ` +
        'Set LEDGER_TABLE to the name of the table that the stack made, and compare the region.'
      );
    case 'AccessDeniedException':
      return (
        `The function may not use the DynamoDB table ${table}. Give its role the right to read and write the table ` +
        'and its indexes, and to use its encryption key; or correct LEDGER_TABLE.'
      );
    case 'ValidationException':
      return (
        `The DynamoDB table ${table} does not take what the ledger asks of it: ${message} ` +
        'Set LEDGER_TABLE to a table with the keys and indexes of infra/resources/table.yml.'
      );
    default:
      return undefined;
  }
};
