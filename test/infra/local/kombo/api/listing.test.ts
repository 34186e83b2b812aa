import { describe, expect, test } from 'vitest';
import { greenhouseIntegrationId } from '../../../../../infra/local/kombo/emulator.ts';
import { call, list, pdf, post, resultsOf } from '../../../../fakes/emulator-caller.ts';
import { testEmulator } from '../../../../fakes/test-emulator.ts';

let nowMs = Date.UTC(2026, 0, 5, 9);
const emulator = await testEmulator({ clock: () => nowMs });

const storedCount = () => emulator.attachments().length;

describe('the listing', () => {
  const namesOf = async (candidateId: string) =>
    resultsOf(await list(emulator, candidateId)).map(({ file_name }) => file_name);

  test('late: a stored file is listed only later', async () => {
    await post(emulator, 'fault-late-3000ms');
    nowMs += 2999;
    expect(resultsOf(await list(emulator, 'fault-late-3000ms'))).toEqual([]);
    nowMs += 1;
    expect(resultsOf(await list(emulator, 'fault-late-3000ms'))).toMatchObject([{ file_name: 'Frank Doe CV.pdf' }]);
    expect(storedCount()).toBe(1);
  });

  test('never-lists: a stored file is not listed', async () => {
    await post(emulator, 'fault-never-lists');

    expect(await namesOf('fault-never-lists')).toEqual([]);
    expect(storedCount()).toBe(1);
  });

  test('a habit can apply to one listing only', async () => {
    await post(emulator, 'Frank1');
    emulator.faults.arm('list-renamed', { times: 1 });

    expect([await namesOf('Frank1'), await namesOf('Frank1')]).toEqual([['CV_1.pdf'], ['Frank Doe CV.pdf']]);
  });

  test('thousand: the listing has 1,000 entries with nulls and other files among them, the sent file last', async () => {
    await post(emulator, 'fault-thousand_and_doubled-extension');

    const results: readonly unknown[] = resultsOf(await list(emulator, 'fault-thousand_and_doubled-extension'));
    expect(results).toHaveLength(1000);
    expect(results).toContain(null);
    expect(results).toContainEqual(expect.objectContaining({ type: 'PORTRAIT' }));
    expect(results).toContainEqual(expect.objectContaining({ file_name: 'Certificate 0.pdf.pdf' }));
    expect(results.at(-1)).toMatchObject({ file_name: 'Frank Doe CV.pdf.pdf', remote_created_at: null });
  });

  test('one candidate id can ask for a fault of the post and one of the listing', async () => {
    const id = 'fault-html-502-stored-1_and_list-status-403-1_as_jane';
    expect((await post(emulator, id)).status).toBe(502);
    expect((await list(emulator, id)).status).toBe(403);
    expect(await namesOf(id)).toEqual(['Frank Doe CV.pdf']);
  });

  test('the listing of an application has the short form of entries', async () => {
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

describe('whole-person', () => {
  const application = (id: string) => `/ats/applications/${id}/attachments`;
  const postTo = (path: string, name: string) =>
    call(emulator, { method: 'POST', path, body: JSON.stringify({ attachment: { ...pdf, name } }) });

  test('whole-person: both listings show the files of the candidate and of all linked applications', async () => {
    const integrationId = greenhouseIntegrationId;
    emulator.integrations.change(integrationId, { habits: ['whole-person'] });
    for (const applicationId of ['A1', 'A2']) {
      emulator.linkApplication({ integrationId, applicationId, candidateId: 'Frank1' });
    }
    await post(emulator, 'Frank1');
    await postTo(application('A1'), 'One.pdf');
    await postTo(application('A2'), 'Two.pdf');

    const whole = [
      { file_name: 'Frank Doe CV.pdf', candidate_id: 'Frank1', application_id: null },
      { file_name: 'One.pdf', candidate_id: 'Frank1', application_id: 'A1' },
      { file_name: 'Two.pdf', candidate_id: 'Frank1', application_id: 'A2' },
    ];
    expect(resultsOf(await list(emulator, 'Frank1'))).toMatchObject(whole);
    expect(resultsOf(await call(emulator, { path: application('A1') }))).toMatchObject(whole);
  });

  test('whole-person: an application without a candidate lists its own files, with its id', async () => {
    await postTo(application('fault-whole-person'), 'One.pdf');

    expect(resultsOf(await call(emulator, { path: application('fault-whole-person') }))).toMatchObject([
      { file_name: 'One.pdf', candidate_id: null, application_id: 'fault-whole-person' },
    ]);
  });
});
