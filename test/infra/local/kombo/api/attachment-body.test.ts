import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type KomboEmulator, startKomboEmulator } from '../../../../../infra/local/kombo/emulator.ts';
import { call, errorOf, pdf, post } from '../../../../fakes/emulator-caller.ts';

let emulator: KomboEmulator;
beforeAll(async () => {
  emulator = await startKomboEmulator({ maxBodyBytes: 100_000 });
});
beforeEach(() => emulator.reset());
afterAll(() => emulator.close());

const without = (field: keyof typeof pdf) => ({ ...pdf, [field]: undefined });

describe('a body is refused as PLATFORM.INPUT_INVALID, by the name of the field', () => {
  test.each([
    ['no attachment', {}, 'attachment is required.'],
    ['a list', [], 'attachment is required.'],
    ['a text', 'CV', 'The body must be a JSON object.'],
    ['attachment null', { attachment: null }, 'attachment must be an object.'],
    ['no name', { attachment: without('name') }, 'attachment.name is required.'],
    ['a number as name', { attachment: { ...pdf, name: 7 } }, 'attachment.name must be a string.'],
    ['no type', { attachment: without('type') }, 'attachment.type is required.'],
    [
      'a type in small letters',
      { attachment: { ...pdf, type: 'cv' } },
      'attachment.type must be CV, COVER_LETTER or OTHER.',
    ],
    [
      'a content type with parameters',
      { attachment: { ...pdf, content_type: 'text/plain; charset=utf-8' } },
      'attachment.content_type must be type/subtype, without parameters.',
    ],
    [
      'a content type with a plus',
      { attachment: { ...pdf, content_type: 'image/svg+xml' } },
      'attachment.content_type must be type/subtype, without parameters.',
    ],
    [
      'a content type with a blank behind',
      { attachment: { ...pdf, content_type: 'application/pdf ' } },
      'attachment.content_type must be type/subtype, without parameters.',
    ],
    [
      'a content type of null',
      { attachment: { ...pdf, content_type: null } },
      'attachment.content_type must be a string.',
    ],
    [
      'data without a content type',
      { attachment: without('content_type') },
      'attachment.content_type is required with attachment.data.',
    ],
    [
      'neither data nor data_url',
      { attachment: without('data') },
      'attachment.data or attachment.data_url is required.',
    ],
    [
      'both data and data_url',
      { attachment: { ...pdf, data_url: 'http://127.0.0.1/x' } },
      'attachment.data and attachment.data_url must not be given together.',
    ],
    ['data as a list', { attachment: { ...pdf, data: ['AAAA'] } }, 'attachment.data must be a string.'],
    ['an empty file', { attachment: { ...pdf, data: '' } }, 'attachment holds an empty file.'],
    [
      'a data_url that is none',
      { attachment: { ...without('data'), data_url: 'somewhere' } },
      'attachment.data_url must be a URL.',
    ],
    [
      'a data_url of another scheme',
      { attachment: { ...without('data'), data_url: 'file:///etc/hosts' } },
      'attachment.data_url must be an http or https URL.',
    ],
    [
      'a data_url beyond this machine',
      { attachment: { ...without('data'), data_url: 'https://bucket.example/cv.pdf?X-Amz-Signature=secret' } },
      'attachment.data_url must lie on this machine: the emulator fetches nothing from elsewhere.',
    ],
    [
      'remote fields as a list of nothing',
      { attachment: pdf, remote_fields: null },
      'remote_fields must be an object.',
    ],
    [
      'an actor for Greenhouse that is a number',
      { attachment: pdf, remote_fields: { greenhouse: { post_headers: { 'On-Behalf-Of': 4711 } } } },
      'remote_fields.greenhouse.post_headers.On-Behalf-Of must be a string.',
    ],
    [
      'an actor for Workable that is null',
      { attachment: pdf, remote_fields: { workable: { on_behalf_of_user_remote_id: null } } },
      'remote_fields.workable.on_behalf_of_user_remote_id must be a string.',
    ],
  ])('%s', async (_, body, message) => {
    const answer = await post(emulator, 'Frank1', { body });

    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toMatchObject({ code: 'PLATFORM.INPUT_INVALID', message });
    expect(emulator.attachments()).toEqual([]);
  });

  test.each([
    ['line breaks', 'JVBE\nRg=='],
    ['missing padding', 'JVBERg'],
    ['the URL alphabet', '_-__'],
    ['stray bits before the padding', 'JVBERh=='],
    ['a foreign character', 'JVB€'],
    ['data behind the padding', 'JVBERg==JVBE'],
    ['a data URL', 'data:application/pdf;base64,JVBERg=='],
  ])('base64 with %s', async (_, data) => {
    const answer = await post(emulator, 'Frank1', { body: { attachment: { ...pdf, data } } });

    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toMatchObject({
      code: 'PLATFORM.INPUT_INVALID',
      message: 'attachment.data must be base64 with padding and without line breaks.',
    });
  });

  test.each([
    ['override_document_category', 'CV', 'must be one of the document categories of Oracle'],
    ['multi_post_to_all_current_applications', 'yes', 'must be a boolean'],
  ])("Oracle's %s on an application", async (field, value, rule) => {
    const body = JSON.stringify({ attachment: pdf, remote_fields: { oracle: { [field]: value } } });

    const answer = await call(emulator, { method: 'POST', path: '/ats/applications/A1/attachments', body });

    expect(errorOf(answer)).toMatchObject({
      code: 'PLATFORM.INPUT_INVALID',
      message: `remote_fields.oracle.${field} ${rule}.`,
    });
  });

  test.each([
    ['half a JSON', Buffer.from('{"attachment":')],
    ['nothing at all', Buffer.from('')],
    ['JSON that is no UTF-8', Buffer.from('{"attachment":{"name":"R\xe9sum\xe9.pdf"}}', 'latin1')],
  ])('%s', async (_, body) => {
    const answer = await call(emulator, { method: 'POST', path: '/ats/candidates/Frank1/attachments', body });

    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toMatchObject({
      code: 'PLATFORM.INPUT_INVALID',
      message: 'The body must be valid JSON in UTF-8.',
    });
  });

  test('a body of another content type', async () => {
    const answer = await post(emulator, 'Frank1', { headers: { 'content-type': 'text/plain' } });

    expect(errorOf(answer)).toMatchObject({
      code: 'PLATFORM.INPUT_INVALID',
      message: 'The header Content-Type must be application/json.',
    });
  });

  test('a body larger than the emulator takes, with 413', async () => {
    const answer = await post(emulator, 'Frank1', { body: { attachment: { ...pdf, data: 'A'.repeat(120_000) } } });

    expect(answer.status).toBe(413);
    expect(errorOf(answer)?.code).toBe('PLATFORM.INPUT_INVALID');
  });
});

describe('what is let pass', () => {
  test.each([
    ["an id inside the body, as the vendor's sample has it", { candidate_id: 'Frank1', attachment: pdf }],
    ['an unknown field', { attachment: { ...pdf, color: 'blue' }, later: true }],
    [
      'no actor for Greenhouse',
      { attachment: pdf, remote_fields: { greenhouse: { post_headers: { 'On-Behalf-Of': null } } } },
    ],
    [
      "Oracle's fields on a candidate",
      { attachment: pdf, remote_fields: { oracle: { override_document_category: 1 } } },
    ],
    ['the content type that S3 gives by default', { attachment: { ...pdf, content_type: 'binary/octet-stream' } }],
  ])('%s', async (_, body) => {
    const answer = await post(emulator, 'Frank1', { body });

    expect(JSON.parse(answer.text)).toEqual({ status: 'success', data: {}, warnings: [] });
    expect(emulator.attachments()).toHaveLength(1);
  });

  test('every byte value and every length of padding', async () => {
    const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    for (const bytes of [everyByte, everyByte.subarray(0, 255), everyByte.subarray(0, 254)]) {
      await post(emulator, 'Frank1', { body: { attachment: { ...pdf, data: bytes.toString('base64') } } });
    }

    const stored = await Promise.all(emulator.attachments().map(({ bytes }) => bytes()));
    expect(stored.map(({ length }) => length)).toEqual([256, 255, 254]);
    expect(stored[0]?.equals(everyByte)).toBe(true);
  });
});

describe('data_url', () => {
  const source = createServer((incoming, outgoing) => {
    if (incoming.url === '/missing') outgoing.writeHead(404).end();
    else if (incoming.url === '/moved') outgoing.writeHead(302, { location: '/cv' }).end();
    else if (incoming.url === '/large') outgoing.end(Buffer.alloc(200_000));
    else if (incoming.url === '/untyped') outgoing.end('%PDF-1.7 Frank');
    else outgoing.writeHead(200, { 'content-type': 'application/pdf; version=1' }).end('%PDF-1.7 Frank');
  });
  let origin = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => source.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(source.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => source.close(resolve)));

  const postUrl = (path: string, contentType?: string) =>
    post(emulator, 'Frank1', {
      body: { attachment: { name: 'CV.pdf', type: 'CV', content_type: contentType, data_url: `${origin}${path}` } },
    });

  test('is fetched immediately, and gives its content type when none is given', async () => {
    const answer = await postUrl('/cv');

    expect(answer.status).toBe(200);
    const [stored] = emulator.attachments();
    expect(stored).toMatchObject({ transfer: 'data_url', contentType: 'application/pdf', sizeBytes: 14 });
    expect((await stored?.bytes())?.toString()).toBe('%PDF-1.7 Frank');
  });

  test('does not overrule a content type that is given', async () => {
    await postUrl('/cv', 'application/x-pdf');

    expect(emulator.attachments()[0]?.contentType).toBe('application/x-pdf');
  });

  test.each([
    ['/missing', 'attachment.data_url could not be downloaded (HTTP 404).'],
    ['/moved', 'attachment.data_url could not be downloaded.'],
    ['/large', 'attachment.data_url leads to more than 100000 bytes.'],
    ['/untyped', 'attachment.content_type is missing, and the download has no usable type either.'],
  ])('that leads to %s is refused without repeating the URL', async (path, message) => {
    const answer = await postUrl(path);

    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toMatchObject({ code: 'PLATFORM.INPUT_INVALID', message });
    expect(answer.text).not.toContain(origin);
  });

  test('without a server behind it is refused', async () => {
    const answer = await post(emulator, 'Frank1', {
      body: { attachment: { name: 'CV.pdf', type: 'CV', data_url: 'http://127.0.0.1:1/cv.pdf' } },
    });

    expect(errorOf(answer)?.message).toBe('attachment.data_url could not be downloaded.');
  });
});
