/**
 * Where an implementation is known to differ from the AWS documentation: the name of the check, and the reason.
 * An entry that no longer deviates, or names no check, fails the run.
 */
export const knownDeviations: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  /** The local table server: dynalite 4.0.0 and our wrapper. The ledger needs none of these behaviours. */
  local: {
    'an empty text is refused as the key of an index':
      'dynalite checks only the type of the key; the ledger writes no empty text',
    'the size of an item is measured in UTF-8': 'dynalite counts UTF-16 units; a record has about 1 KB',
    'a query cannot fetch attributes that are not in its global index':
      'dynalite fetches from the table, as a local index would; the ledger reads whole entries of an index',
    'an unknown value of ReturnValuesOnConditionCheckFailure is refused':
      'dynalite does not know the parameter, and our wrapper checks only for ALL_OLD',
    'a write costs a unit per kilobyte for the table and for each index that contains the item':
      'dynalite counts only the table',
  },
  /** AWS's own, 3.3.1. */
  'dynamodb-local': {
    'the size of a page counts the entries of the index, not the items of the table': 'it counts the whole items',
  },
  /** moto 5.2.5. */
  moto: {
    'a batch without keys is refused': 'moto answers with no items',
    'unprocessed keys of a batch keep the request for a consistent read': 'moto returns only the keys',
    'a number beyond 9.9E+125 is refused': 'moto keeps numbers as the texts in the request',
    'a number of 39 digits is refused': 'moto keeps numbers as the texts in the request',
    'leading and trailing zeros of numbers are trimmed': 'moto keeps numbers as the texts in the request',
    'an item of 400 KB is accepted, one byte more is refused': 'moto refuses 400 KB as well',
    'a query cannot fetch attributes that are not in its global index': 'moto leaves the attribute out',
    'the attribute of an index key has the type of the key, or the put is refused': 'moto checks only the text key',
    'a get with more than the key is refused': 'moto ignores the rest',
    'a value that no expression uses is refused': 'moto checks names, not values',
    'an unknown value of ReturnValuesOnConditionCheckFailure is refused': 'moto checks only for ALL_OLD',
    'a condition with a missing value is refused': 'moto answers with an HTML page and status 500',
    'a condition that cannot be parsed is refused': 'moto answers with an HTML page and status 500',
    'an attribute without a type is refused': 'moto answers with an HTML page and status 500',
    'a query of an index that does not exist is refused': 'moto answers with another error, ResourceNotFoundException',
    'a query with a Limit of 0 is refused': 'moto answers with all items',
    'a query whose page starts at an incomplete key is refused': 'moto starts at the first item',
    'a query whose page starts in another partition is refused, in both directions': 'moto starts anywhere',
    'a query whose page starts above the upper bound of its range key is refused, in both directions':
      'moto starts anywhere',
    'a query whose page starts below the lower bound of its range key is refused, in both directions':
      'moto starts anywhere',
    'a table that does not exist is a ResourceNotFoundException, HTTP 400':
      'moto answers DescribeTimeToLive with another error, ResourceNotFound',
    'a write costs a unit per kilobyte for the table and for each index that contains the item':
      'moto reports one unit for every write',
    'expiry that is on cannot be switched on again': 'moto accepts it again',
    'the size of a page counts the entries of the index, not the items of the table': 'moto counts the whole items',
  },
};
