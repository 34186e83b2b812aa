import { describe, expect, test } from 'vitest';
import type { ListedFile } from '../../../lib/kombo/attachment-list.ts';
import type { KnownContents } from '../../../lib/read-back/compare-content.ts';
import { ok } from '../../../lib/result.ts';
import type { FileContent } from '../../../lib/upload/file-content.ts';
import { chunksOf, thenFailure } from '../../fakes/chunks.ts';
import { checksumOfBytes } from '../../fakes/files.ts';
import { serves } from '../../fakes/scripted-kombo.ts';
import { type Answer, compare, contentOf, cv, letter, onlyOurs, photo } from '../../worlds/compare-world.ts';

const md5OfCv = '556343c4109d95d8f652f55adcce3273';

const one = async (answer: Uint8Array | Answer, known: KnownContents = onlyOurs, file: ListedFile = {}) => {
  const { comparisons } = await compare([answer], { known, files: [{ link: 'https://files.example/0', ...file }] });
  return comparisons[0];
};

const page = (bytes: Uint8Array) => () => serves(bytes, { 'content-type': 'text/html; charset=utf-8' });
/** Its length is not announced anywhere. */
const inChunks = (bytes: Uint8Array) => () =>
  serves(bytes, { 'content-length': undefined, 'transfer-encoding': 'chunked' });

describe('the bytes of one listed file', () => {
  test('a listed file with equal bytes is ours, whether its length was announced or not', async () => {
    expect(await one(cv)).toEqual({ kind: 'ours', otherTypes: [] });
    expect(await one(inChunks(cv))).toEqual({ kind: 'ours', otherTypes: [] });
  });

  test('a listed file of our length with different bytes is different', async () => {
    expect(await one(letter)).toEqual({ kind: 'different' });
    expect(await one(inChunks(letter))).toEqual({ kind: 'different' });
  });

  test('a listed file whose announced length differs is different, and its body is not read', async () => {
    const unreadable = () => serves(new Uint8Array(), { 'content-length': '7' });
    expect(await one(unreadable)).toEqual({ kind: 'different' });
  });

  test('a listed file without a link is not compared, which may pass, and costs no request', async () => {
    const { comparisons, host } = await compare([], { files: [{ name: 'cv.pdf' }, {}] });
    expect(comparisons).toEqual([
      { kind: 'not-compared', reason: 'Kombo provides no link to the file.', mayPass: true },
      { kind: 'not-compared', reason: 'Kombo provides no link to the file.', mayPass: true },
    ]);
    expect(host.opened).toBe(0);
  });

  test.each([
    ['as long as ours', letter],
    ['of another length', photo],
  ])('a login page %s is not compared, and a later look does not change that', async (_, bytes) => {
    expect(await one(page(bytes))).toMatchObject({
      kind: 'not-compared',
      reason: expect.stringMatching(/^The link returned a page/),
      mayPass: false,
    });
  });

  test('a page with exactly our bytes is ours: an uploaded HTML file', async () => {
    expect(await one(page(cv))).toEqual({ kind: 'ours', otherTypes: [] });
  });

  test('a page is a file like any other when Kombo lists it as one', async () => {
    expect(await one(page(letter), onlyOurs, { contentType: 'text/html' })).toEqual({ kind: 'different' });
  });

  test('a download that breaks off is not compared, although the bytes so far differ', async () => {
    const broken = () =>
      ok({
        status: 200,
        headers: { 'content-length': '20' },
        chunks: thenFailure(new Error('ECONNRESET'), letter.subarray(0, 10)),
        close: () => undefined,
      });
    expect(await one(broken)).toMatchObject({ kind: 'not-compared', mayPass: true });
  });

  test('the reason for a refused link is kept as the link gives it', async () => {
    const refused = () => ({ ok: false, error: { reason: 'The link is not an https link.', mayPass: false } }) as const;
    expect(await one(refused)).toEqual({
      kind: 'not-compared',
      reason: 'The link is not an https link.',
      mayPass: false,
    });
  });
});

describe('the bytes of other uploads of the target', () => {
  const withLetter: KnownContents = { ...onlyOurs, others: [{ content: contentOf(letter), type: 'COVER_LETTER' }] };
  const twice: KnownContents = {
    ...onlyOurs,
    others: [
      { content: contentOf(cv), type: 'OTHER' },
      { content: contentOf(letter), type: 'COVER_LETTER' },
      { content: contentOf(cv), type: undefined },
    ],
  };

  test('a file with the bytes of another upload is explained by that upload', async () => {
    expect(await one(letter, withLetter)).toEqual({ kind: 'other-upload' });
    expect(await one(photo, { ...onlyOurs, others: [{ content: contentOf(photo), type: 'CV' }] })).toEqual({
      kind: 'other-upload',
    });
  });

  test('bytes that are both ours and those of another upload are ours, and the types of the others are returned', async () => {
    expect(await one(cv, twice)).toEqual({ kind: 'ours', otherTypes: ['OTHER'] });
  });

  test('checksums of several algorithms are compared in one download', async () => {
    const byMd5: FileContent = { sizeBytes: cv.length, checksum: { algorithm: 'MD5', value: md5OfCv } };
    expect(await one(cv, { ...withLetter, ours: byMd5 })).toEqual({ kind: 'ours', otherTypes: [] });
    expect(await one(letter, { ...withLetter, ours: byMd5 })).toEqual({ kind: 'other-upload' });
  });

  test('files of different lengths are not the same despite equal checksums', async () => {
    const odd: FileContent = { sizeBytes: photo.length, checksum: checksumOfBytes(cv) };
    expect(await one(cv, { ...withLetter, ours: odd })).toEqual({ kind: 'different' });
  });
});

describe('our own bytes are not certain', () => {
  const byEntityTag: FileContent = { sizeBytes: cv.length, checksum: { algorithm: 'MD5', value: md5OfCv } };
  const unread = (oursIs: 'unread-for-now' | 'unread-for-good', change: Partial<KnownContents> = {}) =>
    ({ ours: undefined, oursIs, others: [], ...change }) satisfies KnownContents;

  test('an equal ETag proves that a file is ours', async () => {
    const known = unread('unread-for-good', { ours: byEntityTag });
    expect(await one(cv, known)).toEqual({ kind: 'ours', otherTypes: [] });
  });

  test.each([
    ['unread-for-now', true],
    ['unread-for-good', false],
  ] as const)('a different ETag proves nothing, and neither does its length (%s)', async (oursIs, mayPass) => {
    const known = unread(oursIs, { ours: byEntityTag });
    expect(await one(letter, known)).toMatchObject({ kind: 'not-compared', mayPass });
    expect(await one(photo, known)).toMatchObject({ kind: 'not-compared', mayPass });
  });

  test.each([
    ['unread-for-now', true],
    ['unread-for-good', false],
  ] as const)('no link is opened when there is nothing to compare with (%s)', async (oursIs, mayPass) => {
    const { comparisons, host } = await compare([cv, letter], { known: unread(oursIs) });
    expect(comparisons).toHaveLength(2);
    for (const comparison of comparisons) expect(comparison).toMatchObject({ kind: 'not-compared', mayPass });
    expect(host.opened).toBe(0);
  });

  test('bytes of another upload may be ours as well, unless the length rules it out', async () => {
    const others = [{ content: contentOf(letter), type: 'CV' }] as const;
    expect(await one(letter, unread('unread-for-good', { others }))).toMatchObject({ kind: 'not-compared' });
    expect(await one(letter, unread('unread-for-good', { ours: byEntityTag, others }))).toMatchObject({
      kind: 'not-compared',
    });
    const shorter = { ...byEntityTag, sizeBytes: 7 };
    expect(await one(letter, unread('unread-for-good', { ours: shorter, others }))).toEqual({ kind: 'other-upload' });
  });
});

describe('unusual listings', () => {
  test('an empty listing gives an empty comparison', async () => {
    expect((await compare([], { files: [] })).comparisons).toEqual([]);
  });

  test('entries with the same link, and equal entries, are compared separately', async () => {
    const link = 'https://files.example/0';
    const { comparisons, host } = await compare([cv], { files: [{ link }, { link }, {}, {}] });
    expect(comparisons.map(({ kind }) => kind)).toEqual(['ours', 'ours', 'not-compared', 'not-compared']);
    expect(host.opened).toBe(2);
  });

  test('a body in many pieces is compared as one file', async () => {
    const pieces = () =>
      ok({
        status: 200,
        headers: { 'content-length': '20' },
        chunks: chunksOf(cv.subarray(0, 1), cv.subarray(1, 19), cv.subarray(19)),
        close: () => undefined,
      });
    expect(await one(pieces)).toMatchObject({ kind: 'ours' });
  });
});
