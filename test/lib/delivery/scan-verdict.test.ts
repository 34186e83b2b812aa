import { beforeEach, describe, expect, test } from 'vitest';
import type { Courier } from '../../../lib/courier.ts';
import { deliver } from '../../../lib/delivery/deliver.ts';
import { holdUnscanned, noteVerdict } from '../../../lib/delivery/scan-verdict.ts';
import { laneKey } from '../../../lib/lane/lane-item.ts';
import type { ReportedVerdict } from '../../../lib/ledger/latest-verdict.ts';
import { type Upload, uploadId } from '../../../lib/upload/upload.ts';
import { hour, minute, nine, second } from '../../fakes/ledger-samples.ts';
import { type Fate, losesAnswer, losesFile, refuses, takes } from '../../fakes/scripted-kombo.ts';
import { type CourierWorld, courierWorld, key, reason } from '../../worlds/courier-world.ts';

let world: CourierWorld;
let courier: Courier;
beforeEach(() => {
  world = courierWorld();
  courier = world.newFunction();
});

const put = () => world.put(key, { modifiedAt: world.clock.now() });
const send = (upload = put()) => world.run(deliver(upload, { deadline: world.deadline() }, courier));
const note = (verdict: ReportedVerdict, upload = put()) =>
  world.run(noteVerdict(upload, verdict, world.deadline(), world.newFunction()));

const threat = { code: 'SCAN_THREAT_FOUND', at: nine } as const;
const clean = { code: 'clean', at: nine } as const;
const later = (verdict: ReportedVerdict): ReportedVerdict => ({ ...verdict, at: (verdict.at ?? 0) + second });

/** Claims it for a function that crashes. */
const claim = (upload: Upload) => {
  const target = { kind: 'candidate', id: 'GRK123', integrationId: courier.settings.integrationId ?? '' } as const;
  const leaseUntil = world.clock.now() + minute;
  return courier.ledger.claim({ kind: 'claim', upload, owner: 'owner-A', leaseUntil, target });
};

/** Sends it; the verdict comes while Kombo handles the file. */
const sendAndNote = async (fate: Fate, verdict: ReportedVerdict = threat) => {
  const upload = put();
  world.kombo.script.push(async () => {
    await noteVerdict(upload, verdict, world.deadline(), world.newFunction());
    return fate;
  });
  return { upload, outcome: await send(upload) };
};

const runFor = async (durationMs: number): Promise<void> => {
  for (let spent = 0; spent < durationMs; spent += 5 * minute) {
    await world.runSchedule();
    world.clock.advance(5 * minute);
  }
};

describe('a verdict that is not clean', () => {
  test('a verdict that is not clean holds a file without a record, in one write and without a call to Kombo', async () => {
    const upload = put();
    expect(await note(threat, upload)).toMatchObject({ status: 'held', failure: { code: 'SCAN_THREAT_FOUND' } });
    expect(world.table.calls.filter((call) => call === 'put')).toHaveLength(1);
    const target = { id: 'GRK123' };
    expect(await world.recordOf(upload)).toMatchObject({ attempts: 0, version: 1, verdict: threat, target });
    expect(await send(upload)).toMatchObject({ status: 'unchanged', as: 'held' });
    expect(world.kombo.posts).toEqual([]);
  });

  test('following the next step of a verdict that is not clean leaves nothing held', async () => {
    for (const last of ['resolve', 'forget']) {
      const upload = put();
      await note(last === 'resolve' ? threat : later(threat), upload);
      const { message } = await world.ask({ action: 'status', key });
      expect(message).toContain('Delete the object, and inform the uploader');
      expect(message).toContain('Then "resolve" or "forget" it.');
      expect(await courier.ledger.queued('held')).toHaveLength(1);
      world.bucket.delete(key);
      const { etag } = upload;
      expect(await world.ask({ action: last, key, etag, reason })).toMatchObject({ ok: true });
      expect(await courier.ledger.queued('held')).toHaveLength(0);
      world.table.items.clear();
    }
  });

  test('a verdict that comes twice changes nothing, and keeps the time since which the file is held', async () => {
    const upload = put();
    await note(threat, upload);
    const before = await world.recordOf(upload);
    world.clock.advance(minute);
    expect(await note(threat, upload)).toMatchObject({ status: 'unchanged' });
    expect(await world.recordOf(upload)).toEqual(before);
  });

  test('a verdict takes no lease, and does not wait for a lane', async () => {
    const upload = put();
    await world.ask({ action: 'pause', integration_id: 'account', reason });
    expect(await note(threat, upload)).toMatchObject({ status: 'held', attempt: 0 });
  });

  test('a verdict is written even when another function wrote the record in the meantime', async () => {
    const upload = put();
    const racing: Courier = {
      ...courier,
      ledger: {
        ...courier.ledger,
        scan: async (event, seen) => {
          await send(upload);
          return courier.ledger.scan(event, seen);
        },
      },
    };
    const outcome = await world.run(noteVerdict(upload, threat, world.deadline(), racing));
    expect(outcome).toMatchObject({ status: 'already-attached', failure: { code: 'SCAN_THREAT_FOUND' } });
  });

  test('a verdict without a time counts, but a clean one without a time releases nothing', async () => {
    const upload = put();
    await note({ code: 'SCAN_THREAT_FOUND' }, upload);
    expect((await world.recordOf(upload)).verdict).toEqual(threat);
    world.clock.advance(minute);
    expect(await note({ code: 'clean' }, upload)).toMatchObject({ status: 'unchanged', as: 'held' });
    expect(world.kombo.posts).toEqual([]);
  });
});

describe('a verdict that comes while the file is being sent', () => {
  test('a threat during a successful delivery leaves the file attached, listed and counted among the held', async () => {
    const { upload, outcome } = await sendAndNote(takes());
    expect(outcome).toMatchObject({ status: 'attached', failure: { code: 'SCAN_THREAT_FOUND' } });
    expect(await courier.ledger.queued('held')).toHaveLength(1);
    expect(await world.ask({ action: 'status' })).toMatchObject({
      counts: { held: 1 },
      heldByCode: [{ code: 'SCAN_THREAT_FOUND', number: 1 }],
      held: [{ status: 'attached', code: 'SCAN_THREAT_FOUND', scan: { verdict: 'SCAN_THREAT_FOUND' } }],
    });
    const { message } = await world.ask({ action: 'status', key });
    expect(message).toContain('delete it in the ATS');
    expect(message).toContain('"resolve"');
    expect(world.table.items.get(uploadId(upload))).not.toHaveProperty('expiresAt');
  });

  test('a threat during a delivery whose answer is lost leaves the file unknown, and lists it as attached once it is found', async () => {
    const { upload, outcome } = await sendAndNote(losesAnswer());
    expect(outcome).toMatchObject({ status: 'unknown' });
    expect(await world.ask({ action: 'status', key })).toMatchObject({
      message: expect.stringContaining('SCAN_THREAT_FOUND'),
      files: [{ status: 'unknown' }],
    });
    await runFor(hour);
    expect(await world.recordOf(upload)).toMatchObject({ state: { status: 'attached', evidence: 'read-back' } });
    expect(await courier.ledger.queued('held')).toHaveLength(1);
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('a threat during a delivery that stays in doubt holds the file for both, and a clean verdict removes one of them', async () => {
    const { upload } = await sendAndNote(losesFile());
    const failure = { code: 'OUTCOME_UNKNOWN', detail: 'It cannot be decided.' } as const;
    await courier.ledger.apply(await world.recordOf(upload), { kind: 'undecidable', failure });
    expect(await world.ask({ action: 'status', key })).toMatchObject({
      files: [{ status: 'held', code: 'SCAN_THREAT_FOUND', otherwise: { code: 'OUTCOME_UNKNOWN' } }],
    });
    await note(later(clean), upload);
    expect((await world.recordOf(upload)).state).toMatchObject({ status: 'held', failure, mayBeDelivered: true });
  });

  test('a threat during a delivery that crashes is kept when the ended lease makes the file unknown', async () => {
    const upload = put();
    await claim(upload);
    expect(await note(threat, upload)).toMatchObject({ status: 'unchanged', as: 'sending' });
    world.clock.advance(2 * minute);
    expect(await note(later(threat), upload)).toMatchObject({ status: 'unchanged', as: 'sending' });
    expect(await send(upload)).toMatchObject({ status: 'unknown' });
    expect(await world.recordOf(upload)).toMatchObject({ verdict: later(threat) });
  });

  test('a clean verdict that finds an ended lease is kept with the file, which becomes unknown', async () => {
    const upload = put();
    await claim(upload);
    world.clock.advance(2 * minute);
    expect(await note(clean, upload)).toMatchObject({ status: 'unknown' });
    expect(await world.recordOf(upload)).toMatchObject({ verdict: clean });
  });

  test('a clean verdict after a threat, both during one delivery, leaves nothing that holds the file', async () => {
    const upload = put();
    world.kombo.script.push(async () => {
      await noteVerdict(upload, threat, world.deadline(), world.newFunction());
      await noteVerdict(upload, later(clean), world.deadline(), world.newFunction());
      return refuses('KOMBO_BROKE_OFF');
    });
    expect(await send(upload)).toMatchObject({ status: 'waiting' });
  });

  test('the owner recognises its own settling write when the response was lost and a threat was written after it', async () => {
    const upload = put();
    world.kombo.script.push(async () => {
      await noteVerdict(upload, threat, world.deadline(), world.newFunction());
      return refuses('KOMBO_BROKE_OFF');
    });
    let writes = 0;
    const forgetful: Courier = {
      ...courier,
      ledger: {
        ...courier.ledger,
        apply: async (...given) => {
          const written = await courier.ledger.apply(...given);
          writes += 1;
          if (writes === 2) throw new Error('response lost');
          return written;
        },
      },
    };
    const outcome = await world.run(deliver(upload, { deadline: world.deadline() }, forgetful));
    expect(outcome).toMatchObject({ status: 'held', failure: { code: 'SCAN_THREAT_FOUND' } });
    expect(writes).toBe(3);
  });
});

describe('an attached file with a reported threat', () => {
  test('an attached file with a threat is listed until "resolve" acknowledges it, and not again afterwards', async () => {
    const upload = put();
    await send(upload);
    const outcome = await note(threat, upload);
    expect(outcome).toMatchObject({ status: 'already-attached', failure: { code: 'SCAN_THREAT_FOUND' } });
    expect(await courier.ledger.queued('held')).toHaveLength(1);

    expect(await world.ask({ action: 'resolve', key, reason })).toMatchObject({ ok: true });
    expect(await courier.ledger.queued('held')).toHaveLength(0);
    expect(await world.recordOf(upload)).toMatchObject({
      state: { status: 'attached', evidence: 'answer' },
      verdict: { acknowledged: true },
      note: { action: 'resolve', reason },
    });
    for (const again of [threat, later(threat)]) {
      expect(await note(again, upload)).not.toHaveProperty('failure');
      expect(await send(upload)).toMatchObject({ status: 'already-attached' });
      expect(await courier.ledger.queued('held')).toHaveLength(0);
    }
  });

  test('attaching a file with a threat again mentions the threat first, because the file is not fine', async () => {
    const upload = put();
    await send(upload);
    await note(threat, upload);
    const one = await world.ask({ action: 'attach', key });
    expect(one).toMatchObject({ ok: false, files: [{ status: 'already-attached', code: 'SCAN_THREAT_FOUND' }] });
    expect(one.message).toContain('The malware scan did not find it clean, so an operator must act');
    world.put('candidates/A/CV.pdf');
    const both = await world.ask({ action: 'attach', keys: ['candidates/A/CV.pdf', key] });
    expect(both).toMatchObject({ ok: false, files: [{ code: 'SCAN_THREAT_FOUND' }, { status: 'attached' }] });

    await world.ask({ action: 'resolve', key, reason });
    const resolved = await world.ask({ action: 'attach', key });
    expect(resolved).toMatchObject({ ok: true, files: [{ status: 'already-attached' }] });
    expect(resolved.message).toMatch(/nothing was sent\.$/);
  });

  test('an attached file with a threat is no longer listed once it is found clean', async () => {
    const upload = put();
    await send(upload);
    await note(threat, upload);
    expect(await note(later(clean), upload)).toMatchObject({ status: 'already-attached' });
    expect(await courier.ledger.queued('held')).toHaveLength(0);
  });

  test('an attached file with a threat is not sent again by "resend"', async () => {
    const upload = put();
    await send(upload);
    await note(threat, upload);
    const resend = { action: 'resend', key, reason, force: true };
    const answer = await world.ask(resend);
    expect(answer).toMatchObject({ ok: false, message: expect.stringContaining('"resolve" acknowledges the threat') });
    expect(answer.message).not.toContain('it is not sent');
    await world.ask({ action: 'resolve', key, reason });
    const resolved = await world.ask(resend);
    expect(resolved).toMatchObject({ ok: false, message: expect.stringContaining('Only after a newer clean verdict') });
    expect(resolved.message).not.toContain('"resolve"');
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('a file with a threat that may be delivered is not sent by "resend"; "resolve" marks it as attached, as the answer says', async () => {
    const upload = put();
    world.kombo.script.push(() => losesAnswer());
    await send(upload);
    await note(threat, upload);
    const answer = await world.ask({ action: 'resend', key, reason, force: true });
    expect(answer).toMatchObject({ ok: false, files: [{ status: 'unknown' }] });
    expect(answer.message).toContain('"resolve" marks it as attached');
    expect(await world.ask({ action: 'resolve', key, reason })).toMatchObject({ files: [{ status: 'attached' }] });
    expect(world.kombo.posts).toHaveLength(1);
  });

  test("an attached file with a threat logs one error with the operator's next step", async () => {
    const upload = put();
    await send(upload);
    await note(threat, upload);
    await note(threat, upload);
    const listed = world.observed.filter(({ outcome }) => 'failure' in outcome && outcome.failure !== undefined);
    expect(listed).toHaveLength(1);
  });
});

describe('a clean verdict', () => {
  test('a clean verdict sends a file without a record, and stays with it without a further write', async () => {
    const upload = put();
    expect(await note(clean, upload)).toMatchObject({ status: 'attached' });
    expect(world.table.calls.sort()).toEqual(['get', 'get', 'get', 'put', 'put', 'put', 'query']);
    expect(await world.recordOf(upload)).toMatchObject({ version: 2, verdict: clean });
  });

  test('a clean verdict of any time sends a file that was held because its verdict was missing', async () => {
    const upload = put();
    await holdUnscanned(upload, undefined, courier);
    expect(await note({ code: 'clean' }, upload)).toMatchObject({ status: 'attached' });
  });

  test('a clean verdict does not release a file that something else holds', async () => {
    const upload = put();
    world.kombo.script.push(() => refuses('KOMBO_NOT_FOUND'));
    await send(upload);
    expect(await note(clean, upload)).toMatchObject({ status: 'held', failure: { code: 'KOMBO_NOT_FOUND' } });
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('a clean verdict is kept for a file that waits behind a pause: a later scan that could not run does not hold it', async () => {
    await world.ask({ action: 'pause', integration_id: 'account', reason });
    const upload = put();
    expect(await send(upload)).toMatchObject({ status: 'waiting' });
    expect(await note(clean, upload)).toMatchObject({ status: 'waiting' });
    expect(await world.recordOf(upload)).toMatchObject({ state: { status: 'waiting' }, verdict: clean });
    await note({ code: 'SCAN_FAILED', at: nine + minute }, upload);
    expect(await world.recordOf(upload)).toMatchObject({ state: { status: 'waiting' }, verdict: clean });
  });

  test('a clean verdict holds for the same bytes, even when they are uploaded again without an event', async () => {
    world.env.REQUIRE_SCAN = 'true';
    const upload = put();
    world.bucket.clear();
    expect(await note(clean, upload)).toMatchObject({ status: 'superseded' });
    world.put(key, { etag: upload.etag, modifiedAt: world.clock.now() });
    await runFor(2 * hour);
    expect(await world.recordOf(upload)).toMatchObject({ state: { status: 'attached' } });
  });

  test('a clean verdict for a file that may also have been delivered has its target looked at, in its lane', async () => {
    const upload = put();
    const [restored, target] = [
      { since: world.clock.now() - hour, at: world.clock.now() },
      { kind: 'candidate', id: 'GRK123', integrationId: courier.settings.integrationId ?? '' } as const,
    ];
    await courier.ledger.scan({ kind: 'unscanned', upload, target, restored });
    expect(await note(clean, upload)).toMatchObject({ status: 'unknown' });
    expect(world.table.items.get(laneKey(target.integrationId))?.workShard).toBe('lanes');
    await runFor(10 * minute);
    expect(world.kombo.listings).not.toEqual([]);
    expect(world.kombo.posts).toEqual([]);
  });

  test('a clean verdict for a key that matches no template reports that', async () => {
    const upload = world.put('elsewhere/CV.pdf');
    await note({ code: 'SCAN_FAILED', at: nine }, upload);
    expect(await note(later(clean), upload)).toMatchObject({
      status: 'rejected',
      failure: { code: 'KEY_NOT_MATCHED' },
    });
  });

  test('a threat after a restore of the table has an older waiting file looked up, in its lane', async () => {
    const upload = put();
    world.kombo.script.push(() => refuses('KOMBO_RATE_LIMITED'));
    await send(upload);
    world.clock.advance(hour);
    const restored = { since: nine - hour, at: world.clock.now(), reason };
    await world.newFunction().lanes.change('*', (lane) => ({ ...lane, restored }));
    expect(await note(threat, upload)).toMatchObject({ status: 'unknown' });
    expect(await world.newFunction().lanes.read(courier.settings.integrationId ?? '')).toMatchObject({
      touchedAt: world.clock.now(),
    });
  });

  test('a clean verdict whose record an operator erases meanwhile changes nothing more', async () => {
    const upload = put();
    await claim(upload);
    const ledger = { ...courier.ledger, read: async () => undefined };
    const outcome = await noteVerdict(upload, clean, world.deadline(), { ...courier, ledger });
    expect(outcome).toMatchObject({ status: 'unchanged', as: 'sending' });
  });

  test('a clean verdict that meets another write in each of five rounds throws, so that its event comes again', async () => {
    const upload = put();
    await claim(upload);
    const known = { id: uploadId(upload), readable: true, record: await world.recordOf(upload) } as const;
    let claims = 0;
    const refused = async () => ({ written: false, known }) as const;
    const ledger: Courier['ledger'] = {
      ...courier.ledger,
      claim: () => {
        claims += 1;
        return refused();
      },
      scan: refused,
    };
    await expect(noteVerdict(upload, clean, world.deadline(), { ...courier, ledger })).rejects.toThrow(
      'Too many verdicts and deliveries of one file arrived at the same time.',
    );
    expect(claims).toBe(5);
  });

  test('a clean verdict written right after one that holds the file releases it', async () => {
    await world.ask({ action: 'pause', integration_id: 'account', reason });
    const upload = put();
    await send(upload);
    const failed = { code: 'SCAN_FAILED', at: nine + minute } as const;
    const other = world.newFunction();
    let rounds = 0;
    const scan: typeof other.ledger.scan = async (...its) => {
      rounds += 1;
      if (rounds === 1) await noteVerdict(upload, failed, world.deadline(), world.newFunction());
      return other.ledger.scan(...its);
    };
    await noteVerdict(upload, clean, world.deadline(), { ...other, ledger: { ...other.ledger, scan } });
    expect(await world.recordOf(upload)).toMatchObject({ state: { status: 'waiting' }, verdict: clean });
  });

  test('a clean verdict during a delivery, right before the owner writes that a threat holds the file, releases it', async () => {
    const upload = put();
    let settles: () => void = () => undefined;
    const settled = new Promise<void>((resolve) => {
      settles = resolve;
    });
    const { promise: isSending, resolve: begins } = Promise.withResolvers<void>();
    world.kombo.script.push(async () => {
      await noteVerdict(upload, threat, world.deadline(), world.newFunction());
      begins();
      await settled;
      return refuses('KOMBO_BROKE_OFF');
    });
    const sending = send(upload);
    await isSending;
    const other = world.newFunction();
    const late: Courier = {
      ...other,
      ledger: {
        ...other.ledger,
        read: async (id) => {
          settles();
          await sending;
          return other.ledger.read(id);
        },
      },
    };
    const outcome = await noteVerdict(upload, later(clean), world.deadline(), late);
    expect(outcome).toMatchObject({ status: 'attached' });
  });
});
