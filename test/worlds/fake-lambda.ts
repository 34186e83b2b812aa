import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { closeServer, listen } from '../../infra/local/process/listen.ts';

export interface FakeInvocation {
  readonly path: string;
  readonly body: string;
  readonly clientContext: unknown;
}

export type Respond = (response: ServerResponse) => void;

export interface FakeLambda {
  /** The environment that directs a caller to this server, and to no other. */
  readonly env: Readonly<Record<string, string>>;
  readonly invocations: readonly FakeInvocation[];
}

export const callerArn = 'arn:aws:sts::111122223333:assumed-role/on-call/kim';

const identity = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>${callerArn}</Arn><UserId>AIDA:kim</UserId><Account>111122223333</Account></GetCallerIdentityResult>
<ResponseMetadata><RequestId>request-1</RequestId></ResponseMetadata></GetCallerIdentityResponse>`;

/** The two AWS APIs that an invocation calls, on this machine, for the running test. */
export const startFakeLambda = async (respond: Respond): Promise<FakeLambda> => {
  const invocations: FakeInvocation[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    if (request.url === '/') return void response.writeHead(200, { 'content-type': 'text/xml' }).end(identity);
    invocations.push({ path: request.url ?? '', body, clientContext: clientContextOf(request) });
    respond(response);
  });
  const url = `http://127.0.0.1:${await listen(server, 0)}`;
  onTestFinished(() => closeServer(server));
  return { env: awsEnvironment(url), invocations };
};

const clientContextOf = ({ headers }: IncomingMessage): unknown =>
  JSON.parse(Buffer.from(String(headers['x-amz-client-context'] ?? ''), 'base64').toString() || 'null');

/** An environment without settings of this machine's user, and with the given address only. */
export const awsEnvironment = (url: string): Readonly<Record<string, string>> => ({
  AWS_ENDPOINT_URL_LAMBDA: url,
  AWS_ENDPOINT_URL_STS: url,
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_REGION: 'eu-west-1',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
});

export const answering =
  (payload: unknown, headers: Readonly<Record<string, string>> = {}): Respond =>
  (response) =>
    void response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(payload));

export const failing =
  (status: number, type: string, body: object = { message: 'No.' }): Respond =>
  (response) =>
    void response
      .writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type })
      .end(JSON.stringify(body));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const nowhere = awsEnvironment('http://127.0.0.1:1');

/** `npm run invoke`, as package.json runs it. */
export const runInvoke = (args: readonly string[], env = nowhere, input = ''): Promise<Ended> =>
  runScript('infra/local/invoke.ts', args, env, input);

/** `npm run smoke`, as package.json runs it. */
export const runSmokeCommand = (args: readonly string[], env = nowhere): Promise<Ended> =>
  runScript('infra/smoke.ts', args, env, '');

/** An empty variable counts as not set. */
const runScript = async (
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  input: string,
): Promise<Ended> => {
  const { PATH = '', HOME = '' } = process.env;
  const script = path.join(import.meta.dirname, '../..', file);
  const child = spawn(process.execPath, [script, ...args], {
    env: Object.fromEntries(Object.entries({ PATH, HOME, ...env }).filter(([, value]) => value !== '')),
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  onTestFinished(() => void child.kill('SIGKILL'));
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, stdout, stderr };
};
