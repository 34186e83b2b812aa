import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { GetObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import type { CreatedObject } from '../../../../../infra/local/aws/events/s3-notification.ts';
import { startTestS3 } from '../../../../fakes/s3-test-server.ts';
import { temporaryFolder } from '../../../../fakes/temporary-folder.ts';

const start = async () => {
  const folder = await temporaryFolder();
  const told: CreatedObject[] = [];
  const { server, client } = await startTestS3(folder, (object) => told.push(object));
  const post = (fields: Readonly<Record<string, string | File>>) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    return fetch(`${server.url}/cvs`, { method: 'POST', body: form, redirect: 'manual' });
  };
  return { client, told, post, kept: () => readdir(path.join(folder, 'data')), url: server.url };
};

const textOf = async (client: S3Client, Key: string) =>
  (await client.send(new GetObjectCommand({ Bucket: 'cvs', Key }))).Body?.transformToString();

test('a small file that a form sends as text is there whole', async () => {
  const { client, told, post } = await start();
  const { status, headers } = await post({ key: 'a.txt', file: 'hello' });
  expect([status, headers.get('etag')]).toEqual([204, '"5d41402abc4b2a76b9719d911017c592"']);
  expect(await textOf(client, 'a.txt')).toBe('hello');
  expect(told).toMatchObject([{ key: 'a.txt', sizeBytes: 5, eventName: 'ObjectCreated:Post' }]);
});

test('the name of the file goes into the key, without its folders', async () => {
  const { client, told, post } = await start();
  const file = new File(['hello'], 'C:\\CVs\\Zoë "$&" CV.pdf', { type: 'application/pdf' });
  const answer = await post({ key: 'candidates/c1/${filename}', success_action_status: '201', file });
  expect(answer.status).toBe(201);
  expect(await answer.text()).toContain('<Key>candidates/c1/Zoë &quot;$&amp;&quot; CV.pdf</Key>');
  expect(told.map(({ key }) => key)).toEqual(['candidates/c1/Zoë "$&" CV.pdf']);
  expect(await textOf(client, 'candidates/c1/Zoë "$&" CV.pdf')).toBe('hello');
});

test('fields before the file are its metadata, type and tags; fields after it are ignored', async () => {
  const { client, post } = await start();
  const tagging = '<Tagging><TagSet><Tag><Key>scan</Key><Value>clean</Value></Tag></TagSet></Tagging>';
  const fields = { key: 'a.txt', 'Content-Type': 'text/plain', 'x-amz-meta-Name': 'Zoë', tagging };
  await post({ ...fields, file: 'hello', 'x-amz-meta-late': 'x' });
  expect(await client.send(new HeadObjectCommand({ Bucket: 'cvs', Key: 'a.txt' }))).toMatchObject({
    ContentType: 'text/plain',
    Metadata: { name: '=?UTF-8?B?Wm/Dqw==?=' },
    TagCount: 1,
  });
});

test('a file with line ends and half boundaries in it, larger than one chunk, arrives byte for byte', async () => {
  const { client, post } = await start();
  const text = '\r\n--\r\n------formdata-\r\n'.repeat(20_000);
  await post({ key: 'a.txt', file: new File([text], 'a.txt') });
  expect((await textOf(client, 'a.txt')) === text).toBe(true);
});

test('a page that asked for it is sent on with bucket, key and ETag', async () => {
  const { post } = await start();
  const answer = await post({ key: 'a b.txt', success_action_redirect: 'http://localhost/done?x=1', file: 'hello' });
  expect(answer.status).toBe(303);
  expect(answer.headers.get('location')).toBe(
    'http://localhost/done?x=1&bucket=cvs&key=a+b.txt&etag=%225d41402abc4b2a76b9719d911017c592%22',
  );
});

test.each([
  ['no key', { file: 'hello' }, 'InvalidArgument'],
  ['no file', { key: 'a.txt' }, 'InvalidArgument'],
  ['a wrong checksum', { key: 'a.txt', 'x-amz-checksum-crc32': 'AAAAAA==', file: 'hello' }, 'BadDigest'],
  ['metadata that no header can hold', { key: 'a', 'x-amz-meta-a': 'x\r\ny', file: 'hello' }, 'InvalidArgument'],
  ['a key of 1,025 bytes', { key: 'x'.repeat(1_025), file: 'hello' }, 'KeyTooLongError'],
])('a form with %s is refused, and nothing is kept', async (_, fields, code) => {
  const { told, post, kept } = await start();
  const answer = await post(fields as Record<string, string>);
  expect([answer.status, /<Code>(.*)<.Code>/.exec(await answer.text())?.[1]]).toEqual([400, code]);
  expect([await kept(), told]).toEqual([[], []]);
});

test('a form that ends in the middle of its file is refused, and nothing is kept', async () => {
  const { url, kept } = await start();
  const headers = { 'content-type': 'multipart/form-data; boundary=b' };
  const body =
    '--b\r\nContent-Disposition: form-data; name="key"\r\n\r\na\r\n--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nhel';
  const answer = await fetch(`${url}/cvs`, { method: 'POST', headers, body });
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('MalformedPOSTRequest')]);
  expect(await kept()).toEqual([]);
});

const policy = (conditions: readonly unknown[], endsInMs = 60_000) =>
  Buffer.from(JSON.stringify({ expiration: new Date(Date.now() + endsInMs).toISOString(), conditions })).toString(
    'base64',
  );
const anyKey = ['starts-with', '$Key', ''];

test.each<[string, readonly unknown[], string | undefined]>([
  ['names this bucket and the start of the key', [{ bucket: 'cvs' }, ['starts-with', '$key', 'a']], undefined],
  ['names the key', [['eq', '$key', 'a.txt']], undefined],
  ['allows the size', [anyKey, ['content-length-range', 1, 5]], undefined],
  ['names another bucket', [anyKey, { bucket: 'others' }], 'AccessDenied'],
  ['names another start of the key', [['starts-with', '$key', 'b']], 'AccessDenied'],
  ['names a field that is missing', [anyKey, ['eq', '$Content-Type', 'application/pdf']], 'AccessDenied'],
  ['does not name the key', [{ bucket: 'cvs' }], 'AccessDenied'],
  ['has an operator that S3 does not have', [['matches', '$key', 'a']], 'AccessDenied'],
  ['allows less', [anyKey, ['content-length-range', 0, 4]], 'EntityTooLarge'],
  ['asks for more', [anyKey, ['content-length-range', 6, 9]], 'EntityTooSmall'],
])('a form whose policy %s: %j gives %s', async (_, conditions, code) => {
  const { client, post, kept } = await start();
  const answer = await post({ 'x-ignore-a': 'b', key: 'a.txt', policy: policy(conditions), file: 'hello' });
  expect(/<Code>(\w+)</.exec(await answer.text())?.[1]).toBe(code);
  if (code === undefined) expect(await textOf(client, 'a.txt')).toBe('hello');
  else expect(await kept()).toEqual([]);
});

test.each([
  ['has ended', policy([anyKey], -1_000), 403, 'Policy expired.'],
  ['does not name all fields', policy([anyKey]), 403, 'Extra input fields: x-amz-meta-a'],
  ['is not JSON', 'bm9uZQ==', 400, 'InvalidPolicyDocument'],
])('a form whose policy %s is refused and leaves nothing', async (_, text, status, words) => {
  const { post, kept } = await start();
  const answer = await post({ key: 'a.txt', 'x-amz-meta-a': 'b', policy: text, file: 'hello' });
  expect([answer.status, await answer.text()]).toEqual([status, expect.stringContaining(words)]);
  expect(await kept()).toEqual([]);
});

const head = (name: string) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n`;
test.each([
  ['a file whose head does not end', `${head('key')}\r\na\r\n${head('file')}Content-Type: text\r\n--b--\r\n`, 400],
  [
    'a field without a name',
    `--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n${head('file')}\r\nx\r\n--b--\r\n`,
    400,
  ],
  [
    'a broken field behind its file',
    `${head('key')}\r\na\r\n${head('file')}\r\nx\r\n${head('late')}\r\n--b--\r\n`,
    204,
  ],
  ['5 MB and no key', `${head('file')}\r\n${'x'.repeat(5_000_000)}\r\n--b--\r\n`, 400],
])('a form with %s is answered in time', async (_, body, status) => {
  const { url } = await start();
  const headers = { 'content-type': 'multipart/form-data; boundary=b' };
  const answer = await fetch(`${url}/cvs`, { method: 'POST', headers, body, signal: AbortSignal.timeout(5_000) });
  expect(answer.status).toBe(status);
});
