import { expect, test } from 'vitest';
import { describeError, OwnError, TooManyConflicts, withoutData } from '../../../lib/failures/own-error.ts';

class NamedError extends OwnError {
  override readonly name = 'NamedError';
}

const canary = 'Zebulon Quux CV.pdf';
const fault = (fields: object): Error => Object.assign(new Error(`It said "${canary}".`), fields);

test.each<[string, unknown, string]>([
  ['an error of ours', new NamedError('The table is away.'), 'The table is away.'],
  [
    'an error of the SDK',
    fault({ name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } }),
    'ThrottlingException (HTTP 400)',
  ],
  ['an error of the system', fault({ code: 'ECONNREFUSED' }), 'Error (ECONNREFUSED)'],
  [
    'an error with both',
    fault({ name: 'TimeoutError', code: 'ETIMEDOUT', $metadata: { httpStatusCode: 503 } }),
    'TimeoutError (ETIMEDOUT, HTTP 503)',
  ],
  ['a defect', new TypeError(canary), 'TypeError'],
  ['an error whose name is data', fault({ name: canary }), 'unknown error'],
  ['an error whose code is data', fault({ code: canary }), 'Error'],
  ['an error whose status is data', fault({ $metadata: { httpStatusCode: canary } }), 'Error'],
  ['an error whose metadata is not an object', fault({ $metadata: null }), 'Error'],
  ['an error whose name is in a list', fault({ name: ['Odd'] }), 'unknown error'],
  ['a text', canary, 'unknown error'],
  ['nothing', undefined, 'unknown error'],
  ['null', null, 'unknown error'],
  ['an object that is not an error', { name: 'Odd', message: canary }, 'Odd'],
])('%s is described without what may be data', (_, error, described) => {
  expect(describeError(error)).toBe(described);
});

test('an error that leaves the function keeps the places of its stack, but no message, field or cause of a foreign error', () => {
  const error = Object.assign(new Error(`It said\n    at ${canary}`, { cause: canary }), { Item: canary });
  const safe = withoutData(error);
  expect(JSON.stringify({ ...safe, cause: safe.cause, message: safe.message, stack: safe.stack })).not.toContain(
    'Quux',
  );
  expect(safe.message).toBe('Error');
  expect(safe.stack).toMatch(/^Error: Error\n {4}at .*own-error\.test\.ts/);
});

test('a stack is dropped when its message is not that of the error', () => {
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

test('a thrown value that is not an error has no stack to keep', () => {
  expect(withoutData(canary).stack).toBe('Error: unknown error');
});

test('an error about too many conflicts names the kind of item', () => {
  expect(String(new TooManyConflicts('record'))).toBe('TooManyConflicts: Too many conflicting writes to one record.');
});

test('an error of ours leaves the function unchanged', () => {
  const error = new NamedError('The table is away.');
  expect(withoutData(error)).toBe(error);
});
