import { beforeAll, expect, test } from 'vitest';
import type { Stack } from '../../../infra/local/stack.ts';
import { travel } from '../../../infra/local/terminal/follow-upload.ts';
import type { Step } from '../../../infra/local/terminal/step.ts';
import { pdf } from '../../fakes/files.ts';
import { ownStack } from '../../worlds/local-stack.ts';

let stack: Stack;
beforeAll(async () => {
  const own = await ownStack();
  stack = own.stack;
  return own.end;
});

const journey = async (key: string, patienceMs = 25_000): Promise<readonly Step[]> => {
  const steps: Step[] = [];
  for await (const step of travel(stack, { key, bytes: Buffer.from(pdf) }, patienceMs)) steps.push(step);
  return steps;
};

test('tells what the parts of the stack saw, in the order in which it happened', async () => {
  const steps = await journey('candidates/c1/cv.pdf');
  expect(steps).toMatchObject([
    { step: 'uploaded', bucket: 'cv-courier-local', key: 'candidates/c1/cv.pdf', sizeBytes: pdf.length },
    { step: 'event', eventName: 'ObjectCreated:Put' },
    { step: 'claimed', attempt: 1 },
    { step: 'sent', path: '/v1/ats/candidates/c1/attachments', status: 200 },
    { step: 'attached', target: 'candidate/c1', name: 'cv.pdf', sizeBytes: pdf.length },
  ]);
  const times = steps.map(({ atMs }) => atMs);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test('a file that has arrived before is not said to arrive again', async () => {
  await journey('candidates/c2/cv.pdf');
  expect((await journey('candidates/c2/cv.pdf')).map(({ step }) => step)).toEqual([
    'uploaded',
    'event',
    'already-attached',
  ]);
});

test('a refusal that passes is told with the time of the next try', async () => {
  const parcel = { key: 'candidates/fault-REMOTE--SERVICE_UNAVAILABLE/cv.pdf', bytes: Buffer.from(pdf) };
  const steps: Step[] = [];
  for await (const step of travel(stack, parcel, 20_000)) {
    steps.push(step);
    if (step.step === 'waiting') break;
  }
  expect(steps.map(({ step }) => step)).toEqual(['uploaded', 'event', 'claimed', 'sent', 'waiting']);
  expect(steps.at(-1)).toMatchObject({ status: 'retrying', why: 'REMOTE.SERVICE_UNAVAILABLE' });
});

test('patience ends, and says so', async () => {
  expect((await journey('candidates/fault-silence/cv.pdf', 0)).at(-1)).toMatchObject({
    step: 'failed',
    reason: 'It was not attached within 0 s.',
  });
});

test('a refusal that stays is told with its code and the next step', async () => {
  const steps = await journey('candidates/fault-REMOTE--INPUT_INVALID/cv.pdf');
  expect(steps.at(-1)).toMatchObject({
    step: 'failed',
    status: 'rejected',
    nextStep: "Read Kombo's message and log_url, fix the file, and upload again.",
  });
});

test('attached is believed only when Kombo holds the file', async () => {
  await journey('candidates/c3/cv.pdf');
  await stack.kombo.reset();
  expect((await journey('candidates/c3/cv.pdf')).at(-1)).toMatchObject({
    step: 'failed',
    reason: 'The ledger says attached, but Kombo does not hold the file.',
  });
});

test('a key outside the templates is told at once', async () => {
  expect((await journey('elsewhere/cv.pdf')).map(({ step }) => step)).toEqual(['uploaded', 'failed']);
});
