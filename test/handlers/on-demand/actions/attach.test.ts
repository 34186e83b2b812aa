import { beforeEach, describe, expect, test } from 'vitest';
import { exe, pdf } from '../../../fakes/files.ts';
import { integrationId, minute } from '../../../fakes/ledger-samples.ts';
import { refuses } from '../../../fakes/scripted-kombo.ts';
import { type CourierWorld, courierWorld, key, reason } from '../../../worlds/courier-world.ts';

let world: CourierWorld;
beforeEach(() => {
  world = courierWorld();
});

const attach = { action: 'attach', key };

describe('attach', () => {
  test('attach sends one object and names its target', async () => {
    world.put(key);
    const answer = await world.ask(attach);
    expect(answer).toMatchObject({ ok: true, files: [{ key, status: 'attached', target: 'candidate/GRK123' }] });
    expect(answer.message).toBe('It is attached to candidate GRK123, since 2026-01-05T09:00:00.000Z.');
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('attach sends no file twice, and writes nothing to report that', async () => {
    world.put(key);
    const warm = world.newFunction();
    await world.ask(attach, warm);
    world.table.calls.length = 0;
    const answer = await world.ask(attach, warm);
    expect(answer).toMatchObject({ ok: true, files: [{ status: 'already-attached' }] });
    expect(answer.message).toContain('nothing was sent');
    expect(world.kombo.posts).toHaveLength(1);
    // A warm function already knows the lane and the account.
    expect(world.table.calls).toEqual(['get']);
  });

  test('attach reports that there is no such object', async () => {
    const answer = await world.ask(attach);
    expect(answer).toMatchObject({ ok: false, files: [{ key, status: 'not there' }] });
    expect(answer.message).toContain('The object does not exist in the bucket.');
    expect(world.table.items.size).toBe(0);
  });

  test.each([
    ['Kombo answered HTTP 403.', 'KOMBO_FORBIDDEN: Kombo answered 403 without a known code. Read komboMessage'],
    ['The listing was refused.', 'KOMBO_FORBIDDEN: Kombo answered 403 without a known code. The listing was refused.'],
  ])('attach shows the detail of a failure (%s) only if its meaning does not say the same', async (detail, words) => {
    world.put(key);
    world.kombo.script.push(() => refuses('KOMBO_FORBIDDEN', { detail }));
    expect((await world.ask(attach)).message).toContain(words);
  });

  test('attach returns code, meaning, next step and log of a failure', async () => {
    world.put(key);
    world.kombo.script.push(() => refuses('REMOTE.INPUT_INVALID', { logUrl: 'https://app.kombo.example/log/1' }));
    const answer = await world.ask(attach);
    expect(answer).toMatchObject({
      ok: false,
      files: [
        {
          status: 'rejected',
          code: 'REMOTE.INPUT_INVALID',
          meaning: 'The ATS rejected the content.',
          nextStep:
            'Read komboMessage and open the logUrl; "status" shows both, and Kombo keeps the log for 30 days. Fix the file and upload it again; or retry, if the cause was in Kombo or the ATS and is fixed.',
          logUrl: 'https://app.kombo.example/log/1',
        },
      ],
    });
  });

  test('attach by key immediately sends a file that waits for its turn', async () => {
    world.put(key);
    world.kombo.script.push(() => refuses('REMOTE.RATE_LIMIT_EXCEEDED'));
    expect(await world.ask(attach)).toMatchObject({ ok: false, files: [{ status: 'waiting' }] });
    expect(await world.ask(attach)).toMatchObject({ ok: true, files: [{ status: 'attached', attempts: 2 }] });
  });

  test.each([`s3://cv-inbox/${key}`, `arn:aws:s3:::cv-inbox/${key}`])(
    'attach accepts the key as the console copies it: %s',
    async (text) => {
      world.put(key);
      expect(await world.ask({ action: 'attach', key: text })).toMatchObject({ ok: true, files: [{ key }] });
    },
  );

  test('attach refuses a key in another bucket, and names both buckets', async () => {
    const answer = await world.ask({ action: 'attach', key: `s3://other-bucket/${key}` });
    expect(answer).toEqual({
      ok: false,
      message: 'The key is in the bucket "other-bucket", but BUCKET is "cv-inbox": only that one is watched.',
    });
  });

  test('attach sends several objects, each once, and lists first those that need an operator', async () => {
    const keys = ['A.pdf', 'B.exe', 'C.pdf'].map((name) => `candidates/GRK123/${name}`);
    for (const [index, each] of keys.entries()) world.put(each, index === 1 ? { bytes: exe, etag: 'exe' } : {});
    const answer = await world.ask({ action: 'attach', keys: [...keys, ...keys, 'candidates/GRK123/None.pdf'] });
    expect(answer.message).toBe('Of 4 objects: 1 not found, 1 rejected, 2 attached.');
    expect(answer).toMatchObject({ ok: false, counts: { missing: 1, attached: 2, rejected: 1 } });
    expect((answer.files as { status: string }[]).map(({ status }) => status)).toEqual([
      'not there',
      'rejected',
      'attached',
      'attached',
    ]);
    expect(world.kombo.posts).toHaveLength(2);
  });
});

describe('attach by prefix', () => {
  const putMany = (count: number): void => {
    for (let index = 0; index < count; index += 1) {
      world.put(`candidates/GRK123/CV ${String(index).padStart(4, '0')}.pdf`);
    }
  };

  test('attach by prefix continues by its cursor until nothing is left, and sends each object once', async () => {
    putMany(7);
    world.put('candidates/GRK999/CV.pdf');
    const first = await world.ask({ action: 'attach', prefix: 'candidates/GRK123/', limit: 3 });
    expect(first).toMatchObject({ counts: { attached: 3 }, next: { prefix: 'candidates/GRK123/', limit: 3 } });
    const second = await world.ask(first.next);
    expect(second).toMatchObject({ counts: { attached: 3 } });
    const third = await world.ask(second.next);
    expect(third).toMatchObject({ ok: true, counts: { attached: 1 } });
    expect(third).not.toHaveProperty('next');
    expect(world.kombo.posts).toHaveLength(7);
  });

  test('attach by a prefix that matches nothing reports that', async () => {
    const answer = await world.ask({ action: 'attach', prefix: 'candidates/GRK123/' });
    expect(answer).toMatchObject({ ok: false, message: 'No object begins with "candidates/GRK123/".', files: [] });
  });

  test('attach by prefix over very many objects lists one page, sends its limit, and shows fifty', async () => {
    putMany(3000);
    const answer = await world.ask({ action: 'attach', prefix: 'candidates/' });
    expect(answer).toMatchObject({ counts: { attached: 100 }, note: 'Only 50 of 100 files are shown.' });
    expect(world.lists).toBe(1);
    expect(answer.files).toHaveLength(50);
    expect(answer.next).toEqual({
      action: 'attach',
      prefix: 'candidates/',
      cursor: 'candidates/GRK123/CV 0099.pdf',
    });
  });

  test('attach by prefix stops in time and returns where to continue', async () => {
    putMany(6);
    const answer = await world.ask(
      { action: 'attach', prefix: 'candidates/' },
      { deadline: { ...world.deadline(1), remainingMs: () => 0 } },
    );
    expect(answer).toMatchObject({ ok: false, next: { action: 'attach', prefix: 'candidates/' } });
    expect(answer.message).toBe(
      'Nothing was started. Time ran out. There are more: send the request in "next" to continue.',
    );
    expect(world.kombo.posts).toHaveLength(0);
  });

  test('attach by prefix stops when Kombo throttled the calls', async () => {
    putMany(50);
    for (let call = 0; call < 50; call += 1) {
      world.kombo.script.push(() => refuses('PLATFORM.RATE_LIMIT_EXCEEDED', { retryAfterMs: minute }));
    }
    const answer = await world.ask({ action: 'attach', prefix: 'candidates/' });
    expect(answer).toMatchObject({ ok: false, counts: { waiting: 4 } });
    expect(answer.message).toContain('Kombo throttled the calls');
    expect(world.kombo.posts).toHaveLength(4);
  });

  test('attach by prefix skips files that wait for their turn', async () => {
    await world.attach(key, () => refuses('REMOTE.RATE_LIMIT_EXCEEDED'));
    expect(await world.ask({ action: 'attach', prefix: 'candidates/' })).toMatchObject({ counts: { unchanged: 1 } });
    expect(world.kombo.posts).toHaveLength(1);
  });
});

describe('with REQUIRE_SCAN', () => {
  const scanned = () => world.newFunction({ REQUIRE_SCAN: 'true' });

  test('with REQUIRE_SCAN, attach holds a file without a verdict, and an operator releases it with a retry', async () => {
    world.put(key);
    expect(await world.ask(attach, scanned())).toMatchObject({
      ok: false,
      files: [{ status: 'held', code: 'SCAN_MISSING' }],
    });
    expect(world.kombo.posts).toHaveLength(0);
    expect(await world.ask({ action: 'retry', key, force: true, reason }, scanned())).toMatchObject({ ok: true });
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('with REQUIRE_SCAN, a dry run reports a missing verdict', async () => {
    world.put(key);
    const answer = await world.ask({ action: 'dryRun', key }, scanned());
    expect(answer.message).toContain('SCAN_MISSING');
  });
});

describe('dryRun', () => {
  test('dryRun shows what would be sent and leaves no trace', async () => {
    world.put(key, { metadata: { filename: 'Lebenslauf.pdf' } });
    const answer = await world.ask({ action: 'dryRun', key });
    expect(answer).toMatchObject({
      ok: true,
      message: `It would be attached to candidate GRK123 as "Lebenslauf.pdf" (CV, application/pdf, ${pdf.length} B). Nothing was sent.`,
      files: [
        {
          wouldAttach: true,
          target: 'candidate/GRK123',
          integration: integrationId,
          name: 'Lebenslauf.pdf',
          type: 'CV',
          contentType: 'application/pdf',
        },
      ],
    });
    expect(world.kombo.posts).toHaveLength(0);
    expect(world.table.items.size).toBe(0);
    expect(world.table.calls).not.toContain('put');
  });

  test('dryRun reports that the file was already attached', async () => {
    world.put(key);
    await world.ask(attach);
    const answer = await world.ask({ action: 'dryRun', key });
    expect(answer).toMatchObject({ ok: false, files: [{ wouldAttach: false, ledger: { status: 'attached' } }] });
    expect(answer.message).toMatch(/^Nothing would be sent\. It is attached to candidate GRK123/);
  });

  test('dryRun of an object that does not exist answers what attach answers', async () => {
    const { message } = await world.ask({ action: 'dryRun', key });
    expect(message).toBe((await world.ask({ action: 'attach', key })).message);
    expect(message).toMatch(/^The object does not exist in the bucket\. Compare the key/);
  });

  test('dryRun reports what is wrong with the file', async () => {
    world.put(key, { bytes: exe });
    const answer = await world.ask({ action: 'dryRun', key });
    expect(answer).toMatchObject({ ok: false });
    expect(answer.message).toContain('TYPE_CONTRADICTED');
  });

  test('dryRun reports that the key matches no template', async () => {
    world.put('inbox/Frank Doe CV.pdf');
    const answer = await world.ask({ action: 'dryRun', key: 'inbox/Frank Doe CV.pdf' });
    expect(answer.message).toContain('KEY_NOT_MATCHED');
  });

  test('dryRun by prefix looks at the first twenty objects', async () => {
    for (let index = 0; index < 25; index += 1) world.put(`candidates/GRK123/${index}.pdf`);
    const answer = await world.ask({ action: 'dryRun', prefix: 'candidates/' });
    expect(answer).toMatchObject({
      ok: true,
      message: 'Nothing was sent. Of 20 objects, 20 would be attached now.',
      note: 'A dry run examines only the first 20 objects.',
    });
  });
});
