import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { s3Credentials } from '../../../infra/local/aws/s3/server.ts';
import { faultsFromId } from '../../../infra/local/kombo/faults/fault-names.ts';
import { closeServer, listen } from '../../../infra/local/process/listen.ts';
import { runningStack } from '../../../infra/local/process/state-folder.ts';
import { exe } from '../../fakes/files.ts';
import { temporaryFolder } from '../../fakes/temporary-folder.ts';
import { type Command, command } from './command.ts';

const key = 'candidates/GRKwT7dMvcuqBnsZ5xHe4pYa/Frank Doe CV.pdf';

/** First words of the lines, which name the steps. */
const steps = (text: string): readonly string[] =>
  text
    .split('\n')
    .flatMap((line) => /^ {2}(uploaded|event|claimed|sent|waiting|attached|failed) /.exec(line)?.[1] ?? []);

const once = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const run = command('start', ['--once', ...args], env);
  const code = await run.ended;
  return { code, stdout: run.stdout(), stderr: run.stderr() };
};

/** A stack that keeps running; resolves when it has printed its addresses. */
const up = async (stateDir: string): Promise<Command & { readonly s3Url: string }> => {
  const run = command('start', ['--state', stateDir]);
  await expect.poll(run.stdout, { timeout: 20_000 }).toContain('Ctrl-C ends it.');
  return { ...run, s3Url: /S3 +(http:\S+),/.exec(run.stdout())?.[1] ?? '' };
};

describe('--once', () => {
  test('npm start --once delivers the sample, prints its steps and exits with 0; a second run sends again only with --fresh', async () => {
    const state = await temporaryFolder();
    const first = await once(['--state', state]);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(steps(first.stdout)).toEqual(['uploaded', 'event', 'claimed', 'sent', 'attached']);
    expect(first.stdout).toContain(`s3://cv-courier-local/${key}`);
    expect(first.stdout).toContain('as "Frank Doe CV.pdf", byte for byte');
    expect(first.stdout).not.toContain('\u001b');
    expect(first.stdout).toMatch(/\n {2}Next: "npm start" keeps the stack running.*\n$/);

    const second = await once(['--state', state]);
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(steps(second.stdout)).toEqual(['uploaded', 'event', 'attached']);
    expect(second.stdout).toContain('nothing was sent again');

    const fresh = await once(['--state', state, '--fresh', '--json']);
    const printed = fresh.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(fresh.code).toBe(0);
    const outcomes = printed.filter(({ step }) => step === 'outcome');
    expect(outcomes).toMatchObject([{ event: { 'detail-type': 'CV Outcome', detail: { status: 'attached' } } }]);
    expect(printed.filter(({ step }) => step !== 'outcome').map(({ step }) => step)).toEqual([
      'uploaded',
      'event',
      'claimed',
      'sent',
      'attached',
    ]);
    expect(printed.at(-1)).toMatchObject({ target: 'candidate/GRKwT7dMvcuqBnsZ5xHe4pYa', name: 'Frank Doe CV.pdf' });
  });

  test('npm start --once posts the outcome event for your own application before it ends', async () => {
    const received: unknown[] = [];
    const server = createServer(async (request, response) => {
      received.push(JSON.parse(await text(request)));
      response.end();
    });
    const port = await listen(server, 0);
    try {
      const url = `http://127.0.0.1:${port}/outcomes`;
      const { code, stdout } = await once(['--state', await temporaryFolder(), '--events-to', url]);
      expect(code).toBe(0);
      expect(received).toMatchObject([
        { source: 'cv-courier-local', detail: { status: 'attached', target: 'candidate/GRKwT7dMvcuqBnsZ5xHe4pYa' } },
      ]);
      expect(stdout).toMatch(/ attached .*\n {2}outcome +event for your application \(docs\/events\.md\): attached\n/);
    } finally {
      await closeServer(server);
    }
  });

  test('npm start --once exits with 1 when the sample is rejected, and says why and what to do', async () => {
    const { code, stdout } = await once(['--state', await temporaryFolder()], { MAX_BYTES: '100' });
    expect(code).toBe(1);
    expect(steps(stdout)).toEqual(['uploaded', 'event', 'claimed', 'failed']);
    expect(stdout).toContain('rejected: FILE_TOO_LARGE');
    expect(stdout).toContain('Ask for a smaller file');
    expect(stdout).toMatch(/\n {2}Not attached: the last step says why\. .*\n$/);
  });
});

test.each([
  [['--bogus'], {}, "Unknown option '--bogus'.\n\nUsage: npm start", 2],
  [[], { MAX_BYTES: 'many' }, 'MAX_BYTES is "many"', 1],
])(
  'npm start with the options %o and the environment %o fails with a sentence',
  async (args, env, message, exitCode) => {
    const { code, stdout, stderr } = await once([...args, '--state', await temporaryFolder()], env);
    expect(code).toBe(exitCode);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
  },
);

describe('npm start without --once', () => {
  test('npm start prints its addresses, delivers uploads, answers npm run invoke, and ends on SIGTERM', async () => {
    const state = await temporaryFolder();
    const stack = await up(state);
    expect(stack.stdout()).toMatch(
      /AWS_ACCESS_KEY_ID=LOCAL AWS_SECRET_ACCESS_KEY=LOCAL AWS_REGION=eu-central-1 aws s3 cp '.*Frank Doe CV\.pdf' 's3:\/\/cv-courier-local\/candidates\/\w+\/Another CV\.pdf' --endpoint-url http:\/\/127\.0\.0\.1:\d+/,
    );
    const links = [...stack.stdout().matchAll(/: (\S+README\.md)$/gm)].map(([, file = '']) => file);
    expect(links).toEqual(['infra/local/kombo/README.md', 'infra/local/README.md']);
    const [, candidate = ''] = /replace GRKwT7dMvcuqBnsZ5xHe4pYa with (fault-[\w-]+)\n/.exec(stack.stdout()) ?? [];
    expect(faultsFromId(candidate)).toHaveLength(1);

    const s3 = new S3Client({
      endpoint: stack.s3Url,
      forcePathStyle: true,
      region: 'eu-central-1',
      credentials: s3Credentials,
    });
    await s3.send(new PutObjectCommand({ Bucket: 'cv-courier-local', Key: 'candidates/exe1/Jane Roe.pdf', Body: exe }));
    // The outcome event may be printed before.
    const rejected = 'candidates/exe1/Jane Roe.pdf\n                      TYPE_CONTRADICTED.';
    await expect.poll(stack.stdout, { timeout: 20_000 }).toContain(rejected);
    await s3.send(new PutObjectCommand({ Bucket: 'cv-courier-local', Key: 'elsewhere/Jane Roe.pdf', Body: exe }));
    await expect
      .poll(stack.stdout)
      .toContain('unwatched           The key elsewhere/Jane Roe.pdf is outside KEY_TEMPLATES');
    s3.destroy();

    const second = await once(['--state', state]);
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/A local stack is already running in this folder \(process \d+\)\. Its page: http:/);

    const answered = command('invoke', ['on-upload', '{"Event":"s3:TestEvent"}', '--state', state]);
    expect(await answered.ended).toBe(0);
    expect(JSON.parse(answered.stdout())).toMatchObject({ outcomes: [{ status: 'ignored' }] });
    const asked = command('invoke', [
      'on-demand',
      '{"action":"pause","integration_id":"account","reason":"A test."}',
      '--state',
      state,
    ]);
    expect(await asked.ended).toBe(0);
    expect(asked.stdout()).toMatch(
      /^Everything is paused\. .*\n\nnext: npm run invoke -- on-demand '\{"action":"resume",/,
    );
    const log = await readFile(path.join(state, 'logs', 'on-demand.log'), 'utf8');
    expect(log).toMatch(
      /"message":"An operator asked for a change\.".*"action":"pause","operator":"local user [^"]+","scope":"integration account"/,
    );
    expect(log).not.toContain('A test.');
    const notDone = command('invoke', ['on-demand', 'handlers/examples/on-demand-retry.json', '--state', state]);
    expect(await notDone.ended).toBe(1);
    expect(notDone.stdout()).toMatch(/^Nothing was done: its state does not allow "retry"/);
    const unknown = command('invoke', ['on-demnad', '{}', '--state', state]);
    expect(await unknown.ended).toBe(2);
    expect(unknown.stderr()).toMatch(/^There is no function on-demnad\. The stack runs: .*on-upload/);

    stack.child.kill('SIGTERM');
    expect(await stack.ended).toBe(0);
    expect(stack.stderr()).toBe('');
    expect(await runningStack(state)).toBeUndefined();
    await expect(fetch(stack.s3Url)).rejects.toThrow();
  });

  test('npm start ends on Ctrl-C, and starts although an earlier stack was killed', async () => {
    const state = await temporaryFolder();
    const killed = await up(state);
    killed.child.kill('SIGKILL');
    await killed.ended;

    const next = await up(state);
    expect(steps(next.stdout())).toEqual(['uploaded', 'event', 'attached']);
    next.child.kill('SIGINT');
    expect(await next.ended).toBe(0);
  });
});

test.each([
  [['on-demand', '{"action":"check"}'], 'No local stack is running. Start one with: npm start', 1],
  [['on-demand', '{action: check}'], 'The event is not valid JSON: {action: check}', 2],
  [[], 'Usage: npm run invoke', 2],
  [['on-demand', 'missing.json'], 'There is no file missing.json.', 2],
] as const)('npm run invoke with %o says what is wrong', async (args, message, code) => {
  const run = command('invoke', [...args, '--state', await temporaryFolder()]);
  expect(await run.ended).toBe(code);
  expect(run.stderr()).toContain(message);
  expect(run.stderr()).not.toContain('    at ');
});
