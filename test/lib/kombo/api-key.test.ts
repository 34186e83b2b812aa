import { describe, expect, test } from 'vitest';
import { type ApiKey, ApiKeyError, cachedApiKey, fixedApiKey, type StoredKey } from '../../../lib/kombo/api-key.ts';
import { type ManualClock, manualClock } from '../../fakes/manual-clock.ts';

const minuteMs = 60_000;

/** A store whose answer the test changes; an error is thrown. */
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

test('a key is read once and kept for five minutes', async () => {
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

test('files that start together ask the store once', async () => {
  const { store, apiKey } = setUp('ks_prod_1');
  expect(await Promise.all([apiKey.current(), apiKey.current(), apiKey.current()])).toEqual([
    'ks_prod_1',
    'ks_prod_1',
    'ks_prod_1',
  ]);
  expect(store.reads).toBe(1);
});

test('an old key is used on while the store is away', async () => {
  const { clock, store, apiKey } = setUp('ks_prod_1');
  await apiKey.current();
  store.holds = away;
  clock.advance(6 * minuteMs);
  expect(await apiKey.current()).toBe('ks_prod_1');
});

test('without an old key a store that is away is a fault that passes, and the next call asks again', async () => {
  const { store, apiKey } = setUp(away);
  await expect(apiKey.current()).rejects.toMatchObject({ name: 'ApiKeyError', fault: 'unavailable' });
  store.holds = 'ks_prod_1';
  expect(await apiKey.current()).toBe('ks_prod_1');
});

test('a secret that was taken away is not replaced by the old key', async () => {
  const { clock, store, apiKey } = setUp('ks_prod_1');
  await apiKey.current();
  store.holds = gone;
  clock.advance(6 * minuteMs);
  await expect(apiKey.current()).rejects.toMatchObject({ fault: 'unreadable' });
});

describe('after Kombo refused a key', () => {
  test('a new one in the store is found at once', async () => {
    const { store, apiKey } = setUp('ks_prod_1');
    await apiKey.current();
    store.holds = 'ks_prod_2';
    expect(await apiKey.refresh('ks_prod_1')).toBe(true);
    expect(await apiKey.current()).toBe('ks_prod_2');
    expect(store.reads).toBe(2);
  });

  test('the same one in the store is no other key', async () => {
    const { apiKey } = setUp('ks_prod_1');
    await apiKey.current();
    expect(await apiKey.refresh('ks_prod_1')).toBe(false);
  });

  test('many refusals ask the store once in ten seconds', async () => {
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

  test('refusals at the same moment all hear of the new key', async () => {
    const { store, apiKey } = setUp('ks_prod_1');
    await apiKey.current();
    store.holds = 'ks_prod_2';
    const heard = await Promise.all([apiKey.refresh('ks_prod_1'), apiKey.refresh('ks_prod_1')]);
    expect(heard).toEqual([true, true]);
    expect(store.reads).toBe(2);
  });

  test('a neighbour that comes later with the old key is told of the new one without asking', async () => {
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
  ])('a store that is %s has no other key, and that is no error', async (_, state) => {
    const { store, apiKey } = setUp('ks_prod_1');
    await apiKey.current();
    store.holds = state;
    expect(await apiKey.refresh('ks_prod_1')).toBe(false);
  });
});

describe('the version of the key', () => {
  test('is that of the store, and is known after the key was read', async () => {
    const { store, apiKey } = setUp('ks_prod_1');
    await apiKey.current();
    expect(await apiKey.version()).toBe('version-1');
    expect(store.reads).toBe(1);
  });

  test('is read when nothing was read so far', async () => {
    const { store, apiKey } = setUp('ks_prod_1');
    expect(await apiKey.version()).toBe('version-1');
    expect(await apiKey.current()).toBe('ks_prod_1');
    expect(store.reads).toBe(1);
  });

  test('is a minute old at most, so a run learns of a new key within that time', async () => {
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

  test('changes with a key that was found after a refusal', async () => {
    const { store, apiKey } = setUp('ks_prod_1');
    await apiKey.current();
    Object.assign(store, { holds: 'ks_prod_2', version: 'version-2' });
    await apiKey.refresh('ks_prod_1');
    expect(await apiKey.version()).toBe('version-2');
  });

  test.each([
    ['away', away],
    ['gone', gone],
  ])('is not made up while the store is %s', async (_, state) => {
    const { apiKey } = setUp(state);
    await expect(apiKey.version()).rejects.toBe(state);
  });

  test('does not reveal the key', async () => {
    expect(await setUp('ks_prod_1').apiKey.version()).not.toContain('ks_prod');
    expect(await fixedApiKey('ks_dev_local').version()).not.toContain('ks_dev');
  });
});

describe('a secret', () => {
  test.each([
    ['the key alone', 'ks_prod_Ab-1._~+/='],
    ['with a line end, as editors leave it', 'ks_prod_Ab-1._~+/=\n'],
    ['as JSON under apiKey', '{"apiKey":"ks_prod_Ab-1._~+/="}'],
    ['as JSON under KOMBO_API_KEY, as the console makes it', '{ "KOMBO_API_KEY": "ks_prod_Ab-1._~+/=", "other": 1 }'],
    ['as JSON with blanks around it', ' {"apiKey":" ks_prod_Ab-1._~+/= "} '],
  ])('%s holds the key', async (_, text) => {
    expect(await setUp(text).apiKey.current()).toBe('ks_prod_Ab-1._~+/=');
  });

  test.each([[''], [' \n']])('that is empty (%j) is named so', async (text) => {
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
  ])('that holds %s is refused, without quoting it', async (_, text) => {
    const error: unknown = await setUp(text)
      .apiKey.current()
      .catch((thrown) => thrown);
    expect(error).toMatchObject({
      fault: 'unreadable',
      message: 'The secret contains no API key: store the key itself, or {"apiKey": "..."}.',
    });
  });
});

test('a key from the environment stays as it is', async () => {
  const apiKey = fixedApiKey('ks_dev_local');
  expect(await apiKey.current()).toBe('ks_dev_local');
  expect(await apiKey.refresh('ks_dev_local')).toBe(false);
});
