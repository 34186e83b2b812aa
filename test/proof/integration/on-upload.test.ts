import { randomBytes } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, expect, test } from 'vitest';
import { s3Notification } from '../../../infra/local/aws/events/s3-notification.ts';
import type { Lambda } from '../../../infra/local/aws/lambda/function.ts';
import { sampleBytes } from '../../../infra/local/sample.ts';
import { pdf } from '../../fakes/files.ts';
import { ownStack, put, recordOf, storedFilesOf, waitForDispatch } from '../../worlds/local-stack.ts';

const { stack, end } = await ownStack({ retryDelaysMs: [50, 50] });
afterAll(end);

const onUpload = (): Lambda => {
  const lambda = stack.functions.get('on-upload');
  if (!lambda) throw new Error('The stack runs no on-upload.');
  return lambda;
};

/** POSTs that reached Kombo for a candidate. */
const postsFor = (candidateId: string): number =>
  stack.kombo.requests.recent().filter(({ call, path }) => call === 'post' && path.includes(`/${candidateId}/`)).length;

test('the sample CV arrives at Kombo with its name and every byte', async () => {
  const bytes = await sampleBytes();
  const { object } = await put(stack, 'candidates/sample1/Frank Doe CV.pdf', bytes);
  expect(await storedFilesOf(stack, 'sample1')).toEqual([{ name: 'Frank Doe CV.pdf', bytes }]);
  expect(await recordOf(stack, object.key, object.etag ?? '')).toMatchObject({
    state: { status: 'attached' },
    target: { kind: 'candidate', id: 'sample1', integrationId: 'sandbox:CvCourierSandboxAAAAAAAA' },
  });
});

test.each([
  ['spaces', 'spaces1', 'Frank Doe  CV.pdf'],
  ['plus signs', 'plus1', 'C++ and a+b.pdf'],
  ['percent signs', 'percent1', '100% %41 %zz.pdf'],
  ['an emoji', 'emoji1', 'CV 😀.pdf'],
  ['accents and other scripts', 'scripts1', 'Zoë Ærø 履歴書.pdf'],
  ['quotes, brackets and other marks', 'marks1', `it's "(1)" & <b>!*~#?.pdf`],
])('a file whose name has %s is attached under that name', async (_, candidateId, name) => {
  await put(stack, `candidates/${candidateId}/${name}`, pdf);
  expect(await storedFilesOf(stack, candidateId)).toEqual([{ name, bytes: Buffer.from(pdf) }]);
});

test('a multipart upload arrives whole', async () => {
  const key = 'candidates/multipart1/Long CV.pdf';
  const first = Buffer.concat([pdf, randomBytes(5 * 1024 * 1024)]);
  const second = randomBytes(300_001);
  const at = { Bucket: stack.bucket, Key: key };
  await waitForDispatch(stack, key, async () => {
    const { UploadId } = await stack.s3.send(new CreateMultipartUploadCommand(at));
    const parts = await Promise.all(
      [first, second].map(async (Body, index) => {
        const PartNumber = index + 1;
        const part = await stack.s3.send(new UploadPartCommand({ ...at, UploadId, PartNumber, Body }));
        // The SDK starts the upload with CRC32 as its checksum, and S3 then requires it for each part.
        return { ETag: part.ETag, ChecksumCRC32: part.ChecksumCRC32, PartNumber };
      }),
    );
    await stack.s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts: parts } }));
  });
  const [stored] = await storedFilesOf(stack, 'multipart1');
  expect(stored?.name).toBe('Long CV.pdf');
  expect(stored?.bytes.equals(Buffer.concat([first, second]))).toBe(true);
});

test("twenty concurrent invocations with the same event, beside the upload's own, post exactly once", async () => {
  const answers: Promise<unknown>[] = [];
  stack.events.once('dispatched', ({ object }) => {
    const event = s3Notification(object, stack.region);
    answers.push(...Array.from({ length: 20 }, () => onUpload().invoke(event)));
  });
  await put(stack, 'candidates/crowd1/cv.pdf', pdf);
  expect(await Promise.all(answers)).toHaveLength(20);
  expect(postsFor('crowd1')).toBe(1);
  expect(await storedFilesOf(stack, 'crowd1')).toHaveLength(1);
});

test('neither a deletion nor a file outside the templates starts a function', async () => {
  const started: string[] = [];
  const unwatched: string[] = [];
  stack.events.on('dispatched', ({ object }) => started.push(object.key));
  stack.events.on('unwatched', ({ key }) => unwatched.push(key));
  await put(stack, 'candidates/deleted1/cv.pdf', pdf);
  await stack.s3.send(new DeleteObjectCommand({ Bucket: stack.bucket, Key: 'candidates/deleted1/cv.pdf' }));
  await stack.s3.send(new PutObjectCommand({ Bucket: stack.bucket, Key: 'elsewhere/cv.pdf', Body: pdf }));
  expect(started).toEqual(['candidates/deleted1/cv.pdf']);
  expect(unwatched).toEqual(['elsewhere/cv.pdf']);
});

test('a function that is killed while it sends is invoked again, and does not post the file twice', async () => {
  const id = 'fault-slow-400ms_as_killed1';
  const sending = put(stack, `candidates/${id}/cv.pdf`, pdf);
  await expect.poll(() => postsFor(id), { timeout: 20_000 }).toBe(1);
  await onUpload().kill();
  const { object } = await sending;
  expect(await recordOf(stack, object.key, object.etag ?? '')).toMatchObject({ state: { status: 'sending' } });
  expect(postsFor(id)).toBe(1);
});

test('the log of a delivery contains neither the name nor the content of the file', async () => {
  const lines: string[] = [];
  stack.events.on('line', (_, line) => lines.push(line));
  await put(stack, 'candidates/logged1/Jane Roe.pdf', Buffer.concat([pdf, Buffer.from('% Jane Roe\n')]));
  await expect.poll(() => lines.join(), { timeout: 20_000 }).toContain('"Attached."');
  expect(lines.join('\n')).toContain('candidates/•••/•••.pdf');
  expect(lines.join('\n')).not.toMatch(/Jane|Roe|JVBERi|ks_dev_local/);
});
