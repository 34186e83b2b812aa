import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { fileOfRecord } from '../../../handlers/on-demand/answer/file-answer.ts';
import type { Courier } from '../../../lib/courier.ts';
import { deliver } from '../../../lib/delivery/deliver.ts';
import { lanesOn } from '../../../lib/lane/lane-store.ts';
import type { EventOf } from '../../../lib/ledger/ledger-event.ts';
import type { LedgerRecord, State } from '../../../lib/ledger/record.ts';
import { toItem } from '../../../lib/ledger/record-item.ts';
import type { Outcome } from '../../../lib/outcome.ts';
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
  const open = vi.spyOn(courier.storage, 'open');
  expect(await send(put('fourth'))).toMatchObject({ status: 'attached' });
  expect(open).toHaveBeenCalledTimes(2);
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
      'when the earlier one is of the same id under another integration',
      states.attached,
      { target: { ...target, integrationId: 'lever:1' } },
    ],
    ['when the earlier one went to another candidate', states.attached, { target: { ...target, id: 'GRK999' } }],
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
      {
        content: undefined,
        upload: { bucket: 'cv-inbox', key, etag: '9b2cf535f27731c974343645a3985328', sizeBytes: pdf.length },
      },
    ],
    ['when the earlier one is rejected', states.rejected, {}],
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
    [
      'while another one, claimed later, is being sent and does not give way',
      states.sending,
      { attemptedAt: nine + hour },
    ],
    ['while the outcome of an earlier one is unknown', states.unknown, {}],
    ['while the outcome of another one, claimed later, is unknown', states.unknown, { attemptedAt: nine + hour }],
    ['while another one is held and may be delivered', states.doubtful, {}],
    ['while another one waits to be sent again for an operator', states.waiting, { resentAt: 1 }],
    [
      'while another one is being sent again for an operator',
      states.sending,
      { resentAt: 1, attemptedAt: nine + hour },
    ],
  ])('an upload waits without a POST %s', async (_, state, change) => {
    earlier(state, change);
    expect(await world.run(send(put('second')))).toMatchObject(waits);
    expect(world.kombo.posts).toEqual([]);
  });

  test('an upload waits for another one about a minute, or until its next look, or an hour when an operator must decide', async () => {
    const dueIn = async (state: State, etag: string): Promise<number> => {
      earlier(state);
      const outcome = await send(put(etag));
      return 'dueAt' in outcome && outcome.dueAt ? +outcome.dueAt - world.clock.now() : Number.NaN;
    };
    const now = world.clock.now();
    expect(await dueIn({ ...states.sending, leaseUntil: now + 5 * minute }, 'a')).toBe(minute);
    expect(await dueIn({ ...states.unknown, dueAt: now + 1 }, 'b')).toBe(minute);
    expect(await dueIn({ ...states.unknown, dueAt: now + 20 * minute }, 'c')).toBe(20 * minute);
    expect(await dueIn({ ...states.unknown, dueAt: now + 20 * hour }, 'd')).toBe(hour);
    expect(await dueIn(states.doubtful, 'e')).toBe(hour);
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
