import { afterEach, expect, test, vi } from 'vitest';
import { defaultProvider } from '../../../infra/bundle/lambda-credentials.ts';

afterEach(() => vi.unstubAllEnvs());

test('gives the credentials that Lambda puts into the environment, and reads them once', async () => {
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

test('says so when there are none, and looks again the next time', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
  const credentials = defaultProvider();
  await expect(credentials()).rejects.toThrow('Unable to find environment variable credentials');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key id');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  expect(await credentials()).toMatchObject({ accessKeyId: 'key id' });
});
