import { equal } from '../expect.ts';
import { type Attributes, type DynamodbCheck, type DynamodbContext, refusal } from './check.ts';
import { put, read } from './table.ts';

const types = 'Developer Guide: Supported data types and naming rules in Amazon DynamoDB';
const quotas = 'Developer Guide: Quotas in Amazon DynamoDB';
const constraints = 'Developer Guide: Constraints in Amazon DynamoDB';
const invalid = 'ValidationException';

const maxItemBytes = 400 * 1024;
const maxHashKeyBytes = 2048;

const comesBackAs = async (context: DynamodbContext, sent: Attributes, expected: Attributes): Promise<void> => {
  const pk = context.unique();
  await put(context, { pk: { S: pk }, ...sent });
  equal(await read(context, pk), { pk: { S: pk }, ...expected }, 'the item');
};

const isRefused = async (context: DynamodbContext, attributes: Attributes): Promise<void> => {
  const pk = context.unique();
  await refusal(put(context, { pk: { S: pk }, ...attributes }), invalid);
  equal(await read(context, pk), undefined, 'the refused item');
};

/** An item of exactly this many bytes: names and values count. */
const itemOfBytes = (pk: string, bytes: number): Attributes => ({
  pk: { S: pk },
  document: { S: 'x'.repeat(bytes - Buffer.byteLength(`pk${pk}document`)) },
});

export const checksOfValues: readonly DynamodbCheck[] = [
  {
    name: 'texts come back as they were put: any script, control characters, line ends',
    page: types,
    run: (context) => {
      const text = { S: 'Zoë 😀 \u0000\u001f\r\n"\\ \u202e' };
      return comesBackAs(context, { document: text }, { document: text });
    },
  },
  {
    name: 'an empty text is taken as an attribute',
    page: types,
    run: (context) => comesBackAs(context, { code: { S: '' } }, { code: { S: '' } }),
  },
  {
    name: 'an empty text is refused as the key of an item',
    page: types,
    run: async (context) => void (await refusal(put(context, { pk: { S: '' } }), invalid)),
  },
  {
    name: 'an empty text is refused as the key of an index',
    page: types,
    run: (context) => isRefused(context, { workShard: { S: '' }, workAt: { N: '1' } }),
  },
  {
    name: 'numbers keep 38 digits',
    page: types,
    run: async (context) => {
      const digits = '12345678901234567890123456789012345678';
      await comesBackAs(context, { workAt: { N: digits } }, { workAt: { N: digits } });
      await comesBackAs(context, { n: { N: `0.${digits}` } }, { n: { N: `0.${digits}` } });
    },
  },
  {
    name: 'numbers of milliseconds since the epoch come back in plain digits',
    page: types,
    run: (context) => comesBackAs(context, { n: { N: '1767603600000' } }, { n: { N: '1767603600000' } }),
  },
  {
    name: 'a number of 39 digits is refused',
    page: types,
    run: (context) => isRefused(context, { n: { N: '123456789012345678901234567890123456789' } }),
  },
  {
    name: 'a number beyond 9.9E+125 is refused',
    page: types,
    run: (context) => isRefused(context, { n: { N: '1E+126' } }),
  },
  {
    name: 'leading and trailing zeros of numbers are trimmed',
    page: types,
    run: (context) => comesBackAs(context, { n: { N: '007.50' } }, { n: { N: '7.5' } }),
  },
  {
    name: 'a number that is none is refused',
    page: types,
    run: (context) => isRefused(context, { n: { N: 'seven' } }),
  },
  {
    name: 'an item of 400 KB is taken, one byte more is refused',
    page: constraints,
    run: async (context) => {
      const [whole, tooMuch] = [context.unique(), context.unique()];
      await put(context, itemOfBytes(whole, maxItemBytes));
      await refusal(put(context, itemOfBytes(tooMuch, maxItemBytes + 1)), invalid);
      equal(await read(context, tooMuch), undefined, 'the refused item');
    },
  },
  {
    name: 'the size of an item is that of its UTF-8',
    page: 'Developer Guide: DynamoDB item sizes and formats',
    run: (context) => isRefused(context, { document: { S: 'é'.repeat(maxItemBytes / 2) } }),
  },
  {
    name: 'a key of 2,048 bytes is taken, one byte more is refused',
    page: quotas,
    run: async (context) => {
      const pk = context.unique().padEnd(maxHashKeyBytes, 'x');
      await put(context, { pk: { S: pk } });
      await refusal(put(context, { pk: { S: `${pk}x` } }), invalid);
    },
  },
  {
    name: 'nested values come back as they were put',
    page: types,
    run: (context) => {
      const nested = { M: { list: { L: [{ N: '1' }, { NULL: true }, { BOOL: false }] }, empty: { M: {} } } };
      return comesBackAs(context, { document: nested }, { document: nested });
    },
  },
];
