import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readdir } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { expect, onTestFinished, test } from 'vitest';
import { beginUpload, s3ClientOf, startTestS3 } from '../../../../fakes/s3-test-server.ts';
import { temporaryFolder } from '../../../../fakes/temporary-folder.ts';

const script = path.join(import.meta.dirname, '..', '..', '..', '..', 'fakes', 's3-process.ts');

const startProcess = async (folder: string) => {
  const child = spawn(process.execPath, [script, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const { value: url = '' } = await lines.next();
  const client = s3ClientOf(url);
  const kill = async () => {
    client.destroy();
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  };
  onTestFinished(kill);
  const peakMemoryKb = async () => {
    child.stdin.write('\n');
    return Number((await lines.next()).value);
  };
  return { url, client, kill, peakMemoryKb };
};

const textOf = async (client: S3Client, Key: string, VersionId?: string) =>
  (await client.send(new GetObjectCommand({ Bucket: 'cvs', Key, VersionId }))).Body?.transformToString();

test('objects, versions and open uploads of the local S3 survive a kill; half an upload does not', async () => {
  const folder = await temporaryFolder();
  const killed = await startProcess(folder);
  const put = (Body: string) => killed.client.send(new PutObjectCommand({ Bucket: 'cvs', Key: 'a/..', Body }));
  const old = await put('old');
  await put('young');
  const at = { Bucket: 'cvs', Key: 'parts' };
  const { UploadId } = await killed.client.send(new CreateMultipartUploadCommand(at));
  const { ETag } = await killed.client.send(new UploadPartCommand({ ...at, UploadId, PartNumber: 1, Body: 'part' }));
  beginUpload(killed.url, '/cvs/half', 10)
    .upload.on('error', () => undefined)
    .write('12345');
  await expect.poll(() => readdir(path.join(folder, 'data'))).toHaveLength(4);
  await killed.kill();
  // A kill in the middle of a write can leave this behind.
  await appendFile(path.join(folder, 'index.sqlite-wal'), 'half of a frame');

  const { client } = await startTestS3(folder);
  expect(await readdir(path.join(folder, 'data'))).toHaveLength(3);
  expect(await textOf(client, 'a/..')).toBe('young');
  expect(await textOf(client, 'a/..', old.VersionId)).toBe('old');
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  await client.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload }));
  expect(await textOf(client, 'parts')).toBe('part');
  const { Versions } = await client.send(new ListObjectVersionsCommand({ Bucket: 'cvs' }));
  expect(Versions?.map(({ Key }) => Key)).toEqual(['a/..', 'a/..', 'parts']);
});

/** Orders the uploads below: by round, then by number. */
const orderOf = (body: string): number => {
  const [round, , number] = body.split(' ').map(Number);
  return (round ?? Number.NaN) * 1_000_000 + (number ?? Number.NaN);
};

test('every upload that the local S3 has answered with success is there after a kill at any moment', async () => {
  const folder = await temporaryFolder();
  const answered = new Map<string, string>();
  for (let round = 0; round < 5; round += 1) {
    const { client, kill } = await startProcess(folder);
    let answers = 0;
    const upload = async (lane: number) => {
      for (let number = 0; ; number += 1) {
        const [Key, Body] = [`${lane}/${number % 7}`, `${round} ${lane} ${number} `.repeat(1_000)];
        await client.send(new PutObjectCommand({ Bucket: 'cvs', Key, Body }));
        answered.set(Key, Body);
        answers += 1;
      }
    };
    const lanes = Promise.allSettled([upload(1), upload(2), upload(3)]);
    await expect.poll(() => answers, { interval: 1, timeout: 30_000 }).toBeGreaterThan(10 * round);
    await kill();
    await lanes;
  }
  const { client } = await startTestS3(folder);
  expect(answered.size).toBeGreaterThan(3);
  for (const [key, body] of answered) {
    const text = (await textOf(client, key)) ?? '';
    expect(text === text.slice(0, text.length / 1_000).repeat(1_000)).toBe(true);
    // The newest version may be a later upload that was written but not answered yet.
    expect(orderOf(text)).toBeGreaterThanOrEqual(orderOf(body));
  }
});

test('the memory of the local S3 stays flat: a file of 200 MB takes less than 1.6 times the memory of one of 40 MB', {
  timeout: 60_000,
}, async () => {
  const peakOf = async (megabytes: number) => {
    const { url, peakMemoryKb, kill } = await startProcess(await temporaryFolder());
    const { hostname, port } = new URL(url);
    const to = { hostname, port, path: '/cvs/large' };
    const chunks = function* () {
      for (let at = 0; at < megabytes; at += 1) yield Buffer.alloc(1_000_000, at);
    };
    const upload = request({ ...to, method: 'PUT', headers: { 'content-length': megabytes * 1_000_000 } });
    const uploaded = once(upload, 'response');
    await pipeline(chunks(), upload);
    expect((await uploaded)[0].statusCode).toBe(200);
    const [download] = await once(request(to).end(), 'response');
    let bytes = 0;
    for await (const chunk of download) bytes += chunk.length;
    expect(bytes).toBe(megabytes * 1_000_000);
    const peak = await peakMemoryKb();
    await kill();
    return peak;
  };
  // A server that kept files in memory would need 160 MB more for the larger one, on top of about 120 MB for each.
  expect((await peakOf(200)) / (await peakOf(40))).toBeLessThan(1.6);
});
