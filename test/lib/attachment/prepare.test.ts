import { expect, test } from 'vitest';
import { type AttachmentRules, prepareAttachment } from '../../../lib/attachment/prepare.ts';
import { defaultAllowedTypes, parseAllowedTypes } from '../../../lib/content-type/decide.ts';
import type { KeyMatch } from '../../../lib/key-template/match-key.ts';
import type { Restrictions } from '../../../lib/kombo/read-restrictions.ts';
import { collect } from '../../fakes/chunks.ts';
import { exe, pdf } from '../../fakes/files.ts';
import { type CountedObject, type Particulars, storedObject } from '../../fakes/stored-object.ts';

const allowed = parseAllowedTypes(defaultAllowedTypes);
if (!allowed.ok) throw new Error(allowed.error.join());

const rules: AttachmentRules = {
  maxBytes: 10_000_000,
  allowedTypes: allowed.value,
  remoteFields: {},
};
const match: KeyMatch = {
  target: { kind: 'candidate', id: 'Frank1', integrationId: 'greenhouse:1' },
  attachmentType: 'CV',
  filename: 'Frank Doe CV.pdf',
};

interface Given {
  readonly file?: Uint8Array;
  readonly object?: Particulars;
  readonly match?: Partial<KeyMatch>;
  readonly rules?: Partial<AttachmentRules>;
  readonly restrictions?: Restrictions;
}

const prepare = async (given: Given = {}) => {
  const object: CountedObject = storedObject(given.file ?? pdf, given.object);
  const restrictions = Promise.resolve(given.restrictions);
  const asked = { ...match, ...given.match };
  const prepared = await prepareAttachment(object, object.chunks, asked, { ...rules, ...given.rules }, restrictions);
  return { object, prepared, facts: prepared.ok ? prepared.value.facts : prepared.error };
};

test('a prepared file has a name, a type, a content type, and all its bytes', async () => {
  const { prepared, facts } = await prepare();
  expect(facts).toEqual({
    name: 'Frank Doe CV.pdf',
    type: 'CV',
    contentType: 'application/pdf',
    remoteFields: undefined,
  });
  expect(prepared.ok && prepared.value.sizeBytes).toBe(pdf.length);
  expect(prepared.ok && (await collect(prepared.value.chunks)).equals(pdf)).toBe(true);
});

test.each<[string, string, Given]>([
  ['an empty file', 'FILE_EMPTY', { file: new Uint8Array(), object: { sizeBytes: 0 } }],
  ['a file over MAX_BYTES', 'FILE_TOO_LARGE', { object: { sizeBytes: 10_000_001 } }],
  ['a compressed file', 'CONTENT_ENCODED', { object: { contentEncoding: 'gzip' } }],
  [
    'remote fields that are not JSON',
    'REMOTE_FIELDS_INVALID',
    { object: { metadata: { 'kombo-remote-fields': '{' } } },
  ],
])('%s is rejected before a byte is read', async (_, code, given) => {
  const { object, facts } = await prepare(given);
  expect(facts).toMatchObject({ code });
  expect(object.readBytes).toBe(0);
});

test.each<[string, string, Given]>([
  ['a program named .pdf', 'TYPE_CONTRADICTED', { file: exe }],
  ['a type that is not allowed', 'TYPE_NOT_ALLOWED', { file: exe, match: { filename: 'setup.exe' } }],
  [
    'a type that the integration does not accept',
    'TYPE_NOT_ALLOWED',
    { restrictions: { CV: { supported: true, contentTypes: ['application/msword'] } } },
  ],
  [
    'a size that the integration does not accept',
    'FILE_TOO_LARGE',
    { restrictions: { CV: { supported: true, maxSizeBytes: 10 } } },
  ],
])('%s is rejected after only the first bytes are read', async (_, code, given) => {
  const large = Buffer.concat([given.file ?? pdf, new Uint8Array(500_000)]);
  const { object, facts } = await prepare({ ...given, file: large });
  expect(facts).toMatchObject({ code });
  expect(object.readBytes).toBe(65_536);
});

test('the name comes from the user metadata, cleaned like any other', async () => {
  const { facts } = await prepare({ object: { metadata: { filename: '../Frank\u202e Doe.pdf' } } });
  expect(facts).toMatchObject({ name: 'Frank Doe.pdf' });
});

test('a name without an extension gets that of the type that its bytes show', async () => {
  const { facts } = await prepare({
    match: { filename: 'Frank Doe CV' },
    object: { contentType: 'binary/octet-stream' },
  });
  expect(facts).toMatchObject({ name: 'Frank Doe CV.pdf', contentType: 'application/pdf' });
});

test('the remote fields of an object are added to those for all objects', async () => {
  const { facts } = await prepare({
    rules: { remoteFields: { workable: { on_behalf_of_user_remote_id: 'user-1' } } },
    object: { metadata: { 'kombo-remote-fields': '{"greenhouse":{"post_headers":{"On-Behalf-Of":"4711"}}}' } },
  });
  expect(facts).toMatchObject({
    remoteFields: {
      workable: { on_behalf_of_user_remote_id: 'user-1' },
      greenhouse: { post_headers: { 'On-Behalf-Of': '4711' } },
    },
  });
});

test.each([
  [0, 'FILE_EMPTY'],
  [1, undefined],
  [100, undefined],
  [101, 'FILE_TOO_LARGE'],
])('a file of %i bytes, with 100 allowed, gives %s, and is not read when it is rejected', async (sizeBytes, code) => {
  const file = Buffer.alloc(sizeBytes, 'a');
  const { object, prepared } = await prepare({ file, match: { filename: 'cv.txt' }, rules: { maxBytes: 100 } });
  expect(prepared.ok ? undefined : prepared.error.code).toBe(code);
  if (code !== undefined) expect(object.readBytes).toBe(0);
});

test('a file with fewer bytes than the sniffer reads is judged by those that it has', async () => {
  const { facts } = await prepare({ file: Buffer.from('Frank Doe'), match: { filename: 'cv.txt' } });
  expect(facts).toMatchObject({ contentType: 'text/plain' });
});
