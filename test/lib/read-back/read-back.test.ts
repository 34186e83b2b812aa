import { beforeEach, describe, expect, test } from 'vitest';
import type { Settings } from '../../../lib/config/config.ts';
import type { Courier } from '../../../lib/courier.ts';
import { deadlineIn } from '../../../lib/deadline.ts';
import { deliver } from '../../../lib/delivery/deliver.ts';
import type { DeliverOptions } from '../../../lib/delivery/delivery-options.ts';
import type { ListedFile } from '../../../lib/kombo/attachment-list.ts';
import type { KomboFailure } from '../../../lib/kombo/classify-response.ts';
import { accountLane, opened } from '../../../lib/lane/lane.ts';
import type { Outcome } from '../../../lib/outcome.ts';
import { readBack } from '../../../lib/read-back/read-back.ts';
import type { Upload } from '../../../lib/upload/upload.ts';
import { checksumOfBytes, pdf, textBytes } from '../../fakes/files.ts';
import { learnTool } from '../../fakes/known-tool.ts';
import { day, integrationId, minute } from '../../fakes/ledger-samples.ts';
import { losesAnswer, losesFile, type PostScript, refuses, serves } from '../../fakes/scripted-kombo.ts';
import { type DeliveryWorld, deliveryWorld } from '../../worlds/delivery-world.ts';

let world: DeliveryWorld;
let courier: Courier;
beforeEach(() => {
  world = deliveryWorld();
  courier = world.newCourier();
  learnTool(world);
});

const key = 'candidates/GRK123/Frank Doe CV.pdf';

const sent = async (
  fate: PostScript,
  upload = world.put(key),
  options: Partial<DeliverOptions> = {},
): Promise<Upload> => {
  world.kombo.script.push(fate);
  await deliver(upload, { deadline: world.deadline(), ...options }, courier);
  return upload;
};

const read = async (upload: Upload, change: Partial<Settings> = {}): Promise<Outcome> =>
  world.run(readBack(await world.recordOf(upload), world.deadline(), world.newCourier(change)));

const lists = (...files: readonly ListedFile[]): void => {
  world.kombo.listing = () => ({ ok: true, value: { files, more: false }, concurrency: {} });
};
const failsToList = (code: KomboFailure['code']): void => {
  const failure = { code, detail: 'Kombo answered HTTP 400.' };
  world.kombo.listing = () => ({ ok: false, failure, concurrency: {} });
};
const linked = (bytes: Uint8Array): string => {
  const link = `https://files.example/elsewhere-${world.kombo.linked.size}`;
  world.kombo.linked.set(link, () => serves(bytes));
  return link;
};

describe('a file that may be delivered', () => {
  test('a file that is listed under any name is attached by its bytes, without a second POST', async () => {
    const upload = await sent(losesAnswer);
    lists({ name: 'CV_1.docx', type: 'OTHER', link: linked(pdf) });
    expect(await read(upload)).toMatchObject({ status: 'attached', attempt: 1 });
    expect((await world.recordOf(upload)).state).toMatchObject({ evidence: 'read-back' });
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('a file that is absent twice, the second time 15 minutes after its attempt, is sent again immediately', async () => {
    const upload = await sent(losesFile);
    world.clock.advance(minute);
    expect(await read(upload)).toMatchObject({ status: 'unknown', failure: { code: 'ANSWER_LOST' } });
    world.clock.advance(13 * minute);
    expect(await read(upload)).toMatchObject({ status: 'unknown' });
    world.clock.advance(minute);
    expect(await read(upload)).toMatchObject({ status: 'waiting', dueAt: new Date(world.clock.now()) });
  });

  test('a file that is listed late is found by the second look', async () => {
    const upload = await sent(losesAnswer);
    lists();
    await read(upload);
    world.kombo.listing = undefined;
    world.clock.advance(15 * minute);
    expect(await read(upload)).toMatchObject({ status: 'attached' });
  });

  test('a file whose function stopped before it could record the bytes is found by reading its object', async () => {
    const upload = world.put(key, { metadata: { 'correlation-id': 'application-4711' } });
    const claim = { kind: 'claim', upload, owner: 'owner-A', leaseUntil: world.clock.now() } as const;
    const target = { kind: 'candidate', id: 'GRK123', integrationId } as const;
    const claimed = await courier.ledger.claim({ ...claim, target, attachmentType: 'CV' });
    if (claimed.written)
      await courier.ledger.apply(claimed.record, { kind: 'lease-expired', dueAt: world.clock.now() });
    lists();
    await read(upload);
    // The first look has kept what the object showed; at the second one the object is gone.
    world.bucket.clear();
    lists({ type: 'CV', link: linked(pdf) });
    expect(await read(upload)).toMatchObject({ status: 'attached' });
    const content = { sizeBytes: pdf.length, checksum: checksumOfBytes(pdf) };
    expect(await world.recordOf(upload)).toMatchObject({ content, sent: { contentType: 'application/pdf' } });
    expect(await world.recordOf(upload)).toMatchObject({ correlationId: 'application-4711' });
  });

  test.each(['in-parts-2', '9b2cf535f27731c974343645a3985328'])(
    'a file is not freed while its object is gone and at most its ETag is known: %s',
    async (etag) => {
      const upload = await sent(losesFile, world.put(key, { etag }));
      const { content: _, sent: __, ...record } = await world.recordOf(upload);
      world.bucket.clear();
      lists({ name: 'CV.pdf', type: 'CV', link: linked(textBytes('a letter')) });
      const outcome = await world.run(readBack(record, world.deadline(), world.newCourier()));
      expect(outcome).toMatchObject({ status: 'unknown' });
      const after = await world.recordOf(upload);
      expect(after.lastLook?.problem).toBe('The object in the bucket cannot be read, so its bytes are not known.');
      expect(after).not.toHaveProperty('content');
    },
  );

  test('a look ends immediately when the first compared file has the right bytes', async () => {
    const upload = await sent(losesAnswer);
    const others = Array.from({ length: 20 }, () => ({
      name: 'Other.pdf',
      link: linked(Buffer.from(pdf).fill('x', 40, 60)),
    }));
    lists(...others, { name: 'Frank Doe CV.pdf', type: 'CV', link: linked(pdf) });
    expect(await read(upload)).toMatchObject({ status: 'attached' });
    expect(world.kombo.opened.length).toBeLessThan(20);
  });

  test('a listed file with other bytes is ruled out when it is dated more than a day before the first unknown attempt', async () => {
    // From one file it is known that the tool lists it, but not that it keeps others unchanged.
    await courier.lanes.learn(integrationId, (tool) =>
      tool.map((group) => ({ ...group, lessons: group.lessons.slice(0, 1) })),
    );
    const upload = await sent(() => refuses('REMOTE.RATE_LIMIT_EXCEEDED'));
    world.clock.advance(3 * day);
    await sent(losesFile, upload);
    const createdAt = world.clock.now() - 2 * day;
    lists({ name: 'Old.pdf', type: 'CV', link: linked(textBytes('old')), createdAt });
    await read(upload);
    expect((await world.recordOf(upload)).state).toMatchObject({ absentLooks: 1, passingLooks: 0 });
  });

  test('a file is found without reading its object when its bytes are in the record', async () => {
    const upload = await sent(losesAnswer);
    world.bucket.clear();
    expect(await read(upload)).toMatchObject({ status: 'attached' });
  });

  test('a file may be read back by two invocations concurrently: the first result is kept', async () => {
    const upload = await sent(losesAnswer);
    const outcomes = await Promise.all([read(upload), read(upload)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['attached', 'unchanged']);
  });

  test('a read-back is reported once per written result', async () => {
    const upload = await sent(losesAnswer);
    world.kombo.listing = () => {
      world.clock.advance(70);
      return { ok: true, value: { files: [{ type: 'CV', link: linked(pdf) }], more: false }, concurrency: {} };
    };
    const outcome = await read(upload);
    expect(world.observed.slice(1)).toEqual([{ outcome, measures: { totalMs: 70 } }]);
    expect(await read(upload)).toMatchObject({ status: 'already-attached' });
    expect(world.kombo.listings).toHaveLength(1);
  });
});

describe('two files of one candidate', () => {
  const other = 'candidates/GRK123/Letter.pdf';
  const otherBytes = textBytes('%PDF-1.4 a letter');

  test('the delivered one of two files explains its own bytes, and proves nothing about the lost one', async () => {
    await courier.lanes.learn(integrationId, (tool) =>
      tool.map((group) => ({ ...group, lessons: group.lessons.slice(0, 1) })),
    );
    await sent(
      () => ({ delivers: true, says: { ok: true, value: { warnings: [] }, concurrency: {} } }),
      world.put(other, { bytes: otherBytes }),
    );
    const lost = await sent(losesFile);
    await read(lost);
    expect((await world.recordOf(lost)).state).toMatchObject({ absentLooks: 1, passingLooks: 0 });
  });

  test('two files with the same bytes are both proven by one copy', async () => {
    const one = await sent(losesAnswer);
    const twin = await sent(losesFile, world.put(other));
    expect([await read(one), await read(twin)]).toMatchObject([{ status: 'attached' }, { status: 'attached' }]);
  });
});

describe('a file that cannot be decided', () => {
  test('an undecidable file is held after a day, and its detail has what was seen, without a name', async () => {
    world.table.items.delete(`lane#${integrationId}`);
    const upload = await sent(losesFile);
    lists({ name: 'Frank Doe CV.pdf', type: 'CV', link: linked(textBytes('converted')) });
    expect(await read(upload)).toMatchObject({ status: 'unknown' });
    world.clock.advance(day);
    expect(await read(upload)).toMatchObject({ status: 'unknown' });
    world.clock.advance(15 * minute);
    const held = await read(upload);
    expect(held).toMatchObject({ status: 'held', failure: { code: 'OUTCOME_UNKNOWN' } });
    const detail = 'failure' in held && held.failure ? held.failure.detail : '';
    expect(detail).toContain('ANSWER_LOST');
    expect(detail).toContain('the target listed 1 file: 1 with different bytes, 0 not compared');
    expect(JSON.stringify(await world.recordOf(upload))).not.toContain('files.example');
    expect(detail).not.toContain('Frank');
  });

  test("a file whose target cannot be listed because a right is missing is held immediately; an operator's retry only looks again", async () => {
    const upload = await sent(losesAnswer);
    failsToList('INTEGRATION.PERMISSION_MISSING');
    expect(await read(upload)).toMatchObject({ status: 'held', failure: { code: 'OUTCOME_UNKNOWN' } });
    await courier.ledger.apply(await world.recordOf(upload), { kind: 'retry', reason: 'The right is granted.' });
    world.kombo.listing = undefined;
    expect(await read(upload)).toMatchObject({ status: 'attached' });
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('a file that an operator had sent again is held, because the copy may be the earlier one', async () => {
    const upload = await sent(losesAnswer);
    await read(upload);
    await courier.ledger.apply(await world.recordOf(upload), { kind: 'resend', reason: 'It was deleted there.' });
    await sent(losesFile, upload);
    world.clock.advance(15 * minute);
    await read(upload);
    expect(await read(upload)).toMatchObject({ status: 'held', failure: { code: 'OUTCOME_UNKNOWN' } });
  });
});

describe('a tool that lists its files', () => {
  /** A new file each time: it gets this answer, and a minute later its target is listed. */
  const sentAndRead = async (name: string, fate: PostScript): Promise<void> => {
    const upload = await sent(fate, world.put(`candidates/GRK${name}/CV.pdf`));
    world.clock.advance(minute);
    expect(await read(upload)).toMatchObject({ failure: { code: expect.any(String) } });
    // The view of the lane that the deliveries have is older than that of the look.
    world.clock.advance(minute);
  };
  const laneOf = () => world.newCourier().lanes.read(integrationId);

  test('a tool that lists its files is up, so lost answers with looks between them never pause its lane', async () => {
    for (const name of ['1', '2', '3', '4', '5']) await sentAndRead(name, losesFile);
    expect(world.kombo.posts).toHaveLength(5);
    expect(await laneOf()).toMatchObject({ outages: 0 });
    expect(await laneOf()).not.toHaveProperty('pause');
  });

  test('a listing that fails does not show that the tool is up: three lost answers pause its lane', async () => {
    failsToList('REMOTE.SERVICE_UNAVAILABLE');
    for (const name of ['1', '2', '3']) await sentAndRead(name, losesFile);
    expect(await laneOf()).toMatchObject({ pause: { code: 'ANSWER_LOST', by: 'kombo' } });
  });
});

test.each(['the lane', 'the account'] as const)(
  'a reason that may pass has a whole day from the opening of %s, however long the outage was',
  async (opening) => {
    const upload = await sent(losesAnswer);
    failsToList('KOMBO_UNAVAILABLE');
    world.clock.advance(6 * day);
    await courier.lanes.change(opening === 'the lane' ? integrationId : accountLane, (lane) =>
      opened(lane, world.clock.now()),
    );
    await read(upload);
    expect((await world.recordOf(upload)).state).toMatchObject({ passingLooks: 1, doubtfulLooks: 0 });
    world.clock.advance(day);
    await read(upload);
    expect((await world.recordOf(upload)).state).toMatchObject({ passingLooks: 1, doubtfulLooks: 1 });
  },
);

test('ON_UNKNOWN=resend sends without a look, three times at most', async () => {
  const upload = world.put(key);
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    await sent(losesFile, upload);
    const status = attempt < 3 ? 'waiting' : 'held';
    expect(await read(upload, { onUnknown: 'resend' })).toMatchObject({ status });
  }
  const seen = 'The target was not checked, because ON_UNKNOWN is resend.';
  expect((await world.recordOf(upload)).state).toMatchObject({
    failure: { detail: `It was sent 3 times without a clear answer; the last attempt ended with ANSWER_LOST. ${seen}` },
  });
  expect(world.kombo.listings).toEqual([]);
});

test('a lane is touched when a look leaves a file in it, but not when the look decides', async () => {
  const touched: string[] = [];
  const { lanes } = courier;
  const touching = { ...lanes, touch: async (lane: string) => void touched.push(lane) };
  const look = async (upload: Upload) =>
    world.run(readBack(await world.recordOf(upload), world.deadline(), { ...courier, lanes: touching }));
  const upload = await sent(losesAnswer);
  lists();
  await look(upload);
  expect(touched).toEqual([integrationId]);
  world.clock.advance(15 * minute);
  expect(await look(upload)).toMatchObject({ status: 'waiting' });
  expect(touched).toEqual([integrationId, integrationId]);
  world.kombo.listing = undefined;
  expect(await look(await sent(losesAnswer, world.put('candidates/GRK9/cv.pdf')))).toMatchObject({
    status: 'attached',
  });
  expect(touched).toHaveLength(2);
});

test('a look ends five seconds before the function does, so that its result can still be written', async () => {
  const upload = await sent(losesAnswer);
  const failure = { code: 'OUT_OF_TIME', detail: 'The function ends.' } as const;
  const silent: Courier['kombo'] = {
    ...courier.kombo,
    listAttachments: (_, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve({ ok: false, failure, concurrency: {} }));
      }),
  };
  const startedAt = world.clock.now();
  const record = await world.recordOf(upload);
  await world.run(readBack(record, deadlineIn(world.clock, 20_000), { ...courier, kombo: silent }));
  expect(world.clock.now()).toBe(startedAt + 15_000);
});

test('a file without a target has none to look at, so an operator decides', async () => {
  const upload = await sent(losesFile);
  const { target: _, ...nowhere } = await world.recordOf(upload);
  const held = await world.run(readBack(nowhere, world.deadline(), courier));
  const detail = `The last attempt ended with ANSWER_LOST. The key matches none of KEY_TEMPLATES, so there is no target to check.`;
  expect(held).toMatchObject({ status: 'held', failure: { code: 'OUTCOME_UNKNOWN', detail } });
});

test('a tool that never listed and cannot is sent a file five times after answers that Kombo calls safe to repeat', async () => {
  world = deliveryWorld();
  courier = world.newCourier();
  failsToList('INTEGRATION.ACTION_NOT_AVAILABLE');
  const upload = world.put(key);
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    // From the third answer on the account is paused, so only a probe is sent.
    await sent(() => refuses('KOMBO_UNAVAILABLE'), upload, { probes: accountLane });
    expect(await read(upload)).toMatchObject({ status: attempt < 5 ? 'waiting' : 'held' });
  }
  expect(world.kombo.posts).toHaveLength(5);
});
