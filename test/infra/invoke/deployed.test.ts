import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { answerTimeoutMs, invokeDeployed } from '../../../infra/invoke/deployed.ts';
import { readService } from '../../../infra/invoke/service.ts';
import { temporaryFolder } from '../../fakes/temporary-folder.ts';
import {
  answering,
  awsEnvironment,
  callerArn,
  failing,
  type Respond,
  runInvoke,
  startFakeLambda,
} from '../../worlds/fake-lambda.ts';

const status = ['--stage', 'prod', 'on-demand', '{"action":"status"}'];
const answer = {
  ok: true,
  message: '1 held: an operator must act.',
  counts: { held: 1, waiting: 0 },
  held: [{ key: "candidates/GRK123/Kim's CV.pdf", status: 'held', code: 'KOMBO_NOT_FOUND', warnings: ['one', 'two'] }],
  pauses: [],
  next: { action: 'retry', key: "candidates/GRK123/Kim's CV.pdf", reason: '...' },
};

describe('the deployed function', () => {
  test('the function invoked is that of the service, the stage and the name, and receives the event and the caller', async () => {
    const lambda = await startFakeLambda(answering(answer));
    const { code, stderr } = await runInvoke(status, lambda.env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(lambda.invocations).toEqual([
      {
        path: '/2015-03-31/functions/cv-courier-prod-on-demand/invocations',
        body: '{"action":"status"}',
        clientContext: { custom: { operator: callerArn } },
      },
    ]);
  });

  test("npm run invoke prints the answer's sentence first, then plain lines, and the next request as a command", async () => {
    const lambda = await startFakeLambda(answering(answer));
    const { stdout } = await runInvoke(status, lambda.env);
    expect(stdout).toBe(`1 held: an operator must act.

counts:
  held: 1
  waiting: 0
held:
  - key: candidates/GRK123/Kim's CV.pdf
    status: held
    code: KOMBO_NOT_FOUND
    warnings:
      - one
      - two
pauses: none
next: npm run invoke -- --stage prod on-demand '{"action":"retry","key":"candidates/GRK123/Kim'\\''s CV.pdf","reason":"..."}'
`);
  });

  test('npm run invoke with --json prints only JSON', async () => {
    const lambda = await startFakeLambda(answering(answer));
    const { stdout } = await runInvoke(['--json', ...status], lambda.env);
    expect(JSON.parse(stdout)).toEqual(answer);
  });

  test.each([[[]], [['--json']]])('npm run invoke exits with 1 when the answer is not ok (%j)', async (flags) => {
    const lambda = await startFakeLambda(answering({ ok: false, message: 'Nothing was done.' }));
    const { code, stdout } = await runInvoke([...flags, ...status], lambda.env);
    expect(code).toBe(1);
    expect(stdout).toContain('Nothing was done.');
  });

  test('an answer without a sentence is printed as JSON', async () => {
    const lambda = await startFakeLambda(answering({ outcomes: [] }));
    const { code, stdout } = await runInvoke(['--stage', 'prod', 'on-upload', '{}'], lambda.env);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ outcomes: [] });
  });

  test('the event to invoke with may come from a file or from standard input', async () => {
    const lambda = await startFakeLambda(answering({ ok: true, message: 'Done.' }));
    const file = path.join(await temporaryFolder(), 'event.json');
    await writeFile(file, '{"action":"check"}\n');
    await runInvoke(['--stage', 'prod', 'on-demand', file], lambda.env);
    await runInvoke(['--stage', 'prod', 'on-demand', '-'], lambda.env, '{"action":"check"}\n');
    expect(lambda.invocations.map(({ body }) => body)).toEqual(['{"action":"check"}', '{"action":"check"}']);
  });

  test('a key with control characters cannot control the terminal', async () => {
    const lambda = await startFakeLambda(
      answering({ ok: true, message: 'A\u001b[2J', files: [{ key: 'b\u202ec\n' }] }),
    );
    const { stdout } = await runInvoke(status, lambda.env);
    expect(stdout).toBe('A\\u001b[2J\n\nfiles:\n  - key: b\\u202ec\\u000a\n');
  });
});

describe('a failed invocation', () => {
  const withLambda = async (respond: Respond, change: Readonly<Record<string, string>> = {}) => {
    const lambda = await startFakeLambda(respond);
    const ended = await runInvoke(status, { ...lambda.env, ...change });
    expect(ended.stdout).toBe('');
    expect(ended.stderr).not.toContain('    at ');
    return { ...ended, times: lambda.invocations.length };
  };

  test.each<readonly [string, Respond, string]>([
    [
      'a wrong stage or region',
      failing(404, 'ResourceNotFoundException'),
      `There is no function cv-courier-prod-on-demand in eu-west-1 for ${callerArn}. Check the stage, the region`,
    ],
    [
      'a missing right to invoke',
      failing(403, 'AccessDeniedException'),
      `${callerArn} may not invoke cv-courier-prod-on-demand`,
    ],
    [
      'another request that is running',
      failing(429, 'TooManyRequestsException', { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' }),
      "Nothing was done: another operator's request is running",
    ],
    [
      'a throttled account',
      failing(429, 'TooManyRequestsException', { Reason: 'ConcurrentInvocationLimitExceeded' }),
      'Nothing was done: AWS throttled the call (ConcurrentInvocationLimitExceeded).',
    ],
    ['expired credentials', failing(403, 'ExpiredTokenException'), 'There are no usable AWS credentials'],
    ['a fault of AWS', failing(500, 'ServiceException'), 'may have run or not. The command was not repeated.'],
    ['a fault of a gateway', failing(503, 'Unavailable'), 'may have run or not. The command was not repeated.'],
    [
      'a broken connection',
      (response) => void response.destroy(),
      'may have run or not. The command was not repeated.',
    ],
    [
      'a function that failed',
      answering(
        { errorType: 'TypeError', errorMessage: 'x is not a function' },
        { 'x-amz-function-error': 'Unhandled' },
      ),
      'cv-courier-prod-on-demand failed. TypeError: x is not a function\nIts log: aws logs tail /aws/lambda/cv-courier-prod-on-demand',
    ],
    [
      'a function that ran out of time',
      answering(
        { errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out after 300.00 seconds' },
        { 'x-amz-function-error': 'Unhandled' },
      ),
      'cv-courier-prod-on-demand ran out of time.',
    ],
  ])(
    'an invocation that fails because of %s is reported with what to do, and exits with 1',
    async (_name, respond, message) => {
      const { code, stderr, times } = await withLambda(respond);
      expect(stderr).toContain(message);
      expect({ code, times }).toEqual({ code: 1, times: 1 });
    },
  );

  test('an invocation without AWS credentials is reported with what to do, and is not sent', async () => {
    const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
    const { code, stderr, times } = await withLambda(answering(answer), none);
    expect(stderr).toContain('There are no usable AWS credentials, so nothing was invoked. Sign in');
    expect({ code, times }).toEqual({ code: 1, times: 0 });
  });

  test('an invocation in a network that does not reach AWS says so', async () => {
    const { code, stderr } = await runInvoke(status, awsEnvironment('http://127.0.0.1:1'));
    expect(stderr).toContain('AWS Lambda in eu-west-1 cannot be reached (ECONNREFUSED), so nothing was invoked.');
    expect(code).toBe(1);
  });

  test('an invocation without an answer in time is sent once, and its message says that it may have been carried out', async () => {
    const lambda = await startFakeLambda(() => undefined);
    for (const [name, value] of Object.entries(lambda.env)) vi.stubEnv(name, value);
    const { stackName, defaultRegion } = readService();
    const deployed = {
      functionName: `${stackName({ by: 'stage', named: 'prod' })}-on-demand`,
      defaultRegion,
      functionTimeoutSeconds: 1,
    };
    await expect(invokeDeployed(deployed, '{}', 300)).rejects.toThrow(
      /^No answer arrived within 0\.3 s\. cv-courier-prod-on-demand may have carried out the request, or part of it\. The command was not repeated\./,
    );
    expect(lambda.invocations).toHaveLength(1);
    vi.unstubAllEnvs();
  });
});

test('an answer is awaited longer than its function can run', () => {
  const { functions, timeoutSeconds } = readService();
  expect(functions).toEqual(['on-upload', 'on-schedule', 'on-demand', 'on-batch']);
  for (const name of functions) {
    expect(timeoutSeconds(name)).toBe(300);
    expect(answerTimeoutMs({ functionTimeoutSeconds: timeoutSeconds(name) })).toBe(330_000);
  }
});

describe('the region of an invocation', () => {
  const regionOf = async (args: readonly string[], change: Readonly<Record<string, string>>): Promise<string> => {
    const lambda = await startFakeLambda(failing(404, 'ResourceNotFoundException'));
    const { stderr } = await runInvoke([...args, ...status], { ...lambda.env, ...change });
    return /on-demand in (\S+) for/.exec(stderr)?.[1] ?? stderr;
  };

  test('the region of the command line has precedence over that of the environment', async () => {
    expect(await regionOf(['--region', 'us-east-2'], {})).toBe('us-east-2');
  });

  test('without a region in the environment, the region of the AWS profile is used', async () => {
    const file = path.join(await temporaryFolder(), 'config');
    await writeFile(
      file,
      '[profile work]\nregion = ap-southeast-2\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = secret\n',
    );
    const keys = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
    const profile = { ...keys, AWS_REGION: '', AWS_PROFILE: 'work', AWS_CONFIG_FILE: file };
    expect(await regionOf([], profile)).toBe('ap-southeast-2');
  });

  test('without any other region, the one to which serverless.yml deploys is used', async () => {
    expect(await regionOf([], { AWS_REGION: '' })).toBe('eu-central-1');
  });
});
