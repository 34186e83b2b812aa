import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, onTestFinished, test } from 'vitest';
import { InvokeError } from '../../../infra/invoke/errors.ts';
import { sampleBytes } from '../../../infra/local/sample.ts';
import type { Stack } from '../../../infra/local/stack.ts';
import type { SmokeOptions } from '../../../infra/smoke/command-line.ts';
import type { Deployment } from '../../../infra/smoke/deployment.ts';
import { runSmoke } from '../../../infra/smoke/run.ts';
import { ownStack, storedFilesOf } from '../../worlds/local-stack.ts';

const sample = await sampleBytes();
const candidate = 'GRKwT7dMvcuqBnsZ5xHe4pYa';

/** Started without the schedule, so that only the event sends the file. */
const stackWith = async (
  names: readonly ('on-upload' | 'on-demand')[],
  shell: Readonly<Record<string, string>> = {},
): Promise<Stack> => {
  const { stack, end } = await ownStack({ handlers: { names }, shell });
  onTestFinished(end);
  return stack;
};

/** The stack as a smoke test sees a deployed one. */
const deploymentOf = ({ functions, s3, region }: Stack): Deployment => ({
  region,
  ask: async (request) => functions.get('on-demand')?.invoke(request),
  async upload(bucket, key, bytes) {
    const { VersionId } = await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes }));
    return { versionId: VersionId };
  },
});

const smoke = async (deployment: Deployment, id: string, change: Partial<SmokeOptions> = {}) => {
  const lines: string[] = [];
  const options = {
    place: { by: 'stage', named: 'dev' },
    target: { kind: 'candidate', id },
    waitMs: 60_000,
    yes: true,
    ...change,
  } as const;
  const isAttached = await runSmoke({ options, deployment, sample, pollMs: 20, print: (line) => lines.push(line) });
  return { isAttached, text: lines.join('\n') };
};

const objectsIn = async ({ s3, bucket }: Stack): Promise<readonly string[]> =>
  ((await s3.send(new ListObjectsV2Command({ Bucket: bucket }))).Contents ?? []).map(({ Key = '' }) => Key);

const time = String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`;

test('a smoke test says when the sample was uploaded, seen and attached, and what it leaves behind', async () => {
  const stack = await stackWith(['on-upload', 'on-demand']);
  const { isAttached, text } = await smoke(deploymentOf(stack), candidate);
  expect(isAttached).toBe(true);
  const [key = ''] = await objectsIn(stack);
  const name = key.split('/').at(-1) ?? '';
  expect(key).toMatch(new RegExp(`^candidates/${candidate}/cv-courier-smoke-test-[\\dTZ-]+\\.pdf$`));
  const [, uploaded = '', seen = '', attached = ''] = text.split('\n');
  expect(uploaded).toMatch(new RegExp(`^${time} Uploaded .* kB as s3://cv-courier-local/${key}\\.$`));
  expect(seen).toMatch(new RegExp(`^${time} \\(.*\\) Seen: `));
  expect(attached).toMatch(
    new RegExp(`^${time} \\(after \\d+\\.\\d s\\) It is attached to candidate ${candidate}, since`),
  );
  expect(attached).toMatch(/ Attempts: 1\.$/);
  expect(text).toContain(`Left behind: one attachment, ${name}, of the candidate ${candidate} in sandbox:`);
  expect(text).toMatch(
    /^ {2}aws s3api delete-object --bucket cv-courier-local --key '.*' --version-id '.+' --region eu-central-1$/m,
  );
  expect(text).toContain(
    `npm run invoke -- --stage dev --region eu-central-1 on-demand '{"action":"forget","key":"${key}"}'`,
  );
  expect(await storedFilesOf(stack, candidate)).toEqual([{ name, bytes: sample }]);
});

test('the commands that a smoke test prints remove the object and its record', async () => {
  const stack = await stackWith(['on-upload', 'on-demand']);
  const deployment = deploymentOf(stack);
  const { text } = await smoke(deployment, candidate);
  const [, Key, VersionId] = /--key '(.*)' --version-id '(.*)'/.exec(text) ?? [];
  await stack.s3.send(new DeleteObjectCommand({ Bucket: stack.bucket, Key, VersionId }));
  expect(await objectsIn(stack)).toEqual([]);
  const [, forget = ''] = /on-demand '(.*)'$/m.exec(text) ?? [];
  expect(await deployment.ask(JSON.parse(forget))).toMatchObject({ ok: true, erased: 1 });
});

test('a smoke test without --yes uploads nothing when the integration is not the sandbox', async () => {
  const stack = await stackWith(['on-demand'], { KOMBO_INTEGRATION_ID: 'greenhouse:CvCourierGreenhouseAAAAA' });
  const { isAttached, text } = await smoke(deploymentOf(stack), candidate, { yes: false });
  expect(isAttached).toBe(false);
  expect(text).toContain(
    'Nothing was uploaded. greenhouse:CvCourierGreenhouseAAAAA is not Kombo\'s sandbox (whose ids start with "sandbox:"), so a real candidate would get the file.\nTo upload it anyway, add --yes.',
  );
  expect(await objectsIn(stack)).toEqual([]);
});

test('a smoke test without --yes uploads the sample when the integration is the sandbox, as that of the local Kombo is', async () => {
  const stack = await stackWith(['on-upload', 'on-demand']);
  const { isAttached } = await smoke(deploymentOf(stack), candidate, { yes: false });
  expect(isAttached).toBe(true);
});

test('a smoke test without --yes uploads nothing while the check finds a problem, and names it', async () => {
  const stack = await stackWith(['on-demand']);
  stack.kombo.apiKeys.revoke('ks_dev_local');
  const { text } = await smoke(deploymentOf(stack), candidate, { yes: false });
  expect(text).toContain('The check found a problem, so the file may not arrive. Kombo, integration');
  expect(text).toContain('PLATFORM.AUTHENTICATION_INVALID');
  expect(await objectsIn(stack)).toEqual([]);
});

test.each([
  ['a wrong candidate', 'fault-status-404', 'It is held: an operator must act. KOMBO_NOT_FOUND: '],
  ['a file that is held', 'fault-status-403', 'It is held: an operator must act. KOMBO_FORBIDDEN: '],
  [
    'a file that is rejected',
    'fault-REMOTE--INPUT_INVALID',
    'It is rejected because of the file itself. REMOTE.INPUT_INVALID: ',
  ],
])('%s ends a smoke test without an attachment, with cause and next step', async (_case, id, sentence) => {
  const stack = await stackWith(['on-upload', 'on-demand']);
  const { isAttached, text } = await smoke(deploymentOf(stack), id);
  expect(isAttached).toBe(false);
  expect(text).toContain(`It is not attached. ${sentence}`);
  expect(text).toContain('Left behind: one object in the bucket, and its record in the ledger.');
});

test('a smoke test follows a waiting file until its time is over, and names each cause once', async () => {
  const stack = await stackWith(['on-upload', 'on-demand']);
  const { isAttached, text } = await smoke(deploymentOf(stack), 'fault-REMOTE--RATE_LIMIT_EXCEEDED', {
    waitMs: 10_000,
  });
  expect(isAttached).toBe(false);
  expect(
    text.match(new RegExp(`^${time} .* It is not delivered yet and will be sent automatically`, 'gm')),
  ).toHaveLength(1);
  expect(text).toContain('It is not attached after 10 s. It is not delivered yet and will be sent automatically');
  expect(text).toContain('Left behind: perhaps one attachment');
});

test('a smoke test whose upload no function has seen ends with what to look at', async () => {
  const stack = await stackWith(['on-demand']);
  const { isAttached, text } = await smoke(deploymentOf(stack), candidate, { waitMs: 300 });
  expect(isAttached).toBe(false);
  expect(text).toContain('It is not attached after 0.3 s. No function has seen it: the bucket sends no events');
  expect(text).toContain('The sweep, which runs every 5 minutes, will find the object and send it');
});

test('a smoke test whose upload gets no verdict of the malware scan ends with what to look at', async () => {
  const stack = await stackWith(['on-upload', 'on-demand'], { REQUIRE_SCAN: 'true' });
  const { isAttached, text } = await smoke(deploymentOf(stack), candidate, { waitMs: 8_000 });
  expect(isAttached).toBe(false);
  expect(text).toContain('It is not attached after 8 s. The malware scan has given no verdict');
});

test("a smoke test repeats a request that gets no answer, because another operator's request may be running", async () => {
  const deployment = deploymentOf(await stackWith(['on-upload', 'on-demand']));
  let questions = 0;
  const busy = async (request: object) => {
    questions += 1;
    if (questions === 2) throw new InvokeError('Nothing was done: another request is running.');
    return deployment.ask(request);
  };
  const { isAttached } = await smoke({ ...deployment, ask: busy }, candidate);
  expect({ isAttached, askedAgain: questions > 2 }).toEqual({ isAttached: true, askedAgain: true });
});

test('a smoke test distinguishes a deployment that stops answering from an upload that no function has seen', async () => {
  const deployment = deploymentOf(await stackWith(['on-demand']));
  let questions = 0;
  const gone = async (request: object) => {
    questions += 1;
    if (questions > 1) throw new InvokeError('AWS Lambda cannot be reached.');
    return deployment.ask(request);
  };
  const { text } = await smoke({ ...deployment, ask: gone }, candidate, { waitMs: 100 });
  expect(text).toContain(
    'The last request got no answer. AWS Lambda cannot be reached.\nIt is not attached after 0.1 s.\n',
  );
});

test('a smoke test of a deployment with an earlier version is refused', async () => {
  const earlier = { region: 'eu-central-1', ask: async () => ({ ok: true, message: 'All is well.', checks: [] }) };
  const upload = () => Promise.reject(new Error('uploaded'));
  const { isAttached, text } = await smoke({ ...earlier, upload }, candidate);
  expect({ isAttached, text }).toEqual({
    isAttached: false,
    text: 'The deployed function returns a check in a different format: deploy this version first.',
  });
});
