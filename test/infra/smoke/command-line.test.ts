import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { closeServer, listen } from '../../../infra/local/process/listen.ts';
import { parseCommandLine } from '../../../infra/smoke/command-line.ts';
import { awsEnvironment, runSmokeCommand } from '../../worlds/fake-lambda.ts';
import { ownStack } from '../../worlds/local-stack.ts';

const candidate = 'GRKwT7dMvcuqBnsZ5xHe4pYa';
const known = ['--stage', 'dev', '--candidate', candidate];

test('npm run smoke follows a candidate for five minutes by default, and uploads to a real integration only with --yes', () => {
  expect(parseCommandLine(known)).toEqual({
    place: { by: 'stage', named: 'dev' },
    target: { kind: 'candidate', id: candidate },
    waitMs: 300_000,
    yes: false,
  });
});

test('npm run smoke accepts an application, an integration, a region and a time', () => {
  const given = ['--application', 'GRK456', '--integration', 'sandbox:GRK1', '--region', 'us-east-1', '--wait', '30'];
  expect(parseCommandLine(['--stage', 'dev', '--yes', ...given])).toEqual({
    place: { by: 'stage', named: 'dev' },
    region: 'us-east-1',
    target: { kind: 'application', id: 'GRK456' },
    integrationId: 'sandbox:GRK1',
    waitMs: 30_000,
    yes: true,
  });
});

test.each([
  [[], 'The deployment is missing: give --stage NAME or --stack NAME.'],
  [[...known, '--stack', 'acme-cvs'], 'Give --stage or --stack, not both.'],
  [['--stage', 'dev'], 'Give one of --candidate ID and --application ID.'],
  [[...known, '--application', 'GRK456'], 'Give one of --candidate ID and --application ID.'],
  [['--stage', 'dev', '--candidate', '../x'], '"../x" is not an id'],
  [[...known, '--integration', 'greenhouse'], '"greenhouse" is not an integration id: <tool>:<id>.'],
  [[...known, '--region', 'mars'], '"mars" is not an AWS region.'],
  [[...known, '--wait', '5m'], '--wait must be a number of seconds from 1 to 9999, not "5m".'],
  [[...known, '--quiet'], "Unknown option '--quiet'"],
  [[...known, 'now'], "Unexpected argument 'now'"],
])('npm run smoke refuses %j with one line that says what is wrong', (args, sentence) => {
  expect(() => parseCommandLine(args)).toThrow(
    expect.objectContaining({
      name: 'UsageError',
      message: expect.stringMatching(/^[^\n]+[.?]$/),
    }),
  );
  expect(() => parseCommandLine(args)).toThrow(sentence);
});

test('npm run smoke exits with 1 and a sentence when AWS cannot be reached', async () => {
  const { code, stdout, stderr } = await runSmokeCommand(known);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('AWS Lambda in eu-west-1 cannot be reached (ECONNREFUSED), so nothing was invoked.');
});

test.each([
  ['--stage', 'dev', 'cv-courier-dev'],
  ['--stack', 'acme-cvs', 'acme-cvs'],
])(
  'npm run smoke %s %s makes only AWS calls that its rights allow, and exits with 0 once the sample is attached',
  async (by, named, stackName) => {
    const { stack, end } = await ownStack({ handlers: { names: ['on-upload', 'on-demand'] } });
    onTestFinished(end);
    const asked: string[] = [];
    const lambda = createServer(async (request, response) => {
      const body = await text(request);
      if (request.url === '/') return void response.writeHead(403).end();
      asked.push(request.url ?? '');
      response.end(JSON.stringify(await stack.functions.get('on-demand')?.invoke(JSON.parse(body))));
    });
    const url = `http://127.0.0.1:${await listen(lambda, 0)}`;
    onTestFinished(() => closeServer(lambda));
    const { code, stdout, stderr } = await runSmokeCommand([by, named, '--candidate', candidate, '--yes'], {
      ...awsEnvironment(url),
      AWS_ENDPOINT_URL_S3: stack.endpoints.s3,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`It is attached to candidate ${candidate}`);
    expect(stdout).toContain(`npm run invoke -- ${by} ${named} --region`);
    expect(new Set(asked)).toEqual(new Set([`/2015-03-31/functions/${stackName}-on-demand/invocations`]));
  },
);
