import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { GetObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import type { CreatedObject } from '../../../../../infra/local/aws/events/s3-notification.ts';
import { startTestS3 } from '../../../../fakes/s3-test-server.ts';
import { temporaryFolder } from '../../../../fakes/temporary-folder.ts';

/** Only what `test/proof/conformance/s3/form-post.ts` does not check. */

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

test('a file that a form sends as a text field is stored whole, and reported as a Post', async () => {
  const { client, told, post } = await start();
  const { status, headers } = await post({ key: 'a.txt', file: 'hello' });
  expect([status, headers.get('etag')]).toEqual([204, '"5d41402abc4b2a76b9719d911017c592"']);
  expect(await textOf(client, 'a.txt')).toBe('hello');
  expect(told).toMatchObject([{ key: 'a.txt', sizeBytes: 5, eventName: 'ObjectCreated:Post' }]);
});

test("the name of a form's file goes into the key, without its folders", async () => {
  const { client, told, post } = await start();
  const file = new File(['hello'], 'C:\\CVs\\Zoë "$&" CV.pdf', { type: 'application/pdf' });
  const answer = await post({ key: 'candidates/c1/${filename}', success_action_status: '201', file });
  expect(answer.status).toBe(201);
  expect(await answer.text()).toContain('<Key>candidates/c1/Zoë &quot;$&amp;&quot; CV.pdf</Key>');
  expect(told.map(({ key }) => key)).toEqual(['candidates/c1/Zoë "$&" CV.pdf']);
  expect(await textOf(client, 'candidates/c1/Zoë "$&" CV.pdf')).toBe('hello');
});

test('the tags of a form are kept, and its metadata is encoded where it is not ASCII', async () => {
  const { client, post } = await start();
  const tagging = '<Tagging><TagSet><Tag><Key>scan</Key><Value>clean</Value></Tag></TagSet></Tagging>';
  await post({ key: 'a.txt', 'x-amz-meta-Name': 'Zoë', tagging, file: 'hello' });
  expect(await client.send(new HeadObjectCommand({ Bucket: 'cvs', Key: 'a.txt' }))).toMatchObject({
    Metadata: { name: '=?UTF-8?B?Wm/Dqw==?=' },
    TagCount: 1,
  });
});

test("a form's file larger than one chunk, with line ends and partial boundaries in it, arrives byte for byte", async () => {
  const { client, post } = await start();
  const text = '\r\n--\r\n------formdata-\r\n'.repeat(20_000);
  await post({ key: 'a.txt', file: new File([text], 'a.txt') });
  expect((await textOf(client, 'a.txt')) === text).toBe(true);
});

test.each([
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

const policy = (...conditions: readonly unknown[]) =>
  Buffer.from(JSON.stringify({ expiration: '2999-01-01T00:00:00Z', conditions })).toString('base64');
const anyKey = ['starts-with', '$Key', ''];

test.each<[string, string, string | undefined]>([
  ['names this bucket and the start of the key', policy({ bucket: 'cvs' }, ['starts-with', '$key', 'a']), undefined],
  ['names the key', policy(['eq', '$key', 'a.txt']), undefined],
  ['allows exactly this size', policy(anyKey, ['content-length-range', 5, 5]), undefined],
  ['names another bucket', policy(anyKey, { bucket: 'others' }), 'AccessDenied'],
  ['names another start of the key', policy(['starts-with', '$key', 'b']), 'AccessDenied'],
  ['names a field that is missing', policy(anyKey, ['eq', '$Content-Type', 'application/pdf']), 'AccessDenied'],
  ['does not name the key', policy({ bucket: 'cvs' }), 'AccessDenied'],
  ['has an operator that S3 does not have', policy(['matches', '$key', 'a']), 'AccessDenied'],
  ['is not JSON', 'bm9uZQ==', 'InvalidPolicyDocument'],
])('a form whose policy %s (%s) gives %s', async (_, text, code) => {
  const { client, post, kept } = await start();
  const answer = await post({ 'x-ignore-a': 'b', key: 'a.txt', policy: text, file: 'hello' });
  expect(/<Code>(\w+)</.exec(await answer.text())?.[1]).toBe(code);
  if (code === undefined) expect(await textOf(client, 'a.txt')).toBe('hello');
  else expect(await kept()).toEqual([]);
});

const head = (name: string) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n`;
test.each([
  ['a file whose head does not end', `${head('key')}\r\na\r\n${head('file')}Content-Type: text\r\n--b--\r\n`, 400],
  [
    'a field without a name',
    `--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n${head('file')}\r\nx\r\n--b--\r\n`,
    400,
  ],
  ['a broken field after its file', `${head('key')}\r\na\r\n${head('file')}\r\nx\r\n${head('late')}\r\n--b--\r\n`, 204],
  ['5 MB and no key', `${head('file')}\r\n${'x'.repeat(5_000_000)}\r\n--b--\r\n`, 400],
])('a form with %s is answered in time', async (_, body, status) => {
  const { url } = await start();
  const headers = { 'content-type': 'multipart/form-data; boundary=b' };
  const answer = await fetch(`${url}/cvs`, { method: 'POST', headers, body, signal: AbortSignal.timeout(5_000) });
  expect(answer.status).toBe(status);
});
