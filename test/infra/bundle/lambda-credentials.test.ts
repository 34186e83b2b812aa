import { afterEach, expect, test, vi } from 'vitest';
import { defaultProvider } from '../../../infra/bundle/lambda-credentials.ts';

afterEach(() => vi.unstubAllEnvs());

test('the credentials that Lambda puts into the environment are read once', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key id');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_SESSION_TOKEN', 'token');
  const credentials = defaultProvider();
  expect(await credentials()).toMatchObject({
    accessKeyId: 'key id',
    secretAccessKey: 'secret',
    sessionToken: 'token',
  });
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'another');
  expect(await credentials()).toMatchObject({ accessKeyId: 'key id' });
});

test('missing credentials are an error, and are looked up again on the next call', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
  const credentials = defaultProvider();
  await expect(credentials()).rejects.toThrow('Unable to find environment variable credentials');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key id');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  expect(await credentials()).toMatchObject({ accessKeyId: 'key id' });
});
