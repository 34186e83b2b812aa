import { beforeEach, describe, expect, test } from 'vitest';
import { pdf } from '../../../fakes/files.ts';
import { losesAnswer, refuses } from '../../../fakes/scripted-kombo.ts';
import { type CourierWorld, courierWorld, key } from '../../../worlds/courier-world.ts';

let world: CourierWorld;
beforeEach(() => {
  world = courierWorld();
});

describe('status of a key', () => {
  test('status of a key says that it is attached, since when and as what', async () => {
    await world.attach();
    const answer = await world.ask({ action: 'status', key });
    expect(answer).toMatchObject({
      ok: true,
      object: { exists: true },
      files: [
        {
          status: 'attached',
          attachedAt: '2026-01-05T09:00:00.000Z',
          knownBy: "Kombo's answer",
          sentAs: { type: 'CV' },
        },
      ],
    });
  });

  test('status of a key that was never seen says so, and that its object exists', async () => {
    world.put(key);
    const answer = await world.ask({ action: 'status', key });
    expect(answer).toMatchObject({ ok: true, object: { exists: true }, files: [], next: { action: 'attach', key } });
    expect(answer.message).toBe(
      'The ledger has never seen this key. The object is in the bucket; the request in "next" sends it.',
    );
  });

  test('status of a key that was never seen says so, and that there is no object', async () => {
    const answer = await world.ask({ action: 'status', key });
    expect(answer).toMatchObject({ object: { exists: false }, files: [] });
    expect(answer.message).toBe('The ledger has never seen this key, and the object does not exist in the bucket.');
  });

  test('status of a key that looks encoded is answered for the decoded key', async () => {
    const answer = await world.ask({ action: 'status', key: 'candidates/GRK123/Frank+Doe%20CV.pdf' });
    expect(answer.next).toEqual({ action: 'status', key });
  });

  test.each([
    [`/${key}`, 'Remove the slash at its beginning. Run the request in "next".', { action: 'status', key }],
    ['candidates/GRK123/', 'This is a folder. Ask with "candidate_id" or', undefined],
    ['Frank Doe CV.pdf', 'This is only a file name. Give the whole key,', undefined],
  ])('status of a wrong key (%s) names the mistake', async (wrong, hint, next) => {
    const answer = await world.ask({ action: 'status', key: wrong });
    expect(answer.message).toContain(hint);
    expect(answer.next).toEqual(next);
    expect(answer).not.toHaveProperty('note');
    const retried = await world.ask({ action: 'retry', key: wrong, reason: 'Try.' });
    expect(retried.message).toContain(hint.split('. ')[0]);
  });

  test('status of an object that waits for its scan verdict says so, and offers no request that would hold it', async () => {
    world.put(key);
    const { settings } = world.newFunction({ REQUIRE_SCAN: 'true' });
    const answer = await world.ask({ action: 'status', key }, { settings });
    expect(answer.message).toContain('it waits for the verdict of the malware scan (REQUIRE_SCAN is on).');
    expect(answer).not.toHaveProperty('next');
    const ofTarget = await world.ask({ action: 'status', candidate_id: 'GRK123' }, { settings });
    expect(ofTarget.message).toContain('a new upload has a record only once its scan verdict has arrived');
  });

  test('status of a held file has the requests that decide about it', async () => {
    await world.attach(key, () => refuses('KOMBO_NOT_FOUND'));
    const { files } = await world.ask({ action: 'status', key });
    const [{ next }] = files as [{ next: { action: string }[] }];
    expect(next.map(({ action }) => action)).toEqual(['retry', 'resolve']);
    expect(await world.ask(next[0])).toMatchObject({ ok: true, files: [{ status: 'attached' }] });
  });

  test('status of a key that matches no template says why it has no target, and does not offer to send it', async () => {
    world.put('inbox/CV.pdf');
    const answer = await world.ask({ action: 'status', key: 'inbox/CV.pdf' });
    expect(answer.note).toMatch(/^KEY_NOT_MATCHED: No template matches\./);
    expect(answer.message).toContain('but its key would be rejected, as "note" says');
    expect(answer).not.toHaveProperty('next');
  });

  test('status of a key finds its record after its object was deleted', async () => {
    await world.attach();
    world.bucket.delete(key);
    const answer = await world.ask({ action: 'status', key });
    expect(answer).toMatchObject({ object: { exists: false }, files: [{ status: 'attached' }] });
  });

  test('status of a key shows the current object first, and earlier objects below', async () => {
    await world.attach();
    const newer = { etag: 'newer', bytes: Buffer.concat([pdf, Buffer.from('newer')]) };
    await world.attach(key, () => refuses('REMOTE.RATE_LIMIT_EXCEEDED'), newer);
    const answer = await world.ask({ action: 'status', key });
    expect(answer.files).toMatchObject([{ etag: 'newer', status: 'waiting' }, { status: 'attached' }]);
    expect(answer.message).toContain('sent automatically after');
    expect(await world.ask({ action: 'status', key, etag: 'etag-0' })).toMatchObject({
      message: 'It is attached to candidate GRK123, since 2026-01-05T09:00:00.000Z.',
    });
    expect(await world.ask({ action: 'status', key, etag: 'none' })).toMatchObject({ ok: false });
  });

  test('status of a key whose bucket does not answer says that the object is unknown', async () => {
    const { storage } = world.newFunction();
    const find = async () =>
      ({ ok: false, error: { code: 'STORAGE_DENIED', detail: 'S3 answered AccessDenied (HTTP 403).' } }) as const;
    const answer = await world.ask({ action: 'status', key }, { storage: { ...storage, find } });
    expect(answer).toMatchObject({ ok: false, object: { exists: 'unknown' } });
    expect(answer.message).toContain("Give the function's role s3:GetObject");
  });
});

describe('status of a target', () => {
  test('status of a target lists its files, and continues by a cursor', async () => {
    for (const name of ['GRK123/A', 'GRK123/B', 'GRK123/C', 'GRK9/D']) await world.attach(`candidates/${name}.pdf`);
    const first = await world.ask({ action: 'status', candidate_id: 'GRK123', limit: 2 });
    expect(first.message).toBe('The ledger knows more than 2 files of candidate GRK123: 2 attached.');
    expect(first.files).toHaveLength(2);
    const second = await world.ask(first.next);
    expect(second.files).toMatchObject([{ key: 'candidates/GRK123/C.pdf' }]);
    expect(second).not.toHaveProperty('next');
  });

  test('status of a target begins with its newest file', async () => {
    await world.attach('candidates/GRK123/A.pdf');
    world.clock.advance(1_000);
    await world.attach('candidates/GRK123/0.pdf', () => refuses('KOMBO_NOT_FOUND'));
    expect((await world.ask({ action: 'status', candidate_id: 'GRK123' })).message).toMatch(
      /^The newest file: It is held: .* The ledger knows 2 files of candidate GRK123: (1 held, 1 attached|1 attached, 1 held)\.$/,
    );
  });

  test('status of an unknown target says so', async () => {
    const answer = await world.ask({ action: 'status', application_id: 'GRK123' });
    expect(answer).toMatchObject({ ok: true, target: 'application/GRK123', files: [] });
    expect(answer.message).toContain('The ledger has no record of a file of application GRK123.');
  });

  test('status of a target with a foreign cursor says so', async () => {
    await world.attach();
    const answer = await world.ask({ action: 'status', candidate_id: 'GRK123', cursor: 'elsewhere' });
    expect(answer).toMatchObject({ ok: false });
  });
});

describe('status of all', () => {
  test('status of all with no open file says so in one sentence', async () => {
    await world.attach();
    expect(await world.ask({ action: 'status' })).toMatchObject({
      ok: true,
      message: 'Nothing is waiting or held.',
      counts: { sending: 0, waiting: 0, unknown: 0, held: 0, dueNow: 0 },
      held: [],
    });
  });

  test('status of all counts waiting and held files, by code with its next step', async () => {
    const fates = ['REMOTE.RATE_LIMIT_EXCEEDED', 'KOMBO_NOT_FOUND', 'KOMBO_NOT_FOUND'] as const;
    for (const [index, code] of fates.entries()) {
      await world.attach(`candidates/GRK${index}/CV.pdf`, () => refuses(code));
    }
    await world.attach('candidates/GRK4/CV.pdf', losesAnswer);
    const answer = await world.ask({ action: 'status' });
    expect(answer).toMatchObject({
      counts: { sending: 0, waiting: 1, unknown: 1, held: 2, dueNow: 0 },
      heldByCode: [{ code: 'KOMBO_NOT_FOUND', number: 2, nextStep: expect.stringContaining('Check the id') }],
      held: [{ code: 'KOMBO_NOT_FOUND' }, { code: 'KOMBO_NOT_FOUND' }],
    });
    expect(answer.message).toBe('2 held: an operator must act. 2 continue automatically, 0 of them due now.');
    world.clock.advance(24 * 3_600_000);
    expect(await world.ask({ action: 'status' })).toMatchObject({ counts: { dueNow: 2 } });
  });

  test('status of all lists held files page by page, each once, even if all were held at the same time', async () => {
    for (let index = 0; index < 25; index += 1) {
      await world.attach(`candidates/GRK${index}/CV.pdf`, () => refuses('KOMBO_NOT_FOUND'));
    }
    const seen: unknown[] = [];
    let request: unknown = { action: 'status', limit: 10 };
    for (let page = 1; page <= 3; page += 1) {
      const answer = await world.ask(request);
      seen.push(...(answer.held as { key: string }[]).map((file) => file.key));
      request = answer.next;
    }
    expect(seen).toHaveLength(25);
    expect(new Set(seen).size).toBe(25);
    expect(request).toBeUndefined();
  });

  test('status of all costs the same calls however much is attached or rejected', async () => {
    await world.attach();
    world.table.calls.length = 0;
    await world.ask({ action: 'status' });
    const bare = world.table.calls.length;
    for (let index = 0; index < 300; index += 1) await world.attach(`candidates/GRK123/${index}.pdf`);
    for (let index = 0; index < 150; index += 1)
      await world.attach(`candidates/GRK9/${index}.pdf`, () => refuses('REMOTE.INPUT_INVALID'));
    world.table.calls.length = 0;
    await world.ask({ action: 'status' });
    expect(world.table.calls).toHaveLength(bare);
  });

  test.each([
    [undefined, { sentence: 'No pass of the sweep has started so far; the first scheduled run starts one.' }],
    ['?', { sentence: expect.stringContaining('cannot be read'), nextStep: expect.stringContaining('SWEEP_SINCE') }],
    [
      '{"since":{},"watermark":0,"finishedAt":1767603600000,"unaccounted":2,"unmatched":3,"folders":["re•••/ (length 7)"]}',
      {
        sentence: 'The last pass ended at 2026-01-05T09:00:00.000Z, less than a minute ago.',
        nextStep: expect.stringMatching(
          /^The log of on-schedule says why .*"list":"rejected"\} shows them\. If CVs are uploaded into a folder /,
        ),
        age: 'less than a minute',
        finishedAt: '2026-01-05T09:00:00.000Z',
        unaccounted: 2,
        keysNotMatched: 3,
        unwatchedFolders: ['re•••/ (length 7)'],
      },
    ],
    [
      // Listing has been denied since the first pass started, two days and an hour ago.
      '{"since":{},"watermark":0,"startedAt":1767427200000,"pass":{"startedAt":1767427200000,"prefix":"","deep":true,"unaccounted":0}}',
      {
        sentence: 'No pass has finished so far; the first one started at 2026-01-03T08:00:00.000Z, 49 hours ago.',
        nextStep: expect.stringContaining('s3:ListBucket'),
        startedAt: '2026-01-03T08:00:00.000Z',
        age: '49 hours',
      },
    ],
  ])('status of all shows the last sweep and folders that no template watches (item %j)', async (document, sweep) => {
    if (document !== undefined) world.table.items.set('sweep', { pk: 'sweep', version: 1, document });
    expect((await world.ask({ action: 'status' })).sweep).toEqual(sweep);
  });

  test('status of all shows the canary in one sentence when it is on', async () => {
    expect(await world.ask({ action: 'status' })).not.toHaveProperty('canary');
    const settings = world.newFunction({ CANARY_KEY: 'canary/sandbox:1/GRK1/canary.pdf' }).settings;
    expect(await world.ask({ action: 'status' }, { settings })).toMatchObject({
      canary: {
        sentence: 'The canary is on; the next scheduled run uploads its file.',
        key: 'canary/sandbox:1/GRK1/canary.pdf',
      },
    });
  });

  test('status of all counts as far as time allows, and says so', async () => {
    await world.attach(key, () => refuses('KOMBO_NOT_FOUND'));
    const answer = await world.ask({ action: 'status' }, { deadline: world.deadline(10_000) });
    expect(answer.countsAre).toBe('at least; time ran out');
  });

  test.each([
    ...['xyz', 'held|', 'held|1', 'held||x', 'held|1e999|x', 'held|1.2.3|x', 'rejected|1|x', '1|x', '|'].map(
      (cursor) => ({ cursor }),
    ),
    { list: 'rejected', cursor: 'held|1|x' },
  ])('status of all with a cursor that does not belong to its list says so: %j', async (request) => {
    expect(await world.ask({ action: 'status', ...request })).toEqual({
      ok: false,
      message: '"cursor" does not belong to this list. Repeat the request without it.',
    });
  });

  test('status of all shows a record that cannot be read as unreadable', async () => {
    world.damage(await world.attach(key, () => refuses('KOMBO_NOT_FOUND')));
    expect(await world.ask({ action: 'status' })).toMatchObject({ held: [{ key, code: 'RECORD_UNREADABLE' }] });
    expect(await world.ask({ action: 'status', key })).toMatchObject({ files: [{ code: 'RECORD_UNREADABLE' }] });
    expect(await world.ask({ action: 'retry', key, reason: 'Try.' })).toMatchObject({ ok: false });
  });
});
