import { beforeEach, describe, expect, test } from 'vitest';
import type { LifecycleAction, LifecycleRule, StackSetup } from '../../../../lib/operator/check/stack-setup.ts';
import { fail, ok } from '../../../../lib/result.ts';
import { integrationId } from '../../../fakes/ledger-samples.ts';
import { refuses } from '../../../fakes/scripted-kombo.ts';
import { type CheckWorld, checkWorld } from '../../../worlds/check-world.ts';
import { key, setup } from '../../../worlds/courier-world.ts';

let world: CheckWorld;
beforeEach(() => {
  world = checkWorld();
});

test.each([
  ['bucket, folder candidates/', 'list'],
  ['reading an object', 'open'],
] as const)(
  'a check of a bucket without a right reports only "%s" as wrong, and names the right',
  async (what, call) => {
    world.put(key);
    const { storage } = world.newFunction();
    const denied = async () => fail('STORAGE_DENIED', 'S3 answered AccessDenied (HTTP 403).');
    const { of, wrong } = await world.check({ storage: { ...storage, [call]: denied } });
    expect(wrong).toEqual([what]);
    expect(of(what)?.todo).toContain('s3:GetObject');
  },
);

describe('check of the bucket', () => {
  const linesWith = async (change: Partial<StackSetup>, env: Record<string, string> = {}) =>
    world.check({ ...world.newFunction(env), setup: { ...setup, ...change } });
  const ruleLines = async (rule: Partial<LifecycleRule>, change: Partial<StackSetup> = {}) => {
    const lifecycle: StackSetup['lifecycle'] = async () =>
      ok([{ name: 'tidy-up', prefix: '', onlyTagged: false, actions: [], ...rule }]);
    return (await linesWith({ ...change, lifecycle })).about('lifecycle');
  };
  const deletesAfter = (afterDays: number, to: LifecycleAction['to'] = 'objects'): LifecycleAction => ({
    does: 'deletes',
    to,
    when: { afterDays },
  });
  const clean = { what: 'lifecycle rules', state: 'ok' };

  test('a check warns about a rule that deletes watched objects after a week, with the rule and the folder', async () => {
    expect(await ruleLines({ actions: [deletesAfter(7)] })).toMatchObject([
      {
        what: 'lifecycle rule tidy-up',
        state: 'warning',
        found: 'It deletes objects in candidates/ 7 days after their upload.',
        todo: expect.stringContaining('at least 30 days'),
      },
    ]);
  });

  test.each<[string, Partial<LifecycleRule>]>([
    ['waits 30 days', { actions: [deletesAfter(30)] }],
    ['concerns another folder', { prefix: 'logs/', actions: [deletesAfter(1)] }],
    ['concerns only objects that are too large to be sent', { largerThanBytes: 10_000, actions: [deletesAfter(1)] }],
    ['does nothing to files', { actions: [] }],
  ])('a check reports a bucket with a rule that %s as fine', async (_name, rule) => {
    expect(await ruleLines(rule)).toMatchObject([clean]);
  });

  test.each<[string, Partial<LifecycleRule>, string]>([
    ['of a folder above', { prefix: 'cand' }, 'deletes objects in candidates/ 29 days after their upload'],
    ['of a folder inside', { prefix: 'candidates/tmp' }, 'deletes objects in candidates/ 29 days'],
    ['of tagged objects', { onlyTagged: true }, 'deletes objects with certain tags in candidates/'],
    [
      'that archives',
      { actions: [{ does: 'archives', to: 'objects', when: { afterDays: 0 } }] },
      'It archives objects in candidates/ 0 days after their upload.',
    ],
    [
      'from a date on, which applies to new objects forever',
      { actions: [{ does: 'deletes', to: 'objects', when: { from: new Date(Date.UTC(2099, 0, 1)) } }] },
      'It deletes objects in candidates/ from 2099-01-01 on, and new ones immediately.',
    ],
  ])('a check warns about a bucket with a rule %s', async (_name, rule, found) => {
    expect(await ruleLines({ actions: [deletesAfter(29)], ...rule })).toMatchObject([
      { state: 'warning', found: expect.stringContaining(found) },
    ]);
  });

  test('a check warns about a rule for old versions when versions are kept, or when that is unknown', async () => {
    const rule = { name: '', actions: [deletesAfter(1, 'old versions')] };
    const expected = {
      what: 'lifecycle rule without a name',
      found: 'It deletes old versions in candidates/ 1 day after they were replaced.',
    };
    expect(await ruleLines(rule)).toMatchObject([expected]);
    const versioning = async () => ({ ok: false, error: 'AccessDenied' }) as const;
    expect(await ruleLines(rule, { versioning })).toMatchObject([expected]);
    expect(await ruleLines(rule, { versioning: async () => ok('suspended') })).toMatchObject([clean]);
  });

  test('a check of a bucket whose rules may not be read does not call it fine, and names the right', async () => {
    const { of } = await linesWith({ lifecycle: async () => ({ ok: false, error: 'AccessDenied' }) });
    expect(of('lifecycle rules')).toMatchObject({
      state: 'not tested',
      found: expect.stringContaining('AccessDenied'),
      todo: expect.stringContaining('s3:GetLifecycleConfiguration'),
    });
  });

  test.each<[string, Awaited<ReturnType<StackSetup['versioning']>>, string, string]>([
    ['with versions', ok('enabled'), 'ok', 'pinned to one version'],
    ['without versions', ok('never enabled'), 'warning', 'is off'],
    ['with suspended versions', ok('suspended'), 'warning', 'is suspended'],
    ['that may not be asked', { ok: false, error: 'AccessDenied' }, 'not tested', 'sent as data'],
  ])('check of a bucket %s says whether links can be pinned', async (_name, answer, state, found) => {
    const versioning = async () => answer;
    const { of } = await linesWith({ versioning }, { TRANSFER: 'data_url' });
    expect(of('links to files')).toMatchObject({ state, found: expect.stringContaining(found) });
    expect((await linesWith({ versioning })).of('links to files')).toBeUndefined();
  });
});

describe('check of the ids in keys', () => {
  const idLines = async (change: object = {}) =>
    (await world.check(change)).lines.filter(({ what }) => what.includes('ids'));
  const komboIds = ['8Xi6iZrwusZqJmDGXs49GBmJ', 'BTbkvY2w5ou3z3hdwuKcKzDh', 'H5daSm8e85Dmvmne3wLeCPhX'];
  const put = (ids: readonly string[]) => {
    for (const id of ids) world.put(`candidates/${id}/Frank Doe CV.pdf`);
  };

  test("a check warns when most ids in keys are not in Kombo's form, and shows counts and no id", async () => {
    put(['1001', '1002', '1003', '1004', ...komboIds]);
    const [line, ...others] = await idLines();
    expect(others).toEqual([]);
    expect(line).toMatchObject({
      what: `ids in keys of ${integrationId}`,
      state: 'warning',
      found: expect.stringContaining('4 of the 7 ids'),
      todo: expect.stringContaining('remote_id'),
    });
    expect(JSON.stringify(line)).not.toMatch(/1001|Frank|BTbk/);
  });

  test.each([
    ['two of them', ['1001', '1002']],
    ['a minority', ['1001', '1002', '1003', ...komboIds]],
  ])('a check reports ids in keys as fine when only %s look unusual', async (_name, ids) => {
    put(ids);
    expect(await idLines()).toMatchObject([{ what: 'ids in keys', state: 'ok' }]);
  });

  test('a check warns about ids that Kombo did not know from the third target of an integration on', async () => {
    const templates = { KEY_TEMPLATES: '{integration_id}/{candidate_id}/{filename}', KOMBO_INTEGRATION_ID: '' };
    const runtime = () => world.newFunction(templates);
    const other = 'lever:CBNMt7dSNCzBdnRTx87dev4E';
    const attach = async (of: string, id: string, name: string) => {
      const path = `${of}/${id}/${name}.pdf`;
      world.put(path);
      world.kombo.script.push(() => refuses('KOMBO_NOT_FOUND'));
      await world.ask({ action: 'attach', key: path }, runtime());
    };
    for (const [place, id] of komboIds.entries()) await attach(other, id, `CV ${place}`);
    for (const name of ['a', 'b', 'c']) await attach(integrationId, 'GRK123', name);
    const lines = await idLines(runtime());
    expect(lines).toMatchObject([
      {
        what: `unknown ids of ${other}`,
        state: 'warning',
        found: expect.stringContaining('3 targets of held files (KOMBO_NOT_FOUND)'),
        todo: expect.stringContaining('all ids change'),
      },
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/GRK123|BTbk/);
  });

  test('a check does not warn about ids of files that are held because of something else', async () => {
    for (const id of komboIds)
      await world.attach(`candidates/${id}/Frank Doe CV.pdf`, () => refuses('KOMBO_FORBIDDEN'));
    expect(await idLines()).toMatchObject([{ what: 'ids in keys', state: 'ok' }]);
  });
});

describe('check of synced attachments', () => {
  const linesWith = async (change: object = {}) => (await world.check(change)).about('synced attachments');
  const syncs = (...files: readonly { readonly bucket: string; readonly key: string }[]) => {
    world.kombo.syncedFiles = async () => ({ ok: true, value: files, concurrency: {} });
  };
  const suffix =
    'ats_attachments/integrations/greenhousev3:BsUP8fPMzHDo/candidates/BTbkvY2w5ou3z3hdwuKcKzDh/EYJjhMQT3LtV';
  const what = `synced attachments of ${integrationId}`;

  test('a check reports synced attachments that match a key template as wrong, because each CV would be attached again', async () => {
    syncs({ bucket: 'cv-inbox', key: 'candidates/GRK123/EYJjhMQT3LtV' });
    expect(await linesWith()).toMatchObject([
      {
        what,
        state: 'wrong',
        found: expect.stringContaining('1 of 1 keys match a key template: each of these files is attached again'),
        todo: expect.stringContaining('another bucket'),
      },
    ]);
  });

  test('a check warns about synced attachments in a watched folder that match no key template', async () => {
    syncs({ bucket: 'cv-inbox', key: `candidates/${suffix}` });
    expect(await linesWith()).toMatchObject([{ what, state: 'warning', found: expect.stringContaining('not sent') }]);
  });

  test.each([
    ['in another bucket', { bucket: 'acme-files', key: 'candidates/GRK123/EYJjhMQT3LtV' }, 'Kombo named 1'],
    [
      'in a folder that is not watched',
      { bucket: 'cv-inbox', key: `kombo/${suffix}` },
      'none of them in a watched folder',
    ],
  ])('a check reports synced attachments %s as fine', async (_name, file, found) => {
    syncs(file);
    expect(await linesWith()).toMatchObject([{ what, state: 'ok', found: expect.stringContaining(found) }]);
  });

  test.each([
    ['INTEGRATION.MODEL_DISABLED', 'ok', 'syncs none'],
    ['INTEGRATION.MODEL_NOT_AVAILABLE', 'ok', 'syncs none'],
    ['KOMBO_FORBIDDEN', 'not tested', 'does not report'],
    ['KOMBO_NOT_FOUND', 'not tested', 'does not report'],
    ['KOMBO_UNAVAILABLE', 'not tested', 'does not report'],
  ] as const)('check of synced attachments about which Kombo answers %s: %s', async (code, state, found) => {
    const failure = { code, detail: 'Kombo answered.' };
    world.kombo.syncedFiles = async () => ({ ok: false, failure, concurrency: {} });
    expect(await linesWith()).toMatchObject([{ what, state, found: expect.stringContaining(found) }]);
  });

  test('a check recognises synced attachments by the keys in the bucket when Kombo cannot be asked about an integration', async () => {
    const templates = '{any}/integrations/{integration_id}/candidates/{candidate_id}/{filename}';
    const runtime = world.newFunction({ KEY_TEMPLATES: templates, KOMBO_INTEGRATION_ID: '' });
    world.put(suffix);
    world.put(`${suffix}.pdf`);
    world.put('inbox/integrations/greenhouse:1/candidates/GRK123/CV.pdf');
    expect(await linesWith(runtime)).toMatchObject([
      {
        what: 'synced attachments',
        state: 'wrong',
        found: expect.stringContaining('2 of 2 keys match a key template'),
      },
    ]);
  });
});
