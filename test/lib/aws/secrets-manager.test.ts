import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { secretText } from '../../../lib/aws/secrets-manager.ts';
import { systemClock } from '../../../lib/clock.ts';
import { cachedApiKey } from '../../../lib/kombo/api-key.ts';
import { type Behaviour, type RawCall, rawServer } from '../../fakes/raw-server.ts';

beforeEach(() => {
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const managerThat = async (behaviour: Behaviour) => {
  const server = await rawServer(behaviour);
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', `http://127.0.0.1:${server.port}`);
  return server;
};

const answering =
  (status: number, body: object) =>
  ({ answer }: RawCall): void =>
    answer(status, JSON.stringify(body));

const read = () => secretText('cv-courier/kombo')();

test('the text and the version of the named secret are read', async () => {
  const secret = { Name: 'x', SecretString: 'ks_prod_1', VersionId: 'e5f0-7' };
  const server = await managerThat({ complete: answering(200, secret) });
  expect(await read()).toEqual({ text: 'ks_prod_1', version: 'e5f0-7' });
  expect(JSON.parse(server.requests[0]?.body.toString() ?? '')).toEqual({ SecretId: 'cv-courier/kombo' });
});

test('the text of a secret that was uploaded as a file is read', async () => {
  const SecretBinary = Buffer.from('ks_prod_1\n').toString('base64');
  await managerThat({ complete: answering(200, { SecretBinary }) });
  expect(await cachedApiKey(read, systemClock).current()).toBe('ks_prod_1');
});

test('a secret whose bytes are not text is refused as a key', async () => {
  const SecretBinary = Buffer.from([0x00, 0xff, 0xfe, 0x80]).toString('base64');
  await managerThat({ complete: answering(200, { SecretBinary }) });
  await expect(cachedApiKey(read, systemClock).current()).rejects.toMatchObject({ fault: 'unreadable' });
});

test('a secret without a value is an empty text, and one without a version has an empty version', async () => {
  await managerThat({ complete: answering(200, { Name: 'x' }) });
  expect(await read()).toEqual({ text: '', version: '' });
});

test.each([
  ['ResourceNotFoundException', 'create it, or put the Kombo API key into it'],
  ['AccessDeniedException', "check the function's right to read it"],
  ['DecryptionFailure', "check the function's right to read it"],
  ['InvalidRequestException', "check the function's right to read it"],
])('%s of Secrets Manager needs an operator, and its error gives the next step', async (name, next) => {
  await managerThat({ complete: answering(400, { __type: name, Message: 'no' }) });
  await expect(read()).rejects.toMatchObject({
    name: 'ApiKeyError',
    fault: 'unreadable',
    message: `The secret "cv-courier/kombo" cannot be read (${name}): ${next}.`,
  });
});

test.each([
  ['a fault', 500, 'InternalServiceError'],
  ['a fault without a known name', 503, 'ServiceUnavailable'],
  ['throttling', 400, 'ThrottlingException'],
])('%s of Secrets Manager is temporary', async (_, status, name) => {
  await managerThat({ complete: answering(status, { __type: name, Message: 'no' }) });
  await expect(read()).rejects.toMatchObject({ fault: 'unavailable' });
});

test('a broken connection to Secrets Manager is temporary', async () => {
  await managerThat({ complete: ({ reset }) => reset() });
  await expect(read()).rejects.toMatchObject({ fault: 'unavailable' });
});

test('a refused connection to Secrets Manager is temporary', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', 'http://127.0.0.1:1');
  await expect(read()).rejects.toMatchObject({ fault: 'unavailable' });
});

test('a Secrets Manager that does not answer is given up long before the function ends', {
  timeout: 15_000,
}, async () => {
  await managerThat({ complete: () => undefined });
  await expect(read()).rejects.toMatchObject({
    fault: 'unavailable',
    message: 'Secrets Manager answered TimeoutError.',
  });
});
