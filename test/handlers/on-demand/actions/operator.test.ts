import { beforeEach, describe, expect, test } from 'vitest';
import { deliver } from '../../../../lib/delivery/deliver.ts';
import { holdUnscanned, noteVerdict } from '../../../../lib/delivery/scan-verdict.ts';
import { toItem } from '../../../../lib/ledger/record-item.ts';
import { hour, integrationId, nine, recordIn } from '../../../fakes/ledger-samples.ts';
import { losesAnswer, losesFile, type PostScript, refuses } from '../../../fakes/scripted-kombo.ts';
import { type CourierWorld, courierWorld, key, reason } from '../../../worlds/courier-world.ts';

let world: CourierWorld;
beforeEach(() => {
  world = courierWorld();
});

const notFound: PostScript = () => refuses('KOMBO_NOT_FOUND');

describe('retry', () => {
  test('retry sends a held file immediately, and keeps the reason', async () => {
    await world.attach(key, notFound);
    const answer = await world.ask({ action: 'retry', key, reason });
    expect(answer).toMatchObject({ ok: true, files: [{ status: 'attached', attempts: 2 }] });
    expect(await world.ask({ action: 'status', key })).toMatchObject({
      files: [{ lastOperator: { action: 'retry', reason } }],
    });
  });

  test('retry sends a rejected file, because the rule may have changed', async () => {
    await world.attach(key, () => refuses('REMOTE.INPUT_INVALID'));
    expect(await world.ask({ action: 'retry', key, reason })).toMatchObject({ ok: true });
  });

  test('retry of a file that may be delivered reads the target, and sends nothing', async () => {
    await world.attach(key, losesAnswer);
    expect(await world.run(world.ask({ action: 'retry', key, reason }))).toMatchObject({
      ok: true,
      files: [{ status: 'attached' }],
    });
    expect(world.kombo.posts).toHaveLength(1);
    expect(world.kombo.listings).toHaveLength(1);
  });

  test('retry of an attached file does nothing, and names the way to send it anyway', async () => {
    await world.attach();
    const answer = await world.ask({ action: 'retry', key, reason });
    expect(answer).toMatchObject({ ok: false, files: [{ status: 'attached' }] });
    expect(answer.message).toContain('use "resend" with "force": true');
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('retry of a key that was never seen does nothing', async () => {
    expect(await world.ask({ action: 'retry', key, reason })).toMatchObject({ ok: false });
    world.put(key);
    expect(await world.ask({ action: 'retry', key, reason })).toMatchObject({
      ok: false,
      next: { action: 'attach', key },
    });
    expect(world.kombo.posts).toHaveLength(0);
  });

  test('a file with a threat is sent neither by retry, with or without "force", nor by resend', async () => {
    const upload = world.put(key);
    await noteVerdict(upload, { code: 'SCAN_THREAT_FOUND' }, world.deadline(), world.newFunction());
    const [retry, resend] = [{ action: 'retry' }, { action: 'resend', force: true }];
    for (const event of [retry, { ...retry, force: true }, resend]) {
      const answer = await world.ask({ ...event, key, reason });
      expect(answer).toMatchObject({ ok: false, files: [{ status: 'held', code: 'SCAN_THREAT_FOUND' }] });
      expect(answer.message).toContain('Only a clean verdict of a new scan releases it');
      expect(answer.message).not.toContain('"force"');
    }
    const byCode = await world.ask({ action: 'retry', code: 'SCAN_THREAT_FOUND', reason });
    expect(byCode).toMatchObject({ ok: false, message: expect.not.stringContaining('"force"') });
    expect(await world.ask({ action: 'retry', candidate_id: 'GRK123', reason })).toMatchObject({
      ok: false,
      released: 0,
    });
    expect(world.kombo.posts).toHaveLength(0);
  });

  describe.each(['SCAN_UNSUPPORTED', 'SCAN_DENIED', 'SCAN_FAILED', 'SCAN_VERDICT_UNKNOWN', 'SCAN_MISSING'] as const)(
    'retry of a file that the scan holds as %s',
    (code) => {
      const heldByScan = async (name: string): Promise<void> => {
        const modifiedAt = world.clock.now() - hour;
        const [upload, courier] = [world.put(name, { modifiedAt }), world.newFunction()];
        if (code === 'SCAN_MISSING') await holdUnscanned(upload, undefined, courier);
        else await noteVerdict(upload, { code, at: world.clock.now() }, world.deadline(), courier);
      };
      beforeEach(() => heldByScan(key));

      test('retry without "force" does not release a file that the scan holds, and says what does', async () => {
        const answer = await world.ask({ action: 'retry', key, reason });
        expect(answer).toMatchObject({ ok: false, files: [{ status: 'held', code }] });
        expect(answer.message).toMatch(
          /^Nothing was done: the malware scan has not found this file clean\. .* To send it without one, add "force": true\./,
        );
        expect(world.kombo.posts).toHaveLength(0);
      });

      test('retry with "force" sends a file that the scan holds, because an operator names it and gives a reason', async () => {
        expect(await world.ask({ action: 'retry', key, force: true, reason })).toMatchObject({
          ok: true,
          files: [{ status: 'attached' }],
        });
        expect(world.kombo.posts).toHaveLength(1);
      });

      test('retry by candidate or code does not release a file that the scan holds, but does release the others', async () => {
        const before = structuredClone([...world.table.items.values()].filter(({ status }) => status === 'held'));
        await world.attach('candidates/GRK123/B.pdf', notFound);
        const answer = await world.ask({ action: 'retry', candidate_id: 'GRK123', reason });
        expect(answer).toMatchObject({ ok: true, released: 1 });
        expect(answer.message).toContain(
          '1 without a clean scan verdict (only "retry" by "key" with "force" can release such a file)',
        );
        const byCode = await world.ask({ action: 'retry', code, reason });
        expect(byCode).toMatchObject({ ok: false, message: expect.stringContaining('Nothing was done') });
        await world.runSchedule();
        expect([...world.table.items.values()].filter(({ status }) => status === 'held')).toEqual(before);
        expect(world.kombo.standing).toHaveLength(1);
      });

      test('retry still needs the key and "force" after "resolve" has decided not to send a file that the scan held', async () => {
        expect(await world.ask({ action: 'resolve', key, reason })).toMatchObject({ files: [{ status: 'rejected' }] });
        const many = { action: 'retry', candidate_id: 'GRK123', reason };
        expect(await world.ask({ ...many, dry_run: true })).toMatchObject({ wouldRelease: 0 });
        const answer = await world.ask(many);
        expect(answer).toMatchObject({ ok: false, released: 0 });
        expect(answer.message).toContain(
          '1 without a clean scan verdict (only "retry" by "key" with "force" can release such a file)',
        );
        expect(await world.ask({ action: 'retry', key, reason })).toMatchObject({
          ok: false,
          message: expect.stringContaining('To send it without one, add "force": true.'),
          files: [{ status: 'rejected', code }],
        });
        await world.runSchedule();
        expect(world.kombo.posts).toHaveLength(0);
        expect(await world.ask({ action: 'retry', key, force: true, reason })).toMatchObject({ ok: true });
      });
    },
  );

  test.each([
    ['no verdict although one is required', undefined],
    ['a verdict that is not clean and was overruled once', 'SCAN_FAILED'],
  ] as const)('retry of many does not release a file that is held because of a fault and has %s', async (_, code) => {
    world.put(key);
    const courier = world.newFunction();
    const requireScan = { settings: { ...courier.settings, requireScan: true } };
    if (code) await noteVerdict(world.put(key), { code, at: world.clock.now() }, world.deadline(), courier);
    world.kombo.script.push(notFound);
    // Before scans were required, or by an operator's force.
    const first = code ? { action: 'retry', key, force: true, reason } : { action: 'attach', key };
    expect(await world.ask(first)).toMatchObject({ files: [{ status: 'held', code: 'KOMBO_NOT_FOUND' }] });
    for (const many of [{ candidate_id: 'GRK123' }, { code: 'KOMBO_NOT_FOUND' }]) {
      const dry = await world.ask({ action: 'retry', ...many, dry_run: true, reason }, requireScan);
      expect(dry).toMatchObject({ wouldRelease: 0 });
      const answer = await world.ask({ action: 'retry', ...many, reason }, requireScan);
      expect(answer).toMatchObject({ ok: false, released: 0 });
      expect(answer.message).toContain(
        '1 without a clean scan verdict (only "retry" by "key" with "force" can release such a file)',
      );
    }
    const one = await world.ask({ action: 'retry', key, reason }, requireScan);
    expect(one).toMatchObject({ ok: false, files: [{ status: 'held' }] });
    expect(one.message).toContain('once it is found clean, repeat the request.');
    expect(world.kombo.posts).toHaveLength(1);
    expect(await world.ask({ action: 'retry', key, force: true, reason: 'Looked at.' }, requireScan)).toMatchObject({
      ok: true,
    });
  });

  test('retry by candidate releases the held files, and the schedule sends them', async () => {
    await world.attach('candidates/GRK123/A.pdf', notFound);
    await world.attach('candidates/GRK123/B.pdf', notFound);
    await world.attach();
    const answer = await world.ask({ action: 'retry', candidate_id: 'GRK123', reason });
    expect(answer).toMatchObject({ ok: true, released: 2 });
    expect(answer.message).toBe(
      '2 files released; the next scheduled run sends them. 1 file left unchanged: 1 attached already.',
    );
    await world.runSchedule();
    expect(world.kombo.standing).toHaveLength(3);
  });

  test.each([{ reason }, { dry_run: true }])(
    'retry of a candidate that is not known (%j) fails and says so',
    async (more) => {
      expect(await world.ask({ action: 'retry', candidate_id: 'GRK404', ...more })).toMatchObject({
        ok: false,
        message: 'Nothing was done: the ledger has no record of a file of candidate GRK404. Check the id.',
      });
    },
  );

  test('retry by code releases the files that it holds, up to a limit', async () => {
    for (const name of ['A', 'B', 'C']) await world.attach(`candidates/GRK${name}/CV.pdf`, notFound);
    await world.attach(key, () => refuses('KOMBO_FORBIDDEN'));
    const first = await world.ask({ action: 'retry', code: 'KOMBO_NOT_FOUND', limit: 2, reason });
    expect(first).toMatchObject({ ok: false, released: 2 });
    expect(first.message).toContain('There are more');
    expect(await world.ask({ action: 'retry', code: 'KOMBO_NOT_FOUND', reason })).toMatchObject({
      ok: true,
      released: 1,
    });
    expect(await world.ask({ action: 'status' })).toMatchObject({ counts: { held: 1, waiting: 3 } });
  });

  test('retry by code releases the files that it rejected, once the cause is fixed', async () => {
    await world.attach('candidates/GRKA/CV.pdf', () => refuses('PLATFORM.INPUT_INVALID'));
    await world.attach('candidates/GRKB/CV.pdf', notFound);
    expect(await world.ask({ action: 'retry', code: 'PLATFORM.INPUT_INVALID', reason })).toMatchObject({
      ok: true,
      released: 1,
      message: '1 file released; the next scheduled run sends it.',
    });
    await world.runSchedule();
    expect(world.kombo.standing).toHaveLength(1);
  });

  test('retry by a code whose files wait or are rejected releases the rejected ones', async () => {
    const code = 'PLATFORM.INTEGRATION_NOT_FOUND';
    const state = {
      status: 'rejected',
      rejectedAt: nine,
      failure: { code, detail: 'Kombo answered HTTP 404.' },
    } as const;
    const item = toItem(recordIn(state, { upload: world.put(key) }), 400);
    world.table.items.set(item.pk, item);
    expect(await world.ask({ action: 'retry', code, reason })).toMatchObject({ ok: true, released: 1 });
    // No lane was paused.
    expect((await world.ask({ action: 'status', key })).message).toContain(
      `${code}: This happened earlier. Its integration is not paused now.`,
    );
    await world.runSchedule();
    expect(await world.ask({ action: 'status', key })).toMatchObject({ files: [{ status: 'attached' }] });
  });

  test('retry of many skips the files that an operator has decided not to send', async () => {
    await world.attach('candidates/GRK123/A.pdf', notFound);
    await world.attach('candidates/GRK123/B.pdf', notFound);
    world.clock.advance(hour);
    await world.ask({ action: 'resolve', key: 'candidates/GRK123/A.pdf', reason });
    for (const dry_run of [true, false]) {
      const answer = await world.ask({ action: 'retry', candidate_id: 'GRK123', dry_run, reason });
      expect(answer.message).toContain(
        '1 file left unchanged: 1 given up by an operator (only "retry" by "key" can release such a file).',
      );
    }
    await world.runSchedule();
    expect(world.kombo.standing).toHaveLength(1);
  });

  test.each(['INTEGRATION_PAUSED', 'INTEGRATION.INACTIVE', 'REMOTE.RATE_LIMIT_EXCEEDED', 'ANSWER_LOST'] as const)(
    'retry by the code %s, whose files are sent or looked up automatically, does nothing and says so',
    async (code) => {
      await world.attach(key, () => refuses('REMOTE.RATE_LIMIT_EXCEEDED'));
      const before = new Map(world.table.items);
      expect(await world.ask({ action: 'retry', code, reason })).toEqual({
        ok: false,
        message: `Nothing was done: files with ${code} are sent or looked up automatically. "status" shows what waits and what is paused; "resume" ends a pause.`,
      });
      expect(world.table.items).toEqual(before);
      expect(world.kombo.posts).toHaveLength(1);
    },
  );

  test('retry by key does not wait until the file is due', async () => {
    await world.attach(key, () => refuses('REMOTE.RATE_LIMIT_EXCEEDED', { retryAfterMs: hour }));
    expect(await world.ask({ action: 'retry', key, reason })).toMatchObject({ ok: true, files: [{ attempts: 2 }] });
  });

  test('retry of a file of a paused integration sends nothing, and says that it follows when the pause ends', async () => {
    await world.attach(key, notFound);
    await world.ask({ action: 'pause', integration_id: integrationId, reason: 'The ATS moves.' });
    const one = await world.ask({ action: 'retry', key, reason });
    expect(one).toMatchObject({ ok: true, files: [{ status: 'waiting', paused: expect.stringContaining('paused') }] });
    expect(one.files).not.toMatchObject([{ unchanged: true }]);
    expect(one.message).toMatch(
      /^It is released\. It is not delivered yet and will be sent automatically when the pause ends\. The integration has been paused since \S+: INTEGRATION_PAUSED\. The operator's reason: "The ATS moves"\. /,
    );
    const many = await world.ask({ action: 'retry', candidate_id: 'GRK123', reason });
    expect(many.message).toBe('1 file released; when the pause ends, a scheduled run sends it.');
    expect(world.kombo.posts).toHaveLength(1);
  });
});

describe('a record whose key matches no template', () => {
  const strange = 'inbox/Frank Doe CV.pdf';

  /** The template of the key was removed after the file was held or its answer lost. */
  const withoutTemplate = () => world.newFunction({ KEY_TEMPLATES: 'elsewhere/{candidate_id}/{filename}' });

  test.each([{ action: 'retry' }, { action: 'resend', force: true }])(
    '$action of a key that never matched a template does nothing, and says that it has no target',
    async (request) => {
      world.put(strange);
      expect(await world.ask({ action: 'attach', key: strange })).toMatchObject({ files: [{ status: 'rejected' }] });
      const answer = await world.ask({ ...request, key: strange, reason });
      expect(answer).toMatchObject({ ok: false, files: [{ status: 'rejected', code: 'KEY_NOT_MATCHED' }] });
      expect(answer.message).toMatch(
        /^Nothing was done: its key matches none of KEY_TEMPLATES, so there is no candidate/,
      );
      for (const more of [{ reason }, { dry_run: true }]) {
        const many = await world.ask({ action: 'retry', code: 'KEY_NOT_MATCHED', ...more });
        expect(many.message).toMatch(
          /nothing to retry\. 1 file left unchanged: 1 with a key that still matches no template\.$/,
        );
      }
    },
  );

  test.each([{ action: 'retry' }, { action: 'resend', force: true }])(
    'after $action a file whose key no longer matches a template is rejected, and not sent to its earlier target',
    async (request) => {
      await world.attach(key, notFound);
      const answer = await world.ask({ ...request, key, etag: 'etag-0', reason }, withoutTemplate());
      expect(answer).toMatchObject({ ok: false, files: [{ status: 'rejected', code: 'KEY_NOT_MATCHED' }] });
      expect(world.kombo.posts).toHaveLength(1);
    },
  );

  test('resolve of a file whose key no longer matches works, because an operator has seen the file', async () => {
    await world.attach(key, losesAnswer);
    const resolve = { action: 'resolve', key, etag: 'etag-0', reason: 'Seen in the ATS.' };
    expect(await world.ask(resolve, withoutTemplate())).toMatchObject({ ok: true, files: [{ status: 'attached' }] });
  });

  test('retry of a file whose key matches another template now sends it to the target of that one', async () => {
    await world.attach(key, notFound);
    const moved = world.newFunction({ KEY_TEMPLATES: 'candidates/{application_id}/{filename}' });
    expect(await world.ask({ action: 'retry', key, etag: 'etag-0', reason }, moved)).toMatchObject({
      ok: true,
      files: [{ status: 'attached', target: 'application/GRK123' }],
    });
  });
});

describe('resend', () => {
  const resend = { action: 'resend', key, force: true, reason: 'It was deleted in the ATS.' };

  test('resend sends an attached file once more, because an operator asks for it', async () => {
    await world.attach();
    expect(await world.ask(resend)).toMatchObject({ ok: true, files: [{ status: 'attached', attempts: 2 }] });
    expect(world.kombo.posts).toHaveLength(2);
  });

  test('resend changes nothing when the object is gone or replaced: the record still shows it as attached', async () => {
    await world.attach();
    world.bucket.delete(key);
    expect(await world.ask(resend)).toMatchObject({ ok: false });
    world.put(key, { etag: 'newer' });
    expect(await world.ask({ ...resend, etag: 'etag-0' })).toMatchObject({ ok: false });
    expect(await world.ask({ action: 'status', key, etag: 'etag-0' })).toMatchObject({
      files: [{ status: 'attached' }],
    });
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('resend sends a file that may be delivered without a look', async () => {
    await world.attach(key, losesFile);
    expect(await world.ask(resend)).toMatchObject({ ok: true });
    expect(world.kombo.posts).toHaveLength(2);
    expect(world.kombo.listings).toHaveLength(0);
  });

  test('resend is refused while a delivery is in progress', async () => {
    const send = () => world.attach();
    await world.whileSending(send, async () => {
      expect(await world.ask(resend)).toMatchObject({ ok: false, files: [{ status: 'sending' }] });
    });
    expect(world.kombo.posts).toHaveLength(1);
  });
});

describe('resolve', () => {
  const resolve = { action: 'resolve', key, reason: 'Seen in the ATS.' };

  test('resolve marks a file that may be delivered as attached, and sends nothing', async () => {
    await world.attach(key, losesAnswer);
    expect(await world.ask(resolve)).toMatchObject({
      ok: true,
      files: [{ status: 'attached', knownBy: 'an operator', lastOperator: { reason: 'Seen in the ATS.' } }],
    });
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('resolve of a file that only a verdict holds says what can still send it, and that is true', async () => {
    const upload = world.put(key);
    const verdict = (code: 'clean' | 'SCAN_THREAT_FOUND', at: number) =>
      noteVerdict(upload, { code, at }, world.deadline(), world.newFunction());
    await verdict('SCAN_THREAT_FOUND', world.clock.now());
    const answer = await world.ask({ ...resolve, reason: 'Deleted.' });
    expect(answer).toMatchObject({ ok: true, files: [{ status: 'rejected', code: 'SCAN_THREAT_FOUND' }] });
    expect(answer.message).toMatch(
      /^Nothing was sent\. It was never delivered, .* not to send it\. Only a later clean scan of it can still send it\./,
    );
    for (const force of [{}, { force: true }]) {
      const retried = await world.ask({ action: 'retry', key, reason, ...force });
      expect(retried).toMatchObject({
        ok: false,
        message: expect.stringContaining('not sent unless a new scan finds it clean'),
      });
    }
    await world.runSchedule();
    expect(world.kombo.posts).toHaveLength(0);
    expect(await verdict('clean', world.clock.now() + hour)).toMatchObject({ status: 'attached' });
  });

  test('resolve of an attached file says that its verdict is acknowledged', async () => {
    const upload = world.put(key);
    await deliver(upload, { deadline: world.deadline() }, world.newFunction());
    await noteVerdict(
      upload,
      { code: 'SCAN_THREAT_FOUND', at: world.clock.now() },
      world.deadline(),
      world.newFunction(),
    );
    const answer = await world.ask({ ...resolve, reason: 'Deleted in the ATS.' });
    expect(answer).toMatchObject({ ok: true, files: [{ status: 'attached' }] });
    expect(answer.message).toMatch(
      /^Nothing was sent\. The verdict of the malware scan is acknowledged, so the file is no longer/,
    );
  });

  test('resolve of a held file that was never delivered decides not to send it, and a repeat says so', async () => {
    await world.attach(key, notFound);
    world.clock.advance(hour);
    const answer = await world.ask(resolve);
    expect(answer).toMatchObject({ ok: true, files: [{ status: 'rejected', code: 'KOMBO_NOT_FOUND' }] });
    expect(answer.message).toMatch(
      /^Nothing was sent\. It was never delivered, and an operator decided not to send it\. Only uploading it again or "retry"/,
    );
    const again = await world.ask(resolve);
    expect(again).toMatchObject({ ok: true, repeated: true });
    expect(again.message).toMatch(/^Nothing was done now: it was already resolved/);
    await world.runSchedule();
    expect(world.kombo.posts).toHaveLength(1);
    await world.ask({ action: 'retry', key, reason: 'It is wanted after all.' });
    expect(world.kombo.posts).toHaveLength(2);
  });

  test('resolve of a file that waits behind a pause says when it is sent, and how to prevent that', async () => {
    await world.ask({ action: 'pause', integration_id: integrationId, reason: 'The ATS moves.' });
    await world.attach();
    const answer = await world.ask(resolve);
    expect(answer).toMatchObject({ ok: false, files: [{ status: 'waiting' }] });
    expect(answer.message).toMatch(
      /^Nothing was done: its state does not allow "resolve"\. It is not delivered yet and will be sent automatically when the pause ends\. .* To prevent it from being sent, delete its object: the file is then rejected with OBJECT_GONE, which keeps the alarm "rejected" on for a day\.$/,
    );
  });

  test('resolve of a rejected file changes nothing: only a newer upload or "retry" sends it', async () => {
    await world.attach(key, () => refuses('REMOTE.INPUT_INVALID'));
    const answer = await world.ask(resolve);
    expect(answer).toMatchObject({ ok: false, files: [{ status: 'rejected' }] });
    expect(answer.message).toContain('"resolve" is for files that are held or may have been delivered');
  });
});
