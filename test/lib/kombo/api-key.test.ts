import { describe, expect, test } from 'vitest';
import { type ApiKey, ApiKeyError, cachedApiKey, fixedApiKey, type StoredKey } from '../../../lib/kombo/api-key.ts';
import { type ManualClock, manualClock } from '../../fakes/manual-clock.ts';

const minuteMs = 60_000;

/** A store whose answer the test can change; an error is thrown. */
const storeHolding = (first: string | Error) => {
  const store = {
    holds: first as string | Error,
    reads: 0,
    version: 'version-1',
    read: async (): Promise<StoredKey> => {
      store.reads += 1;
      await undefined;
      if (store.holds instanceof Error) throw store.holds;
      return { text: store.holds, version: store.version };
    },
  };
  return store;
};

const setUp = (first: string | Error) => {
  const clock: ManualClock = manualClock();
  const store = storeHolding(first);
  const apiKey: ApiKey = cachedApiKey(store.read, clock);
  return { clock, store, apiKey };
};

const away = new ApiKeyError('unavailable', 'Secrets Manager answered InternalServiceError.');
const gone = new ApiKeyError('unreadable', 'The secret cannot be read.');

test('an API key is read once and kept for five minutes', async () => {
  const { clock, store, apiKey } = setUp('ks_prod_1');
  expect(await apiKey.current()).toBe('ks_prod_1');
  store.holds = 'ks_prod_2';
  clock.advance(5 * minuteMs - 1);
  expect(await apiKey.current()).toBe('ks_prod_1');
  expect(store.reads).toBe(1);
  clock.advance(1);
  expect(await apiKey.current()).toBe('ks_prod_2');
  expect(store.reads).toBe(2);
});

test('files that start together read the API key once', async () => {
  const { store, apiKey } = setUp('ks_prod_1');
  expect(await Promise.all([apiKey.current(), apiKey.current(), apiKey.current()])).toEqual([
    'ks_prod_1',
    'ks_prod_1',
    'ks_prod_1',
  ]);
  expect(store.reads).toBe(1);
});

test('an old API key is still used while the store is unavailable', async () => {
  const { clock, store, apiKey } = setUp('ks_prod_1');
  await apiKey.current();
  store.holds = away;
  clock.advance(6 * minuteMs);
  expect(await apiKey.current()).toBe('ks_prod_1');
});

test('without an old API key, an unavailable store is a temporary fault, and the next call asks again', async () => {
  const { store, apiKey } = setUp(away);
  await expect(apiKey.current()).rejects.toMatchObject({ name: 'ApiKeyError', fault: 'unavailable' });
  store.holds = 'ks_prod_1';
  expect(await apiKey.current()).toBe('ks_prod_1');
});

test('a secret that was removed is not replaced by the old API key', async () => {
  const { clock, store, apiKey } = setUp('ks_prod_1');
  await apiKey.current();
  store.holds = gone;
  clock.advance(6 * minuteMs);
  await expect(apiKey.current()).rejects.toMatchObject({ fault: 'unreadable' });
});

describe('after Kombo refused a key', () => {
  test('a new key in the store is found immediately after Kombo refused the old one', async () => {
    const { store, apiKey } = setUp('ks_prod_1');
    await apiKey.current();
    store.holds = 'ks_prod_2';
    expect(await apiKey.refresh('ks_prod_1')).toBe(true);
    expect(await apiKey.current()).toBe('ks_prod_2');
    expect(store.reads).toBe(2);
  });

  test('the same key in the store does not count as another one after Kombo refused it', async () => {
    const { apiKey } = setUp('ks_prod_1');
    await apiKey.current();
    expect(await apiKey.refresh('ks_prod_1')).toBe(false);
  });

  test('many refusals of a key ask the store once in ten seconds', async () => {
    const { clock, store, apiKey } = setUp('ks_prod_1');
    await apiKey.current();
    await apiKey.refresh('ks_prod_1');
    clock.advance(9_999);
    expect(await apiKey.refresh('ks_prod_1')).toBe(false);
    expect(store.reads).toBe(2);
    store.holds = 'ks_prod_2';
    clock.advance(1);
    expect(await apiKey.refresh('ks_prod_1')).toBe(true);
    expect(store.reads).toBe(3);
  });

  test('concurrent refusals of a key all get the new one', async () => {
    const { store, apiKey } = setUp('ks_prod_1');
    await apiKey.current();
    store.holds = 'ks_prod_2';
    const heard = await Promise.all([apiKey.refresh('ks_prod_1'), apiKey.refresh('ks_prod_1')]);
    expect(heard).toEqual([true, true]);
    expect(store.reads).toBe(2);
  });

  test('a later call with a refused key gets the new one without asking the store', async () => {
    const { store, apiKey } = setUp('ks_prod_1');
    await apiKey.current();
    store.holds = 'ks_prod_2';
    await apiKey.refresh('ks_prod_1');
    expect(await apiKey.refresh('ks_prod_1')).toBe(true);
    expect(store.reads).toBe(2);
  });

  test.each([
    ['away', away],
    ['gone', gone],
    ['empty', ''],
  ])('a store that is %s has no other key after a refusal, and that is not an error', async (_, state) => {
    const { store, apiKey } = setUp('ks_prod_1');
    await apiKey.current();
    store.holds = state;
    expect(await apiKey.refresh('ks_prod_1')).toBe(false);
  });
});

describe('the version of the key', () => {
  test('the version of the API key is that of the store, and is known once the key was read', async () => {
    const { store, apiKey } = setUp('ks_prod_1');
    await apiKey.current();
    expect(await apiKey.version()).toBe('version-1');
    expect(store.reads).toBe(1);
  });

  test('the version of the API key is read when nothing was read yet', async () => {
    const { store, apiKey } = setUp('ks_prod_1');
    expect(await apiKey.version()).toBe('version-1');
    expect(await apiKey.current()).toBe('ks_prod_1');
    expect(store.reads).toBe(1);
  });

  test('the version of the API key is at most a minute old, so a run sees a new key within that time', async () => {
    const { clock, store, apiKey } = setUp('ks_prod_1');
    await apiKey.current();
    Object.assign(store, { holds: 'ks_prod_2', version: 'version-2' });
    clock.advance(minuteMs - 1);
    expect(await apiKey.version()).toBe('version-1');
    clock.advance(1);
    expect(await apiKey.version()).toBe('version-2');
    expect(await apiKey.current()).toBe('ks_prod_2');
    expect(store.reads).toBe(2);
  });

  test('the version of the API key changes with a key that was found after a refusal', async () => {
    const { store, apiKey } = setUp('ks_prod_1');
    await apiKey.current();
    Object.assign(store, { holds: 'ks_prod_2', version: 'version-2' });
    await apiKey.refresh('ks_prod_1');
    expect(await apiKey.version()).toBe('version-2');
  });

  test.each([
    ['away', away],
    ['gone', gone],
  ])('the version of the API key is not invented while the store is %s', async (_, state) => {
    const { apiKey } = setUp(state);
    await expect(apiKey.version()).rejects.toBe(state);
  });

  test('the version of the API key does not reveal the key', async () => {
    expect(await setUp('ks_prod_1').apiKey.version()).not.toContain('ks_prod');
    expect(await fixedApiKey('ks_dev_local').version()).not.toContain('ks_dev');
  });
});

describe('a secret', () => {
  test.each([
    ['the key alone', 'ks_prod_Ab-1._~+/='],
    ['the key and a line end, as editors leave it', 'ks_prod_Ab-1._~+/=\n'],
    ['JSON under apiKey', '{"apiKey":"ks_prod_Ab-1._~+/="}'],
    ['JSON under KOMBO_API_KEY, as the console makes it', '{ "KOMBO_API_KEY": "ks_prod_Ab-1._~+/=", "other": 1 }'],
    ['JSON with spaces around it', ' {"apiKey":" ks_prod_Ab-1._~+/= "} '],
  ])('a secret with %s is read as the API key', async (_, text) => {
    expect(await setUp(text).apiKey.current()).toBe('ks_prod_Ab-1._~+/=');
  });

  test.each([[''], [' \n']])('an empty secret (%j) is reported as empty', async (text) => {
    await expect(setUp(text).apiKey.current()).rejects.toMatchObject({
      fault: 'unreadable',
      message: 'The secret is empty: put the Kombo API key into it.',
    });
  });

  test.each([
    ['two words', 'ks_prod_1 ks_prod_2'],
    ['two lines', 'ks_prod_1\nks_prod_2'],
    ['a quoted key', '"ks_prod_1"'],
    ['a whole header', 'Bearer ks_prod_1'],
    ['JSON without the key', '{"password":"ks_prod_1"}'],
    ['JSON with a number', '{"apiKey":7}'],
    ['JSON with an empty key', '{"apiKey":""}'],
    ['a JSON list', '["ks_prod_1"]'],
    ['broken JSON', '{"apiKey":"ks_prod_1"'],
    ['letters beyond ASCII', 'ks_prod_ä'],
    ['binary', '\u0000\u0001\ufffd'],
    ['a header injection', 'ks_prod_1\r\nx-evil: 1'],
  ])('a secret that contains %s is refused as an API key, without quoting it', async (_, text) => {
    const error: unknown = await setUp(text)
      .apiKey.current()
      .catch((thrown) => thrown);
    expect(error).toMatchObject({
      fault: 'unreadable',
      message: 'The secret contains no API key: store the key itself, or {"apiKey": "..."}.',
    });
  });
});

test('an API key from the environment stays as it is', async () => {
  const apiKey = fixedApiKey('ks_dev_local');
  expect(await apiKey.current()).toBe('ks_dev_local');
  expect(await apiKey.refresh('ks_dev_local')).toBe(false);
});
