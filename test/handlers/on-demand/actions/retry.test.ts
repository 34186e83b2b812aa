import { beforeEach, describe, expect, test } from 'vitest';
import { holdUnscanned, noteVerdict } from '../../../../lib/delivery/scan-verdict.ts';
import { hour, nine, recordIn } from '../../../fakes/ledger-samples.ts';
import { losesAnswer, type PostScript, refuses } from '../../../fakes/scripted-kombo.ts';
import { type CourierWorld, courierWorld, key, reason } from '../../../worlds/courier-world.ts';

let world: CourierWorld;
beforeEach(() => {
  world = courierWorld();
});

const notFound: PostScript = () => refuses('KOMBO_NOT_FOUND');

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

test('retry of a file that is held because of a fault and lacks its required verdict says what releases it', async () => {
  await world.attach(key, notFound);
  const scanned = world.newFunction({ REQUIRE_SCAN: 'true' });
  const one = await world.ask({ action: 'retry', key, reason }, scanned);
  expect(one).toMatchObject({ ok: false, files: [{ status: 'held' }] });
  expect(one.message).toContain('once it is found clean, repeat the request.');
  for (const how of [{ dry_run: true }, {}]) {
    const many = await world.ask({ action: 'retry', candidate_id: 'GRK123', ...how, reason }, scanned);
    expect(many.message).toContain('1 file left unchanged: 1 without a clean scan verdict');
  }
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

test('retry by a code whose files wait or are rejected releases the rejected ones', async () => {
  const code = 'PLATFORM.INTEGRATION_NOT_FOUND';
  const state = {
    status: 'rejected',
    rejectedAt: nine,
    failure: { code, detail: 'Kombo answered HTTP 404.' },
  } as const;
  world.store(recordIn(state, { upload: world.put(key) }));
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
