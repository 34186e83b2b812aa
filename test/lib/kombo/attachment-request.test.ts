import { expect, test } from 'vitest';
import { type AttachmentFacts, attachmentBody, attachmentLinkBody } from '../../../lib/kombo/attachment-request.ts';
import { chunksOf, collect, thenFailure } from '../../fakes/chunks.ts';

const frank: AttachmentFacts = { name: 'Frank Doe CV.pdf', type: 'CV', contentType: 'application/pdf' };

test('the request to attach a file is exactly that of the API reference', async () => {
  const body = attachmentBody(frank, 5, chunksOf('%PDF-'));
  expect((await collect(body.chunks)).toString()).toBe(
    '{"attachment":{"name":"Frank Doe CV.pdf","type":"CV","content_type":"application/pdf","data":"JVBERi0="}}',
  );
});

test('the request to attach a file has the remote fields beside the attachment', async () => {
  const remoteFields = { greenhouse: { post_headers: { 'On-Behalf-Of': '4711' } } };
  const body = attachmentBody({ ...frank, type: 'OTHER', remoteFields }, 3, chunksOf('abc'));
  expect((await collect(body.chunks)).toString()).toBe(
    '{"attachment":{"name":"Frank Doe CV.pdf","type":"OTHER","content_type":"application/pdf","data":"YWJj"},' +
      '"remote_fields":{"greenhouse":{"post_headers":{"On-Behalf-Of":"4711"}}}}',
  );
});

test.each([
  ['quotes and backslashes', 'a"b\\c.pdf'],
  ['umlauts and accents', 'Jürgen Ångström, résumé.pdf'],
  ['letters outside the first plane', 'CV 😀 漢字.pdf'],
  ['half a surrogate pair', 'broken \ud83d.pdf'],
  ['control characters', 'line\nbreak\u0000.pdf'],
])('the request to attach a file counts and keeps %s in the name', async (_, name) => {
  const remoteFields = { workable: { on_behalf_of_user_remote_id: name } };
  const body = attachmentBody({ ...frank, name, remoteFields }, 4, chunksOf('a', 'bcd'));
  const bytes = await collect(body.chunks);

  expect(bytes).toHaveLength(body.contentLength);
  const read = JSON.parse(bytes.toString('utf8'));
  expect(read).toEqual({
    attachment: { name, type: 'CV', content_type: 'application/pdf', data: 'YWJjZA==' },
    remote_fields: remoteFields,
  });
});

test('a body whose source fails never reaches its end', async () => {
  const body = attachmentBody(frank, 6, thenFailure(new Error('S3 broke off'), 'foobar'));
  const seen: string[] = [];
  const reading = (async () => {
    for await (const chunk of body.chunks) seen.push(chunk.toString());
  })();

  await expect(reading).rejects.toThrow('S3 broke off');
  expect(seen.join('').length).toBeLessThan(body.contentLength);
  expect(seen.join('')).not.toContain('"}}');
});

test('at least the closing brackets of a body are withheld until the source has ended', async () => {
  const end = Promise.withResolvers<void>();
  async function* open(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(98_304);
    await end.promise;
  }
  const body = attachmentBody(frank, 98_304, open());
  let sentBytes = 0;
  const reading = (async () => {
    for await (const chunk of body.chunks) sentBytes += chunk.length;
  })();

  await new Promise(setImmediate);
  const withheldBytes = body.contentLength - sentBytes;
  expect(withheldBytes).toBe(3);
  end.resolve();
  await reading;
  expect(sentBytes).toBe(body.contentLength);
});

test('a link is sent in place of the file', async () => {
  const link = 'https://bucket.s3.eu-central-1.amazonaws.com/candidates/x/cv.pdf?X-Amz-Signature=0123&a="b"';
  const body = attachmentLinkBody({ ...frank, remoteFields: { oracle: { override_document_category: 'MISC' } } }, link);
  const bytes = await collect(body.chunks);

  expect(bytes).toHaveLength(body.contentLength);
  expect(JSON.parse(bytes.toString())).toEqual({
    attachment: { name: 'Frank Doe CV.pdf', type: 'CV', content_type: 'application/pdf', data_url: link },
    remote_fields: { oracle: { override_document_category: 'MISC' } },
  });
});
