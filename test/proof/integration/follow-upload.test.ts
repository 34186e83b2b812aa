import { afterAll, expect, test } from 'vitest';
import { followUpload } from '../../../infra/local/terminal/follow-upload.ts';
import type { Step } from '../../../infra/local/terminal/step.ts';
import { pdf } from '../../fakes/files.ts';
import { ownStack } from '../../worlds/local-stack.ts';

const { stack, end } = await ownStack();
afterAll(end);

const follow = async (key: string, maxWaitMs = 25_000): Promise<readonly Step[]> => {
  const steps: Step[] = [];
  for await (const step of followUpload(stack, { key, bytes: Buffer.from(pdf) }, maxWaitMs)) steps.push(step);
  return steps;
};

test('following an upload yields the steps of the parts of the stack, in order', async () => {
  const steps = await follow('candidates/c1/cv.pdf');
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

test('following an upload reports a temporary refusal with the time of the next attempt', async () => {
  const upload = { key: 'candidates/fault-REMOTE--RATE_LIMIT_EXCEEDED/cv.pdf', bytes: Buffer.from(pdf) };
  const steps: Step[] = [];
  for await (const step of followUpload(stack, upload, 20_000)) {
    steps.push(step);
    if (step.step === 'waiting') break;
  }
  expect(steps.map(({ step }) => step)).toEqual(['uploaded', 'event', 'claimed', 'sent', 'waiting']);
  expect(steps.at(-1)).toMatchObject({ status: 'waiting', why: 'REMOTE.RATE_LIMIT_EXCEEDED' });
});

test('a followed upload that is not settled counts as failed after the maximum wait', async () => {
  expect((await follow('candidates/fault-silence/cv.pdf', 0)).at(-1)).toMatchObject({
    step: 'failed',
    reason: 'It was not attached within 0 s.',
  });
});

test('a followed upload counts as attached only when Kombo has the file', async () => {
  await follow('candidates/c3/cv.pdf');
  await stack.kombo.reset();
  expect((await follow('candidates/c3/cv.pdf')).at(-1)).toMatchObject({
    step: 'failed',
    reason: 'The ledger says attached, but Kombo does not hold the file.',
  });
});

test('a followed upload whose key matches no template fails immediately', async () => {
  expect((await follow('elsewhere/cv.pdf')).map(({ step }) => step)).toEqual(['uploaded', 'failed']);
});
