import { beforeEach, describe, expect, test } from 'vitest';
import { deliver } from '../../../../lib/delivery/deliver.ts';
import { noteVerdict } from '../../../../lib/delivery/scan-verdict.ts';
import { hour, integrationId } from '../../../fakes/ledger-samples.ts';
import { losesAnswer, losesFile, type PostScript, refuses } from '../../../fakes/scripted-kombo.ts';
import { type CourierWorld, courierWorld, key, reason } from '../../../worlds/courier-world.ts';

let world: CourierWorld;
beforeEach(() => {
  world = courierWorld();
});

const notFound: PostScript = () => refuses('KOMBO_NOT_FOUND');

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
