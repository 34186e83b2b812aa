import { expect, test } from 'vitest';
import { describeError, OwnError, TooManyConflicts, withoutData } from '../../../lib/failures/own-error.ts';

class NamedError extends OwnError {
  override readonly name = 'NamedError';
}

const canary = 'Zebulon Quux CV.pdf';
const fault = (fields: object): Error => Object.assign(new Error(`It said "${canary}".`), fields);

test.each<[string, unknown, string]>([
  ['one of ours', new NamedError('The table is away.'), 'The table is away.'],
  [
    'one of the SDK',
    fault({ name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } }),
    'ThrottlingException (HTTP 400)',
  ],
  ['one of the system', fault({ code: 'ECONNREFUSED' }), 'Error (ECONNREFUSED)'],
  [
    'one with both',
    fault({ name: 'TimeoutError', code: 'ETIMEDOUT', $metadata: { httpStatusCode: 503 } }),
    'TimeoutError (ETIMEDOUT, HTTP 503)',
  ],
  ['a defect', new TypeError(canary), 'TypeError'],
  ['a name that is data', fault({ name: canary }), 'unknown error'],
  ['a code that is data', fault({ code: canary }), 'Error'],
  ['a status that is data', fault({ $metadata: { httpStatusCode: canary } }), 'Error'],
  ['metadata that is none', fault({ $metadata: null }), 'Error'],
  ['a name in a list', fault({ name: ['Odd'] }), 'unknown error'],
  ['a text', canary, 'unknown error'],
  ['nothing', undefined, 'unknown error'],
  ['null', null, 'unknown error'],
  ['an object that is no error', { name: 'Odd', message: canary }, 'Odd'],
])('%s is described by what may be said of it', (_, error, described) => {
  expect(describeError(error)).toBe(described);
});

test('what leaves the function has no message, no field and no cause of a foreign error, and the places of its stack', () => {
  const error = Object.assign(new Error(`It said\n    at ${canary}`, { cause: canary }), { Item: canary });
  const safe = withoutData(error);
  expect(JSON.stringify({ ...safe, cause: safe.cause, message: safe.message, stack: safe.stack })).not.toContain(
    'Quux',
  );
  expect(safe.message).toBe('Error');
  expect(safe.stack).toMatch(/^Error: Error\n {4}at .*own-error\.test\.ts/);
});

test('a stack is dropped where it holds another message than the error', () => {
  const error = new Error(canary);
  expect(error.stack).toContain(canary);
  error.message = 'changed since';
  expect(withoutData(error).stack).toBe('Error: Error');
});

test.each([
  ['a message that is only the beginning of what the stack holds', `Error: It said ${canary}\n    at a`, 'It said'],
  ['a message that is as long as what the stack holds', 'Zebulon Quu\n    at a', 'It said that'],
])('a stack is dropped with %s', (_, stack, message) => {
  expect(withoutData(Object.assign(new Error(message), { stack })).stack).toBe('Error: Error');
});

test('what is no error has no stack to keep', () => {
  expect(withoutData(canary).stack).toBe('Error: unknown error');
});

test('too many conflicts say about which item', () => {
  expect(String(new TooManyConflicts('record'))).toBe('TooManyConflicts: Too many conflicting writes to one record.');
});

test('one of ours leaves the function as it is', () => {
  const error = new NamedError('The table is away.');
  expect(withoutData(error)).toBe(error);
});
