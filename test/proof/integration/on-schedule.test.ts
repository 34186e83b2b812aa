import { PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, onTestFinished, test } from 'vitest';
import type { Stack } from '../../../infra/local/stack.ts';
import { pdf } from '../../fakes/files.ts';
import { ownStack, put, recordOf, storedFilesOf } from '../../worlds/local-stack.ts';

const quick = { RETRY_BASE_SECONDS: '0.05', READ_BACK_AFTER_SECONDS: '0.05', READ_BACK_AGAIN_SECONDS: '0.05' };

const startOwnStack = async (
  names: readonly string[],
  shell: Readonly<Record<string, string>> = {},
): Promise<Stack> => {
  const { stack, end } = await ownStack({ handlers: { names }, scheduleEveryMs: 200, shell: { ...quick, ...shell } });
  onTestFinished(end);
  return stack;
};

const posts = (stack: Stack): number => stack.kombo.requests.recent().filter(({ call }) => call === 'post').length;

test('a file that Kombo refused temporarily is attached automatically', async () => {
  const stack = await startOwnStack(['on-upload', 'on-schedule']);
  const id = 'fault-REMOTE--RATE_LIMIT_EXCEEDED-1_as_jane';
  const { object } = await put(stack, `candidates/${id}/cv.pdf`, pdf);
  await expect
    .poll(async () => (await recordOf(stack, object.key, object.etag ?? ''))?.state.status, { timeout: 20_000 })
    .toBe('attached');
  expect(await storedFilesOf(stack, id)).toEqual([{ name: 'cv.pdf', bytes: Buffer.from(pdf) }]);
  expect(posts(stack)).toBe(2);
});

test('a file whose event was lost is found by the sweep', async () => {
  // Without on-upload no function gets the event.
  const stack = await startOwnStack(['on-schedule'], { SWEEP_SINCE: '2020-01-01' });
  const sweepNow = () => stack.functions.get('on-schedule')?.send({ task: 'sweep' });
  await stack.s3.send(new PutObjectCommand({ Bucket: stack.bucket, Key: 'candidates/lost1/C++ 100%.pdf', Body: pdf }));
  await expect
    .poll(async () => (await sweepNow()) && storedFilesOf(stack, 'lost1'), { timeout: 20_000 })
    .toEqual([{ name: 'C++ 100%.pdf', bytes: Buffer.from(pdf) }]);
  expect(posts(stack)).toBe(1);
});
