import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { fileOfRecord } from '../../../handlers/on-demand/answer/file-answer.ts';
import type { Courier } from '../../../lib/courier.ts';
import { deliver } from '../../../lib/delivery/deliver.ts';
import { lanesOn } from '../../../lib/lane/lane-store.ts';
import type { EventOf } from '../../../lib/ledger/ledger-event.ts';
import type { LedgerRecord, State } from '../../../lib/ledger/record.ts';
import { toItem } from '../../../lib/ledger/record-item.ts';
import type { Outcome } from '../../../lib/outcome.ts';
import { fail, ok } from '../../../lib/result.ts';
import { type Upload, uploadId } from '../../../lib/upload/upload.ts';
import { checksumOfBytes, pdf } from '../../fakes/files.ts';
import { hour, integrationId, minute, nine, recordIn, second, states, target } from '../../fakes/ledger-samples.ts';
import { refuses, takes } from '../../fakes/scripted-kombo.ts';
import { type DeliveryWorld, deliveryWorld, type StoredFile } from '../../worlds/delivery-world.ts';

/** Two uploads of one key: the second has the bytes of the first under another ETag, as an in-place copy has. */
let world: DeliveryWorld;
let courier: Courier;
beforeEach(() => {
  world = deliveryWorld();
  courier = world.newCourier();
});

const key = 'candidates/GRK123/Frank Doe CV.pdf';
const content = { sizeBytes: pdf.length, checksum: checksumOfBytes(pdf) };

const put = (etag: string, file: Partial<StoredFile> = {}): Upload => world.put(key, { etag, ...file });
/** An event of a waiting file comes early; here the file is sent again when it is due. */
const sendWhenDue = (upload: Upload): Promise<Outcome> => {
  world.clock.advance(2 * hour);
  return send(upload);
};
const send = (upload: Upload, its = courier): Promise<Outcome> => deliver(upload, { deadline: world.deadline() }, its);

/** Writes the record of an earlier upload of the key. */
const earlier = (state: State, change: Partial<LedgerRecord> = {}): LedgerRecord => {
  const upload = { bucket: 'cv-inbox', key, etag: 'first', sizeBytes: pdf.length };
  const record = recordIn(state, { upload, content, ...change });
  world.table.items.set(uploadId(record.upload), toItem(record, 400));
  return record;
};

/** The ETag looks like the MD5 of other bytes. */
const likeMd5: Upload = { bucket: 'cv-inbox', key, etag: '9b2cf535f27731c974343645a3985328', sizeBytes: pdf.length };

const events = {
  retry: { kind: 'retry', reason: 'Now.' },
  resend: { kind: 'resend', reason: 'The recruiter deleted it.' },
  resolve: { kind: 'resolve', reason: 'It is there.' },
} as const satisfies { [K in 'retry' | 'resend' | 'resolve']: EventOf<K> };

const decide = async (upload: Upload, action: keyof typeof events): Promise<void> => {
  expect(await courier.ledger.apply(await world.recordOf(upload), events[action])).not.toBe('conflict');
};
const waits = { status: 'waiting', failure: { code: 'SAME_BYTES_UNDECIDED' } } as const;

describe('bytes that an earlier upload of the key has attached', () => {
  test('bytes already attached are not sent under another ETag: the copy counts as attached since then', async () => {
    const first = await send(put('first'));
    world.clock.advance(hour);
    const copy = put('second');
    const outcome = await send(copy);

    expect(outcome).toMatchObject({ status: 'already-attached' });
    expect('attachedAt' in outcome && 'attachedAt' in first && +outcome.attachedAt - +first.attachedAt).toBe(0);
    expect(world.kombo.posts).toHaveLength(1);
    expect((await world.recordOf(copy)).content).toEqual(content);
  });

  test('the earlier upload is named as the reason why the copy counts as attached, and the copy sent nothing', async () => {
    await send(put('first'));
    const copy = put('second');
    await send(copy);
    const answer = fileOfRecord({ id: uploadId(copy), readable: true, record: await world.recordOf(copy) });
    expect(answer).toMatchObject({
      status: 'attached',
      knownBy: 'an earlier upload of this key with the same bytes, which is attached',
    });
    expect(answer).not.toHaveProperty('sentAs');
  });

  test('copies of copies stay attached once', async () => {
    for (const etag of ['first', 'second', 'third', 'first']) {
      expect(await send(put(etag))).toMatchObject({
        status: etag === 'first' ? expect.anything() : 'already-attached',
      });
    }
    expect(world.kombo.standing).toHaveLength(1);
  });

  test('a copy of attached bytes teaches nothing about the tool when it is settled', async () => {
    earlier(states.attached);
    await send(put('second'));
    expect((await lanesOn(world.table, world.clock).toolOf(integrationId)).flatMap(({ samples }) => samples)).toEqual(
      [],
    );
  });

  test.each<[string, Partial<LedgerRecord>]>([
    ['after an operator had the earlier one sent again', { resentAt: 1 }],
    ['when the S3 checksum is a SHA-256', { content: { ...content, checksum: { algorithm: 'SHA256', value: 'x' } } }],
  ])('attached bytes are not sent again %s', async (_, change) => {
    earlier(states.attached, change);
    const identity = change.content?.checksum ?? content.checksum;
    expect(await send(put('second', { identity }))).toMatchObject({ status: 'already-attached' });
  });

  test('attached bytes are recognised by the MD5 that a crashed function left; then the copy is read once more', async () => {
    const value = createHash('md5').update(pdf).digest('hex');
    earlier(states.attached, { content: { ...content, checksum: { algorithm: 'MD5', value } } });
    expect(await send(put('second'))).toMatchObject({ status: 'already-attached' });
    earlier(states.attached, { content: { ...content, checksum: { algorithm: 'MD5', value: 'other' } } });
    const third = put('third', { identity: { algorithm: 'SHA256', value: 'y' } });
    await courier.ledger.forget({ id: `cv-inbox/${key}#second`, readable: false, version: 2, reason: '' });
    expect(await send(third)).toMatchObject({ status: 'attached' });
  });

  test('attached bytes are recognised by an ETag that is their MD5, when nothing else was ever known of them', async () => {
    const etag = createHash('md5').update(pdf).digest('hex');
    earlier(states.attached, { content: undefined, upload: { bucket: 'cv-inbox', key, etag, sizeBytes: pdf.length } });
    expect(await send(put('second'))).toMatchObject({ status: 'already-attached' });
  });

  test('attached bytes are sent again when an operator resends the copy', async () => {
    earlier(states.attached);
    const copy = put('second');
    await send(copy);
    await decide(copy, 'resend');
    expect(await send(copy)).toMatchObject({ status: 'attached' });
    expect(world.kombo.posts).toHaveLength(1);
  });
});

test('however many earlier records have another kind of checksum, an upload is read once to compare them, and opened once to be sent', async () => {
  for (const etag of ['first', 'second', 'third'])
    earlier(states.attached, {
      upload: { bucket: 'cv-inbox', key, etag, sizeBytes: pdf.length },
      content: { ...content, checksum: { algorithm: 'MD5', value: 'other' } },
    });
  const counts = { opened: 0, closed: 0 };
  const open: Courier['storage']['open'] = async (upload, signal) => {
    counts.opened += 1;
    const opened = await courier.storage.open(upload, signal);
    const close = (): void => {
      counts.closed += 1;
    };
    return opened.ok ? ok({ ...opened.value, close }) : opened;
  };
  const storage = { ...courier.storage, open };
  expect(await send(put('fourth'), { ...courier, storage })).toMatchObject({ status: 'attached' });
  expect(counts).toEqual({ opened: 2, closed: 2 });
});

test('an upload that cannot be read to compare it waits, whatever the reason is, because its next claim sees what is there', async () => {
  earlier(states.attached, { content: { ...content, checksum: { algorithm: 'MD5', value: 'other' } } });
  const copy = put('second');
  let opened = 0;
  const storage: Courier['storage'] = {
    ...courier.storage,
    // Every second opening is that of the comparison.
    open: async (upload, signal) =>
      ++opened % 2 === 0 ? fail('OBJECT_REPLACED', 'Another.') : courier.storage.open(upload, signal),
  };
  expect(await world.run(send(copy, { ...courier, storage }))).toMatchObject({
    status: 'waiting',
    failure: { code: 'STORAGE_UNAVAILABLE', detail: 'Another.' },
  });
});

test('an upload is compared with the first 1,000 uploads of its target, because every delivery pays for them', async () => {
  let listed = 0;
  async function* idsOfTarget() {
    for (; listed < 2_000; listed += 1) yield `cv-inbox/candidates/GRK123/Other.pdf#${listed}`;
  }
  const ledger = { ...courier.ledger, idsOfTarget };
  expect(await send(put('first'), { ...courier, ledger })).toMatchObject({ status: 'attached' });
  // The one at which it stopped was not counted here.
  expect(listed).toBe(999);
});

test.each([
  ['an application', { ...target, kind: 'application' }],
  ['another candidate', { ...target, id: 'GRK999' }],
  ['a candidate of another integration', { ...target, integrationId: 'lever:1' }],
  ['no target', undefined],
])('an upload is sent when the earlier one, which an outdated index still lists, now belongs to %s', async (_, its) => {
  const { upload } = earlier(states.attached, { target: its } as Partial<LedgerRecord>);
  const ledger: Courier['ledger'] = {
    ...courier.ledger,
    idsOfTarget: async function* () {
      yield uploadId(upload);
    },
  };
  expect(await send(put('second'), { ...courier, ledger })).toMatchObject({ status: 'attached' });
});

describe('an upload with an earlier record is sent', () => {
  test.each<[string, State, Partial<LedgerRecord>]>([
    [
      'when the earlier one has other bytes',
      states.attached,
      { content: { ...content, checksum: checksumOfBytes(new Uint8Array(3)) } },
    ],
    ['when the earlier one has another length', states.attached, { content: { ...content, sizeBytes: 3 } }],
    ['when the bytes of the attached one were never known', states.attached, { content: undefined }],
    [
      'when the earlier one is of another key',
      states.attached,
      { upload: { bucket: 'cv-inbox', key: `${key}.pdf`, etag: 'first' } },
    ],
    [
      'when the earlier one is of another bucket',
      states.attached,
      { upload: { bucket: 'cv-other', key, etag: 'first' } },
    ],
    [
      'when the earlier one was sent with another type',
      states.attached,
      { sent: { name: 'cv.pdf', type: 'OTHER', contentType: 'application/pdf' } },
    ],
    ['when the earlier one is known not to be delivered', states.waiting, {}],
    ['when the earlier one is held and known not to be delivered', states.held, {}],
    [
      'when the held one of unknown bytes has an ETag that is the MD5 of other bytes',
      states.doubtful,
      { content: undefined, upload: likeMd5 },
    ],
    ['when the earlier one is rejected', states.rejected, {}],
    ['when the earlier one is rejected after it was sent again for an operator', states.rejected, { resentAt: 1 }],
    ['when the earlier one is superseded', states.superseded, {}],
    [
      'when one with another length is being sent',
      states.sending,
      { content: undefined, upload: { bucket: 'cv-inbox', key, etag: 'first', sizeBytes: 3 } },
    ],
  ])('an upload is sent %s', async (_, state, change) => {
    earlier(state, change);
    expect(await send(put('second'))).toMatchObject({ status: 'attached' });
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('an upload is sent when S3 has only an MD5 and no checksum, and then no record is read', async () => {
    earlier(states.attached);
    await send(put('warm', { identity: { algorithm: 'MD5', value: 'a1' } }));
    world.table.calls.length = 0;
    const outcome = await send(put('second', { identity: { algorithm: 'MD5', value: 'a2' } }));
    expect(outcome).toMatchObject({ status: 'attached' });
    expect(world.table.calls).toEqual(['put', 'put']);
  });

  test('an upload is sent when the record of the earlier one cannot be read', async () => {
    const { upload } = earlier(states.attached);
    const item = world.table.items.get(uploadId(upload));
    if (item) world.table.items.set(item.pk, { ...item, document: '{' });
    expect(await send(put('second'))).toMatchObject({ status: 'attached' });
  });
});

describe('an upload waits for an earlier one without a POST', () => {
  test.each<[string, State, Partial<LedgerRecord>]>([
    ['while an earlier one is being sent', states.sending, {}],
    ['while an earlier one of unknown bytes is being sent', states.sending, { content: undefined }],
    ['while the outcome of an earlier one is unknown', states.unknown, {}],
    ['while the outcome of another one, claimed later, is unknown', states.unknown, { attemptedAt: nine + hour }],
    [
      'while one of unknown bytes is being sent, although its ETag may be the MD5 of other bytes',
      states.sending,
      { content: undefined, upload: likeMd5 },
    ],
    [
      'while the outcome of one of unknown bytes is unknown, although its ETag may be the MD5 of other bytes',
      states.unknown,
      { content: undefined, upload: likeMd5 },
    ],
    ['while another one is held and may be delivered', states.doubtful, {}],
    ['while another one waits to be sent again for an operator', states.waiting, { resentAt: 1 }],
    [
      'while another one is being sent again for an operator',
      states.sending,
      { resentAt: 1, attemptedAt: nine + hour },
    ],
  ])('an upload waits without a POST %s', async (_, state, change) => {
    earlier(state, change);
    // Time stands still: this would not end if it expected the other one to give way.
    expect(await send(put('second'))).toMatchObject(waits);
    expect(world.kombo.posts).toEqual([]);
  });

  test('an upload waits without a POST of its own when another one, claimed later, is being sent and has not given way for 1.3 s', async () => {
    // The first file of a process loads a library, which takes time.
    await send(world.put('candidates/GRK1/CV.pdf'));
    earlier(states.sending, { attemptedAt: nine + hour });
    const copy = put('second');
    expect(await world.run(send(copy))).toMatchObject(waits);
    expect((await world.recordOf(copy)).updatedAt - nine).toBe(1_300);
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('an upload that came first but is claimed again later waits for one that was claimed before, which does not give way', async () => {
    earlier(states.unknown);
    const copy = put('second');
    await send(copy);
    earlier({ ...states.sending, leaseUntil: nine + 9 * hour }, { attemptedAt: nine + hour });
    // Time stands still, as above.
    expect(await sendWhenDue(copy)).toMatchObject(waits);
  });

  test('an upload waits for another one about a minute, or until its next look, or an hour when an operator must decide', async () => {
    const dueIn = async (state: State, etag: string, change: Partial<LedgerRecord> = {}): Promise<number> => {
      earlier(state, change);
      const outcome = await send(put(etag));
      return 'dueAt' in outcome && outcome.dueAt ? +outcome.dueAt - world.clock.now() : Number.NaN;
    };
    const now = world.clock.now();
    expect(await dueIn({ ...states.sending, leaseUntil: now + 5 * minute }, 'a')).toBe(minute);
    expect(await dueIn({ ...states.unknown, dueAt: now + 1 }, 'b')).toBe(minute);
    expect(await dueIn({ ...states.unknown, dueAt: now + 20 * minute }, 'c')).toBe(20 * minute);
    expect(await dueIn({ ...states.unknown, dueAt: now + 20 * hour }, 'd')).toBe(hour);
    expect(await dueIn(states.doubtful, 'e')).toBe(hour);
    expect(await dueIn({ ...states.waiting, dueAt: now + 20 * minute }, 'f', { resentAt: 1 })).toBe(20 * minute);
  });

  test('an upload may wait for another one for two days without using up its retry budget', async () => {
    earlier(states.unknown);
    const copy = put('second');
    for (let wait = 0; wait < 48; wait += 1) {
      expect(await send(copy)).toMatchObject(waits);
      world.clock.advance(hour);
    }
    earlier(states.rejected);
    world.kombo.script.push(() => refuses('REMOTE.RATE_LIMIT_EXCEEDED'));
    expect(await send(copy)).toMatchObject({ status: 'waiting', failure: { code: 'REMOTE.RATE_LIMIT_EXCEEDED' } });
    expect(await sendWhenDue(copy)).toMatchObject({ status: 'attached' });
  });

  test('an upload waits with LEDGER_UNAVAILABLE when the ledger cannot be read at that moment', async () => {
    await send(put('warm'));
    const copy = world.put('candidates/GRK123/Other.pdf');
    world.table.fail('query', 1);
    expect(await send(copy)).toMatchObject({ status: 'waiting', failure: { code: 'LEDGER_UNAVAILABLE' } });
    expect(world.kombo.posts).toHaveLength(1);
    expect(await sendWhenDue(copy)).toMatchObject({ status: 'attached' });
  });

  test('an upload that waits for another one says which, without its key', async () => {
    earlier(states.unknown);
    const outcome = await send(put('second'));
    const detail = 'failure' in outcome ? outcome.failure?.detail : '';
    expect(detail).toBe('The upload of this key with the ETag first is unknown, and may have the same bytes.');
  });
});

describe('once the earlier upload is decided', () => {
  test('when the earlier upload is attached, the one that waited is attached without a POST', async () => {
    const { upload } = earlier(states.unknown);
    const copy = put('second');
    await send(copy);
    await decide(upload, 'resolve');
    world.clock.advance(minute);
    expect(await send(copy)).toMatchObject({ status: 'already-attached' });
    expect(world.kombo.posts).toEqual([]);
  });

  test.each<[string, State]>([
    ['as absent by two looks', states.waiting],
    ['as rejected', states.rejected],
    ['as gone before it was read', states.superseded],
  ])('when the earlier upload is decided %s, the one that waited is sent', async (_, state) => {
    earlier(states.unknown);
    const copy = put('second');
    await send(copy);
    earlier(state);
    expect(await sendWhenDue(copy)).toMatchObject({ status: 'attached' });
    expect(world.kombo.posts).toHaveLength(1);
  });

  test("an operator's resend sends an upload that waits for another one", async () => {
    earlier(states.doubtful);
    const copy = put('second');
    await send(copy);
    await decide(copy, 'retry');
    expect(await send(copy)).toMatchObject(waits);
    await decide(copy, 'resend');
    expect(await send(copy)).toMatchObject({ status: 'attached' });
  });
});

describe('two uploads of the same bytes in progress', () => {
  test('two uploads of the same bytes in progress send them once: the later one waits, and is attached as the earlier one', async () => {
    let answer: () => void = () => undefined;
    world.kombo.script.push(() => new Promise((resolve) => (answer = () => resolve(takes()))));
    const first = send(put('first'));
    await posted(1);
    const copy = put('second');
    world.clock.advance(second);
    expect(await send(copy, world.newCourier())).toMatchObject(waits);
    answer();
    expect(await first).toMatchObject({ status: 'attached' });
    expect(await sendWhenDue(copy)).toMatchObject({ status: 'already-attached' });
    expect(world.kombo.posts).toHaveLength(1);
  });

  test.each([
    ['first', 'second'],
    ['second', 'first'],
  ])(
    'two uploads of the same bytes claimed at the same time never wait for each other: %s of the two is sent',
    async (...etags) => {
      // Both objects can be opened, as if the key had been replaced right after the first opening.
      const uploads = etags.map((etag) => put(etag));
      const opened = new Map(etags.map((etag) => [etag, { ...world.bucket.get(key), etag }]));
      const both: Courier['storage'] = {
        ...courier.storage,
        open: (upload, signal) => {
          world.bucket.set(key, opened.get(upload.etag) as StoredFile);
          return courier.storage.open(upload, signal);
        },
      };
      const sending = uploads.map((upload) => send(upload, { ...world.newCourier(), storage: both }));
      const outcomes = await world.run(Promise.all(sending));
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['attached', 'waiting']);
      expect(world.kombo.posts).toHaveLength(1);
    },
  );

  const posted = async (count: number): Promise<void> => {
    while (world.kombo.posts.length < count) await new Promise((resolve) => setImmediate(resolve));
  };
});
