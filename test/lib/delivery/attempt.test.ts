import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { FailureCode } from '../../../lib/failures/failures.ts';
import { fail } from '../../../lib/result.ts';
import { checksumOf } from '../../../lib/stream/checksum.ts';
import { thenFailure, thenSilence } from '../../fakes/chunks.ts';
import { fastClock } from '../../fakes/fast-clock.ts';
import { exe, pdf } from '../../fakes/files.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { accepts, attemptWorld, type Given, komboError, opens } from '../../worlds/attempt-world.ts';

test('an attempt posts the file and returns what was sent', async () => {
  const world = await attemptWorld({ openings: [opens(pdf, { versionId: 'v7' })] });
  const result = await world.attempt();
  expect(result).toMatchObject({
    ending: {
      kind: 'delivered',
      warnings: [],
      sent: { name: 'Frank Doe CV.pdf', type: 'CV', contentType: 'application/pdf' },
    },
    sizeBytes: pdf.length,
  });
  expect(result.komboMs).toBeTypeOf('number');
  const [post] = world.posts();
  const { attachment } = JSON.parse(post?.body.toString() ?? '');
  expect(Buffer.from(attachment.data, 'base64').equals(pdf)).toBe(true);
});

test('the warnings of Kombo are part of the ending', async () => {
  const body = '{"status":"success","data":{},"warnings":[{"message":"Stored as other."}]}';
  const world = await attemptWorld({ posts: [({ answer }) => answer(200, body)] });
  expect(await world.attempt()).toMatchObject({ ending: { kind: 'delivered', warnings: ['Stored as other.'] } });
});

describe('an object that cannot be opened', () => {
  test.each<[FailureCode, string]>([
    ['OBJECT_REPLACED', 'superseded'],
    ['OBJECT_DELETED', 'superseded'],
    ['OBJECT_ARCHIVED', 'held'],
    ['STORAGE_DENIED', 'held'],
    ['BUCKET_NOT_FOUND', 'held'],
    ['STORAGE_UNAVAILABLE', 'waiting'],
  ])('an object that cannot be opened because of %s is %s, and nothing is posted', async (code, as) => {
    const world = await attemptWorld({ openings: [() => fail(code, 'S3 said so.')], clock: fastClock() });
    expect(await world.attempt()).toMatchObject({
      ending: { kind: 'failed', as, failure: { code, detail: 'S3 said so.' } },
    });
    expect(world.posts()).toEqual([]);
  });
});

test.each([
  ['delivered', [opens(pdf, { modifiedAt: 1_767_603_600_000 })]],
  ['failed', [opens(exe, { modifiedAt: 1_767_603_600_000 })]],
] as const)('an ending that is %s includes the time when the opened object was put', async (kind, openings) => {
  const world = await attemptWorld({ openings });
  expect(await world.attempt()).toMatchObject({ ending: { kind, modifiedAt: 1_767_603_600_000 } });
});

describe('a file that may not be sent', () => {
  test.each<[string, FailureCode, NonNullable<Given['openings']>[number]]>([
    ['empty', 'FILE_EMPTY', opens(new Uint8Array())],
    ['too large', 'FILE_TOO_LARGE', opens(pdf, { sizeBytes: 10_000_001 })],
    ['compressed', 'CONTENT_ENCODED', opens(pdf, { contentEncoding: 'gzip' })],
    ['with bad remote fields', 'REMOTE_FIELDS_INVALID', opens(pdf, { metadata: { 'kombo-remote-fields': '[]' } })],
    ['a program named .pdf', 'TYPE_CONTRADICTED', opens(exe)],
  ])(
    'a file that is not allowed (%s) is rejected without a POST, and its object is closed',
    async (_, code, opening) => {
      const world = await attemptWorld({ openings: [opening] });
      expect(await world.attempt()).toMatchObject({ ending: { kind: 'failed', as: 'rejected', failure: { code } } });
      expect(world.posts()).toEqual([]);
      expect(world.storage.opened.map(({ closed }) => closed)).toEqual([true]);
    },
  );

  test('a file is not even opened when its event says that it is too large', async () => {
    const world = await attemptWorld({ sizeBytes: 10_000_001 });
    expect(await world.attempt()).toMatchObject({
      ending: {
        as: 'rejected',
        failure: {
          code: 'FILE_TOO_LARGE',
          detail: 'The file has 10,000,001 bytes; MAX_BYTES allows 10,000,000 bytes.',
        },
      },
    });
    expect(world.storage.opened).toEqual([]);
    expect(world.posts()).toEqual([]);
  });

  test('a file is rejected for the size of the object when its event has a smaller size or none', async () => {
    const openings = [opens(pdf, { sizeBytes: 10_000_001 })];
    for (const given of [{ openings }, { openings, sizeBytes: 0 }, { openings, sizeBytes: 5 }]) {
      const world = await attemptWorld(given);
      expect(await world.attempt()).toMatchObject({ ending: { failure: { code: 'FILE_TOO_LARGE' } } });
      expect(world.storage.opened).toHaveLength(1);
    }
  });

  test('a file is not read at all when the size of its object is too large', async () => {
    const world = await attemptWorld({ openings: [opens(pdf, { sizeBytes: 10_000_001 })] });
    await world.attempt();
    expect(world.storage.opened[0]?.readBytes).toBe(0);
  });
});

describe('the object is closed', () => {
  const shorter = { sizeBytes: pdf.length + 1 };
  test.each<[string, Given]>([
    ['after a delivery', {}],
    ['after a refusal by Kombo', { posts: [komboError(400, 'PLATFORM.INPUT_INVALID')] }],
    ['after a lost answer', { posts: [({ reset }) => reset()] }],
    ['after a bad source', { openings: [opens(pdf, shorter)], durationMs: 9_000 }],
    [
      'after a source that fails at its first byte',
      { openings: [opens(pdf, { chunks: thenFailure(new Error('no')) })], durationMs: 9_000 },
    ],
    ['after a link was sent', { settings: { transfer: 'data_url' } }],
  ])('the object is closed %s', async (_, given) => {
    const world = await attemptWorld(given);
    await world.attempt();
    expect(world.storage.opened.map(({ closed }) => closed)).toEqual([true]);
  });

  test('the object is closed even when the code itself throws', async () => {
    const apiKey = {
      current: () => Promise.reject(new TypeError('a bug')),
      refresh: async () => false,
      version: async () => '1',
    };
    const world = await attemptWorld({ apiKey });
    await expect(world.attempt()).rejects.toThrow('a bug');
    expect(world.storage.opened.map(({ closed }) => closed)).toEqual([true]);
  });
});

describe('a source that differs from what was announced', () => {
  /** Too little time for a repeat, so that each source is tried once. */
  const once = { durationMs: 9_000 };
  const large = Buffer.concat([pdf, Buffer.alloc(200_000, ' ')]);
  const wrongMd5 = checksumOf({ etag: createHash('md5').update('something else').digest('hex') });

  test.each<[string, FailureCode, NonNullable<Given['openings']>[number]]>([
    ['short', 'SOURCE_SHORT', opens(large, { sizeBytes: large.length + 1 })],
    ['long', 'SOURCE_SHORT', opens(large, { sizeBytes: large.length - 1 })],
    ['corrupt', 'SOURCE_CORRUPT', opens(large, wrongMd5 ? { checksum: wrongMd5 } : {})],
    ['broken', 'STORAGE_UNAVAILABLE', () => opens(large, { chunks: thenFailure(new Error('ECONNRESET'), large) })()],
  ])('a source that is %s gives %s, waits to be sent again, and completes no POST', async (_, code, opening) => {
    const world = await attemptWorld({ ...once, openings: [opening] });
    expect(await world.attempt()).toMatchObject({ ending: { kind: 'failed', as: 'waiting', failure: { code } } });
    expect(world.posts().filter(({ complete }) => complete)).toEqual([]);
  });

  test('a source that is silent from its first byte ends the attempt at the deadline', async () => {
    const openings = [opens(pdf, { chunks: thenSilence() })];
    const world = await attemptWorld({ ...once, openings, clock: fastClock() });
    expect(await world.attempt()).toMatchObject({
      ending: { kind: 'failed', as: 'waiting', failure: { code: 'OUT_OF_TIME' } },
    });
    expect(world.posts()).toEqual([]);
  });

  test('a source that goes silent in the middle gives SOURCE_STALLED', async () => {
    const openings = [opens(large, { chunks: thenSilence(pdf, new Uint8Array(100_000)) })];
    const world = await attemptWorld({ openings, clock: fastClock() });
    expect(await world.attempt()).toMatchObject({ ending: { as: 'waiting', failure: { code: 'SOURCE_STALLED' } } });
    expect(world.posts().filter(({ complete }) => complete)).toEqual([]);
  });
});

describe('an answer of Kombo', () => {
  test.each([
    [400, 'PLATFORM.INPUT_INVALID', 'rejected'],
    [409, 'INTEGRATION.SETUP_SYNC_PENDING', 'waiting'],
    [403, 'INTEGRATION.ACTION_DISABLED', 'waiting'],
    [401, 'PLATFORM.AUTHENTICATION_INVALID', 'waiting'],
    [500, 'PLATFORM.UNKNOWN_ERROR', 'unknown'],
    [502, 'REMOTE.SERVICE_UNAVAILABLE', 'unknown'],
  ])('an answer of %i %s settles as %s after one POST', async (status, code, as) => {
    const world = await attemptWorld({ posts: [komboError(status, code)] });
    const result = await world.attempt();
    expect(result).toMatchObject({
      ending: {
        kind: 'failed',
        as,
        failure: { code, komboMessage: 'No.', logUrl: 'https://app.kombo.dev/x/logs?interactionId=1' },
        sent: { name: 'Frank Doe CV.pdf' },
      },
    });
    expect(world.posts()).toHaveLength(1);
  });

  test('an answer that never comes is unknown when the time for Kombo is over', async () => {
    const clock = manualClock();
    const posts = [() => clock.advance(240_000)];
    const world = await attemptWorld({ posts, clock });
    expect(await world.attempt()).toMatchObject({ ending: { as: 'unknown', failure: { code: 'ANSWER_TIMED_OUT' } } });
    expect(world.posts()).toHaveLength(1);
  });
});

describe('with TRANSFER=data_url', () => {
  const large = Buffer.concat([pdf, Buffer.alloc(1_000_000, ' ')]);
  const given: Given = { settings: { transfer: 'data_url' }, openings: [opens(large, { versionId: 'v7' })] };

  test('with TRANSFER=data_url the link is sent, and only the first bytes of the file are read', async () => {
    const world = await attemptWorld(given);
    expect(await world.attempt()).toMatchObject({ ending: { kind: 'delivered' }, sizeBytes: large.length });
    expect(JSON.parse(world.posts()[0]?.body.toString() ?? '')).toEqual({
      attachment: {
        name: 'Frank Doe CV.pdf',
        type: 'CV',
        content_type: 'application/pdf',
        data_url: 'https://bucket.s3.eu-central-1.amazonaws.com/candidates/x/cv.pdf?X-Amz-Signature=5ec2e7',
      },
    });
    expect(world.storage.opened[0]?.readBytes).toBe(65_536);
  });

  test('the link of TRANSFER=data_url is for exactly the version that was read, under the detected type, until the call must have ended', async () => {
    const world = await attemptWorld(given);
    await world.attempt();
    const lifetimeSeconds = 240;
    expect(world.storage.links).toMatchObject([{ contentType: 'application/pdf', versionId: 'v7', lifetimeSeconds }]);
  });

  test('an object without a version is sent as data despite TRANSFER=data_url, because its link could not be pinned', async () => {
    const world = await attemptWorld({ ...given, openings: [opens(large)] });
    expect(await world.attempt()).toMatchObject({ ending: { kind: 'delivered' }, sizeBytes: large.length });
    const { attachment } = JSON.parse(world.posts()[0]?.body.toString() ?? '');
    expect(Object.keys(attachment)).not.toContain('data_url');
    expect(Buffer.from(attachment.data, 'base64').equals(large)).toBe(true);
    expect(world.storage.links).toEqual([]);
  });

  test('no link is signed for a rejected file', async () => {
    const world = await attemptWorld({ ...given, openings: [opens(exe, { versionId: 'v7' })] });
    expect(await world.attempt()).toMatchObject({ ending: { as: 'rejected' } });
    expect(world.storage.links).toEqual([]);
  });

  test('a link that cannot be signed gives STORAGE_UNAVAILABLE', async () => {
    const world = await attemptWorld({ ...given, durationMs: 9_000 });
    world.storage.link = () => Promise.reject(new Error('CredentialsProviderError'));
    expect(await world.attempt()).toMatchObject({
      ending: {
        as: 'waiting',
        failure: { code: 'STORAGE_UNAVAILABLE', detail: 'No link to the object could be signed.' },
      },
    });
    expect(world.posts()).toEqual([]);
  });

  test('no failure contains the signed link', async () => {
    const world = await attemptWorld({ ...given, posts: [({ reset }) => reset()] });
    const result = await world.attempt();
    expect(result).toMatchObject({ ending: { as: 'unknown', failure: { code: 'ANSWER_LOST' } } });
    expect(JSON.stringify(result)).not.toContain('amazonaws');
  });
});

describe('the limits of the integration', () => {
  const preflight = (body: string) => ({
    complete: ({ request, answer }: Parameters<typeof accepts>[0]) =>
      request.method === 'GET' ? answer(200, body) : answer(200, '{}'),
  });

  test('a file over the limits of the integration is rejected without a POST; once they are known, without opening it, by the size in its event', async () => {
    const types = { CV: { is_supported: true, max_file_size_bytes: 10, accepted_mime_types: null } };
    const body = JSON.stringify({ status: 'success', data: { attachment_restrictions: { types } } });
    const world = await attemptWorld({ server: preflight(body), sizeBytes: 11 });
    expect(await world.attempt()).toMatchObject({ ending: { as: 'rejected', failure: { code: 'FILE_TOO_LARGE' } } });
    expect(world.storage.opened).toHaveLength(1);
    expect(await world.attempt()).toMatchObject({
      ending: {
        as: 'rejected',
        failure: { code: 'FILE_TOO_LARGE', detail: 'The file has 11 B; the integration accepts up to 10 B as CV.' },
      },
    });
    expect(world.storage.opened).toHaveLength(1);
    expect(world.posts()).toEqual([]);
  });

  test.each([
    ['cannot be read', preflight('<html></html>')],
    [
      'do not come within three seconds',
      { complete: (call: Parameters<typeof accepts>[0]) => void (call.request.method === 'POST' && accepts(call)) },
    ],
  ])('limits of the integration that %s do not stop a delivery', async (_, server) => {
    const world = await attemptWorld({ server, clock: fastClock() });
    expect(await world.attempt()).toMatchObject({ ending: { kind: 'delivered' } });
  });
});
