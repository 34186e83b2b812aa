import { equal } from '../expect.ts';
import { type Attributes, check, type DynamodbCheck, type DynamodbContext, refusal, refuses } from './check.ts';
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

/** A put that is refused, and writes nothing. */
const refusesItem = (name: string, page: string, attributes: Attributes): DynamodbCheck =>
  check(name, page, async (context, pk) => {
    await refusal(put(context, { pk: { S: pk }, ...attributes }), invalid);
    equal(await read(context, pk), undefined, 'the refused item');
  });

const keeps = (name: string, sent: Attributes, expected = sent): DynamodbCheck =>
  check(name, types, (context) => comesBackAs(context, sent, expected));

/** An item of exactly this many bytes: names and values count. */
const itemOfBytes = (pk: string, bytes: number): Attributes => ({
  pk: { S: pk },
  document: { S: 'x'.repeat(bytes - Buffer.byteLength(`pk${pk}document`)) },
});

export const checksOfValues: readonly DynamodbCheck[] = [
  check('texts are returned as they were put: any script, control characters, line ends', types, (context) => {
    const text = { S: 'Zoë 😀 \u0000\u001f\r\n"\\ \u202e' };
    return comesBackAs(context, { document: text }, { document: text });
  }),
  keeps('an empty text is accepted as an attribute', { code: { S: '' } }),
  refuses('an empty text is refused as the key of an item', types, (context) => put(context, { pk: { S: '' } })),
  refusesItem('an empty text is refused as the key of an index', types, { workShard: { S: '' }, workAt: { N: '1' } }),
  check('numbers keep 38 digits', types, async (context) => {
    const digits = '12345678901234567890123456789012345678';
    await comesBackAs(context, { workAt: { N: digits } }, { workAt: { N: digits } });
    await comesBackAs(context, { n: { N: `0.${digits}` } }, { n: { N: `0.${digits}` } });
  }),
  keeps('numbers of milliseconds since the epoch are returned in plain digits', { n: { N: '1767603600000' } }),
  refusesItem('a number of 39 digits is refused', types, { n: { N: '123456789012345678901234567890123456789' } }),
  refusesItem('a number beyond 9.9E+125 is refused', types, { n: { N: '1E+126' } }),
  keeps('leading and trailing zeros of numbers are trimmed', { n: { N: '007.50' } }, { n: { N: '7.5' } }),
  refusesItem('an invalid number is refused', types, { n: { N: 'seven' } }),
  check('an item of 400 KB is accepted, one byte more is refused', constraints, async (context) => {
    const [whole, tooMuch] = [context.unique(), context.unique()];
    await put(context, itemOfBytes(whole, maxItemBytes));
    await refusal(put(context, itemOfBytes(tooMuch, maxItemBytes + 1)), invalid);
    equal(await read(context, tooMuch), undefined, 'the refused item');
  }),
  refusesItem('the size of an item is measured in UTF-8', 'Developer Guide: DynamoDB item sizes and formats', {
    document: { S: 'é'.repeat(maxItemBytes / 2) },
  }),
  check('a key of 2,048 bytes is accepted, one byte more is refused', quotas, async (context) => {
    const pk = context.unique().padEnd(maxHashKeyBytes, 'x');
    await put(context, { pk: { S: pk } });
    await refusal(put(context, { pk: { S: `${pk}x` } }), invalid);
  }),
  check('nested values are returned as they were put', types, (context) => {
    const nested = { M: { list: { L: [{ N: '1' }, { NULL: true }, { BOOL: false }] }, empty: { M: {} } } };
    return comesBackAs(context, { document: nested }, { document: nested });
  }),
];
