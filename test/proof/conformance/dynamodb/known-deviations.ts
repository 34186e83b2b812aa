/**
 * Where an implementation is known to differ from the AWS documentation: the name of the check, and the reason.
 * An entry that no longer deviates, or names no check, fails the run.
 */
export const knownDeviations: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  /** The local table server: dynalite 4.0.0 and what is wrapped around it. None of this is asked by the ledger. */
  local: {
    'an empty text is refused as the key of an index':
      'dynalite checks the type of the key only; the ledger writes none',
    'the size of an item is that of its UTF-8': 'dynalite counts UTF-16 units; a record has about 1 KB',
    'a query cannot fetch what its global index does not hold':
      'dynalite fetches from the table, as a local index would; the ledger asks for whole entries of an index',
    'a wish for the item of a refusal that is unknown is refused':
      'dynalite does not know the parameter, and what is wrapped around it looks for ALL_OLD alone',
    'a write costs a unit for the table and for each index that holds the item, by the kilobyte':
      'dynalite counts the table alone',
  },
  /** AWS's own, 3.3.1. */
  'dynamodb-local': {
    'the size of a page counts what the index holds, not the items of the table': 'it counts the whole items',
  },
  /** moto 5.2.5. */
  moto: {
    'a batch without keys is refused': 'moto answers with no items',
    'keys that a batch leaves over keep the wish for a consistent read': 'moto gives the keys alone',
    'a number beyond 9.9E+125 is refused': 'moto keeps numbers as the texts that they came as',
    'a number of 39 digits is refused': 'moto keeps numbers as the texts that they came as',
    'leading and trailing zeros of numbers are trimmed': 'moto keeps numbers as the texts that they came as',
    'an item of 400 KB is taken, one byte more is refused': 'moto refuses 400 KB as well',
    'a query cannot fetch what its global index does not hold': 'moto leaves the attribute out',
    'the attribute of an index key has the type of the key, or the put is refused': 'moto checks the text key alone',
    'a get with more than the key is refused': 'moto ignores the rest',
    'a value that no expression uses is refused': 'moto checks names, not values',
    'a wish for the item of a refusal that is unknown is refused': 'moto looks for ALL_OLD alone',
    'a condition with a value that is not given is refused': 'moto answers with an HTML page and status 500',
    'a condition that cannot be parsed is refused': 'moto answers with an HTML page and status 500',
    'an attribute without a type is refused': 'moto answers with an HTML page and status 500',
    'a query of an index that does not exist is refused': 'moto names another error, ResourceNotFoundException',
    'a query with a Limit of 0 is refused': 'moto answers with all items',
    'a query whose page begins with half a key is refused': 'moto begins at the start',
    'a query whose page begins in another partition is refused, in both directions': 'moto begins anywhere',
    'a query whose page begins above the upper bound of its range key is refused, in both directions':
      'moto begins anywhere',
    'a query whose page begins below the lower bound of its range key is refused, in both directions':
      'moto begins anywhere',
    'a table that does not exist is a ResourceNotFoundException, HTTP 400':
      'moto names another error for DescribeTimeToLive, ResourceNotFound',
    'a write costs a unit for the table and for each index that holds the item, by the kilobyte':
      'moto says one unit for every write',
    'expiry that is on cannot be switched on again': 'moto takes it again',
    'the size of a page counts what the index holds, not the items of the table': 'moto counts the whole items',
  },
};
