import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type KomboEmulator, startKomboEmulator } from '../../../../../infra/local/kombo/emulator.ts';
import { call, list, pdf, post, resultsOf } from '../../../../fakes/emulator-caller.ts';

let emulator: KomboEmulator;
beforeAll(async () => {
  emulator = await startKomboEmulator();
});
beforeEach(() => emulator.reset());
afterAll(() => emulator.close());

const storedCount = () => emulator.attachments().length;

describe('the listing', () => {
  const namesOf = async (candidateId: string) =>
    resultsOf(await list(emulator, candidateId)).map(({ file_name }) => file_name);

  test('late-listing: a stored file is listed only later', async () => {
    let nowMs = Date.UTC(2026, 0, 5, 9);
    const timed = await startKomboEmulator({ clock: () => nowMs });
    try {
      await post(timed, 'fault-late-listing-3000ms');
      nowMs += 2999;
      expect(resultsOf(await list(timed, 'fault-late-listing-3000ms'))).toEqual([]);
      nowMs += 1;
      expect(resultsOf(await list(timed, 'fault-late-listing-3000ms'))).toMatchObject([
        { file_name: 'Frank Doe CV.pdf', remote_created_at: '2026-01-05T09:00:00.000Z' },
      ]);
      expect(timed.attachments()).toHaveLength(1);
    } finally {
      await timed.close();
    }
  });

  test('renamed: listed under another name, with the same extension', async () => {
    await post(emulator, 'fault-renamed');

    expect(await namesOf('fault-renamed')).toEqual(['CV_1.pdf']);
    expect(emulator.attachments()[0]?.name).toBe('Frank Doe CV.pdf');
  });

  test('undated: listed without dates', async () => {
    await post(emulator, 'fault-undated');

    const [entry] = resultsOf(await list(emulator, 'fault-undated'));
    expect([entry?.remote_created_at, entry?.remote_updated_at]).toEqual([null, null]);
  });

  test.each([
    ['late-listing-60000ms', []],
    ['renamed', [{ file_name: 'CV_1.pdf' }]],
    ['undated', [{ file_name: 'Frank Doe CV.pdf', remote_created_at: null, remote_updated_at: null }]],
  ])('list-%s: the same for files that are there already', async (fault, expected) => {
    await post(emulator, 'Frank1');
    emulator.faults.arm(`list-${fault}`, { times: 1 });

    expect(resultsOf(await list(emulator, 'Frank1'))).toMatchObject(expected);
    expect(resultsOf(await list(emulator, 'Frank1'))).toMatchObject([{ remote_created_at: expect.any(String) }]);
  });

  test('odd-listing: a thousand entries, nulls and strangers among them, the true one last', async () => {
    await post(emulator, 'fault-odd-listing');

    const results: readonly unknown[] = resultsOf(await list(emulator, 'fault-odd-listing'));
    expect(results).toHaveLength(1000);
    expect(results).toContain(null);
    expect(results).toContainEqual(expect.objectContaining({ type: 'PORTRAIT' }));
    expect(results.at(-1)).toMatchObject({ file_name: 'Frank Doe CV.pdf', candidate_id: 'fault-odd-listing' });
  });

  test.each([
    ['list-INTEGRATION--PERMISSION_MISSING', 403],
    ['list-PLATFORM--SOMETHING_NEW', 400],
    ['list-status-404', 404],
    ['list-html-502', 502],
  ])('%s: the file is taken, the listing refused', async (fault, status) => {
    const posted = await post(emulator, `fault-${fault}`);
    const listed = await list(emulator, `fault-${fault}`);

    expect([posted.status, listed.status]).toEqual([200, status]);
    expect(storedCount()).toBe(1);
  });

  test('a fault of the post leaves the listing alone', async () => {
    await post(emulator, 'fault-html-502-stored');

    expect(await namesOf('fault-html-502-stored')).toEqual(['Frank Doe CV.pdf']);
  });

  test('one id can hold a fault for each', async () => {
    const id = 'fault-html-502-stored-1_and_list-status-403-1_as_jane';
    expect((await post(emulator, id)).status).toBe(502);
    expect((await list(emulator, id)).status).toBe(403);
    expect(await namesOf(id)).toEqual(['Frank Doe CV.pdf']);
  });

  test('of an application keeps the short form', async () => {
    const path = '/ats/applications/A1/attachments';
    await call(emulator, { method: 'POST', path, body: JSON.stringify({ attachment: pdf }) });

    const [entry] = resultsOf(await call(emulator, { path }));
    expect(Object.keys(entry ?? {}).sort()).toEqual([
      'content_type',
      'data_url',
      'file_name',
      'id',
      'remote_created_at',
      'remote_id',
      'remote_updated_at',
      'type',
    ]);
  });
});
