import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, errorOf, pdf, post } from '../../../../fakes/emulator-caller.ts';
import { testEmulator } from '../../../../fakes/test-emulator.ts';

const emulator = await testEmulator({ maxBodyBytes: 100_000 });

const parameters = '.content_type must be type/subtype, without parameters.';
const base64 = '.data must be base64 with padding and without line breaks.';

/** A file by a link instead of its bytes. */
const linked = (data_url: string) => ({ data: undefined, data_url });

const refusalOf = async (body: unknown): Promise<unknown> => {
  const answer = await post(emulator, 'Frank1', { body });
  expect(emulator.attachments()).toEqual([]);
  const { code, message } = errorOf(answer) ?? {};
  return [answer.status, code, message];
};

describe('refused bodies', () => {
  test.each<[string, object, string]>([
    ['no name', { name: undefined }, '.name is required.'],
    ['a number as name', { name: 7 }, '.name must be a string.'],
    ['no type', { type: undefined }, '.type is required.'],
    ['a type in small letters', { type: 'cv' }, '.type must be CV, COVER_LETTER or OTHER.'],
    ['a content type with parameters', { content_type: 'text/plain; charset=utf-8' }, parameters],
    ['a content type with a plus', { content_type: 'image/svg+xml' }, parameters],
    ['a content type with a trailing blank', { content_type: 'application/pdf ' }, parameters],
    ['a content type of null', { content_type: null }, '.content_type must be a string.'],
    ['data without a content type', { content_type: undefined }, '.content_type is required with attachment.data.'],
    ['neither data nor data_url', { data: undefined }, '.data or attachment.data_url is required.'],
    [
      'both data and data_url',
      { data_url: 'http://127.0.0.1/x' },
      '.data and attachment.data_url must not be given together.',
    ],
    ['data as a list', { data: ['AAAA'] }, '.data must be a string.'],
    ['an empty file', { data: '' }, ' is empty.'],
    ['an invalid data_url', linked('somewhere'), '.data_url must be a URL.'],
    ['a data_url of another scheme', linked('file:///etc/hosts'), '.data_url must be an http or https URL.'],
    [
      'a data_url beyond this machine',
      linked('https://bucket.example/cv.pdf?X-Amz-Signature=secret'),
      '.data_url must point to this machine: the emulator fetches nothing from elsewhere.',
    ],
    ['base64 with line breaks', { data: 'JVBE\nRg==' }, base64],
    ['base64 without padding', { data: 'JVBERg' }, base64],
    ['base64 in the alphabet of URLs', { data: '_-__' }, base64],
    ['base64 with stray bits before the padding', { data: 'JVBERh==' }, base64],
    ['base64 with a foreign character', { data: 'JVB€' }, base64],
    ['base64 with data after the padding', { data: 'JVBERg==JVBE' }, base64],
    ['base64 of a data URL', { data: 'data:application/pdf;base64,JVBERg==' }, base64],
  ])('an attachment with %s is refused as PLATFORM.INPUT_INVALID', async (_, change, message) => {
    const refused = [400, 'PLATFORM.INPUT_INVALID', `attachment${message}`];
    expect(await refusalOf({ attachment: { ...pdf, ...change } })).toEqual(refused);
  });

  test.each<[string, unknown, string]>([
    ['without an attachment', {}, 'attachment is required.'],
    ['that is a list', [], 'attachment is required.'],
    ['that is a text', 'CV', 'The body must be a JSON object.'],
    ['whose attachment is null', { attachment: null }, 'attachment must be an object.'],
    ['whose remote fields are null', { attachment: pdf, remote_fields: null }, 'remote_fields must be an object.'],
    [
      'with a number as the actor for Greenhouse',
      { attachment: pdf, remote_fields: { greenhouse: { post_headers: { 'On-Behalf-Of': 4711 } } } },
      'remote_fields.greenhouse.post_headers.On-Behalf-Of must be a string.',
    ],
    [
      'with null as the actor for Workable',
      { attachment: pdf, remote_fields: { workable: { on_behalf_of_user_remote_id: null } } },
      'remote_fields.workable.on_behalf_of_user_remote_id must be a string.',
    ],
  ])('a body %s is refused as PLATFORM.INPUT_INVALID', async (_, body, message) => {
    expect(await refusalOf(body)).toEqual([400, 'PLATFORM.INPUT_INVALID', message]);
  });

  test.each([
    ['override_document_category', 'CV', 'must be one of the document categories of Oracle'],
    ['multi_post_to_all_current_applications', 'yes', 'must be a boolean'],
  ])("Oracle's %s on an application is refused when it is %j", async (field, value, rule) => {
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
    ['JSON that is not UTF-8', Buffer.from('{"attachment":{"name":"R\xe9sum\xe9.pdf"}}', 'latin1')],
  ])('a body of %s is refused because it is not JSON in UTF-8', async (_, body) => {
    const answer = await call(emulator, { method: 'POST', path: '/ats/candidates/Frank1/attachments', body });

    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toMatchObject({
      code: 'PLATFORM.INPUT_INVALID',
      message: 'The body must be valid JSON in UTF-8.',
    });
  });

  test('a post whose content type is not JSON is refused', async () => {
    const answer = await post(emulator, 'Frank1', { headers: { 'content-type': 'text/plain' } });

    expect(errorOf(answer)).toMatchObject({
      code: 'PLATFORM.INPUT_INVALID',
      message: 'The header Content-Type must be application/json.',
    });
  });

  test("a body larger than the emulator's limit is refused with 413", async () => {
    const answer = await post(emulator, 'Frank1', { body: { attachment: { ...pdf, data: 'A'.repeat(120_000) } } });

    expect(answer.status).toBe(413);
    expect(errorOf(answer)?.code).toBe('PLATFORM.INPUT_INVALID');
  });
});

describe('accepted bodies', () => {
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
  ])('a body with %s is accepted', async (_, body) => {
    const answer = await post(emulator, 'Frank1', { body });

    expect(JSON.parse(answer.text)).toEqual({ status: 'success', data: {}, warnings: [] });
    expect(emulator.attachments()).toHaveLength(1);
  });

  test('base64 with every byte value and every length of padding is accepted', async () => {
    const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    for (const bytes of [everyByte, everyByte.subarray(0, 255), everyByte.subarray(0, 254)]) {
      await post(emulator, 'Frank1', { body: { attachment: { ...pdf, data: bytes.toString('base64') } } });
    }

    const stored = await Promise.all(emulator.attachments().map(({ bytes }) => bytes()));
    expect(stored.map(({ length }) => length)).toEqual([256, 255, 254]);
    expect(stored[0]?.equals(everyByte)).toBe(true);
  });
});

describe('the file behind a data_url', () => {
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

  test('the file behind a data_url is fetched immediately, and its content type is used when none is given', async () => {
    const answer = await postUrl('/cv');

    expect(answer.status).toBe(200);
    const [stored] = emulator.attachments();
    expect(stored).toMatchObject({ transfer: 'data_url', contentType: 'application/pdf', sizeBytes: 14 });
    expect((await stored?.bytes())?.toString()).toBe('%PDF-1.7 Frank');
  });

  test('the content type of the file behind a data_url does not override a given one', async () => {
    await postUrl('/cv', 'application/x-pdf');

    expect(emulator.attachments()[0]?.contentType).toBe('application/x-pdf');
  });

  test.each([
    ['/missing', 'attachment.data_url could not be downloaded (HTTP 404).'],
    ['/moved', 'attachment.data_url could not be downloaded.'],
    ['/large', 'attachment.data_url is larger than 100000 bytes.'],
    ['/untyped', 'attachment.content_type is missing, and the download has no usable content type either.'],
  ])('a data_url that leads to %s is refused without repeating the URL', async (path, message) => {
    const answer = await postUrl(path);

    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toMatchObject({ code: 'PLATFORM.INPUT_INVALID', message });
    expect(answer.text).not.toContain(origin);
  });

  test('a data_url without a server behind it is refused', async () => {
    const answer = await post(emulator, 'Frank1', {
      body: { attachment: { name: 'CV.pdf', type: 'CV', data_url: 'http://127.0.0.1:1/cv.pdf' } },
    });

    expect(errorOf(answer)?.message).toBe('attachment.data_url could not be downloaded.');
  });
});
