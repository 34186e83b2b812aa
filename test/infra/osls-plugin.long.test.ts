import { copyFile, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import CourierPlugin from '../../infra/osls-plugin.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';
import { osls, packagedIn, serviceFolder } from './template/package.ts';
import { functionNames } from './template/service.ts';

const root = path.join(import.meta.dirname, '../..');

/** The plugin, as osls loads it for a command. */
const load = (command: string, options: object, more: Partial<ConstructorParameters<typeof CourierPlugin>[0]> = {}) =>
  new CourierPlugin({
    classes: { Error },
    serviceDir: root,
    processedInput: { commands: [command], options },
    configurationInput: {},
    extendConfiguration: () => {},
    ...more,
  });

/** The error of the plugin when osls loads it; undefined when it accepts the command. */
const refusal = (
  command: string,
  stage: string,
  {
    environment = {},
    params = {},
    param = ['komboIntegrationId=lever:1'],
  }: {
    readonly environment?: Readonly<Record<string, unknown>>;
    readonly params?: Readonly<Record<string, unknown>>;
    readonly param?: readonly string[];
  } = {},
): string | undefined => {
  try {
    load(command, { stage, param }, { configurationInput: { params, provider: { environment } } });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

test('params in serverless.yml are refused, because they are not read', () => {
  expect(refusal('package', 'prod', { params: { prod: { maxBytes: 5 } } })).toContain(
    '- params of serverless.yml are not read: move params.prod to stages/prod.yml.',
  );
});

test('a variable that a parameter sets cannot also be set in provider.environment', () => {
  expect(refusal('package', 'prod', { environment: { MAX_BYTES: '1', LEASE_SECONDS: '600' } })).toContain(
    '- Variable MAX_BYTES is set twice: remove it from provider.environment in serverless.yml and set parameter maxBytes.',
  );
  expect(refusal('package', 'prod', { environment: { LEASE_SECONDS: '600' } })).not.toContain('Variable');
});

test('a parameter that uses a missing environment variable is refused in one sentence with its name', () => {
  const asking = (value: string) => refusal('package', 'prod', { param: [`komboIntegrationId=${value}`] });
  expect(asking('${env:CV_COURIER_NOT_SET}')).toContain(
    'Parameter komboIntegrationId is "${env:CV_COURIER_NOT_SET}", and the environment variable CV_COURIER_NOT_SET is not set: ' +
      "set it, or give a default, ${env:CV_COURIER_NOT_SET, 'value'}.",
  );
  for (const fine of ["${env:CV_COURIER_NOT_SET, 'lever:1'}", '${env:PATH}', '${ssm:/kombo/integration}'])
    expect(asking(fine)).not.toContain('environment variable');
});

test('invalid parameters block only packaging and deployment, so the stack stays removable', () => {
  expect(refusal('remove', 'qa', { param: [] })).toBeUndefined();
  expect(refusal('logs', 'prod', { param: ['komboBaseUrl=mars'] })).toBeUndefined();
});

describe('the region of a deployment is', () => {
  const role = (name: string): string =>
    `${name.replace(/(^|-)(\w)/g, (_whole, _dash, letter: string) => letter.toUpperCase())}Role`;
  const functions = Object.fromEntries(functionNames.map((name) => [name, { description: name, role: role(name) }]));

  /** Runs the check as osls does before it deploys to eu-central-1 or, with a flag, to another region. */
  const check = async (
    environment: Readonly<Record<string, string>>,
    options: { readonly region?: string; readonly 'aws-profile'?: string } = {},
  ): Promise<unknown> => {
    for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE']) vi.stubEnv(name, environment[name]);
    const config = path.join(await temporaryFolder(), 'config');
    await writeFile(config, '[profile work]\nregion = us-west-2\n');
    vi.stubEnv('AWS_CONFIG_FILE', config);
    const region = options.region ?? environment.AWS_REGION ?? 'eu-central-1';
    const { hooks } = load(
      'deploy',
      { stage: 'prod', param: ['komboIntegrationId=lever:1'], ...options },
      {
        configurationInput: { functions },
        service: { provider: { region, compiledCloudFormationTemplate: { Resources: {} } } },
      },
    );
    try {
      return await hooks.initialize?.();
    } catch (error) {
      return error instanceof Error ? error.message : error;
    } finally {
      vi.unstubAllEnvs();
    }
  };
  const unclear = (region: string): string =>
    `The region is not clear: your environment names ${region}, but osls would deploy to eu-central-1. Choose one: add --region ${region}, or set AWS_REGION.`;

  test('not clear where AWS_DEFAULT_REGION or the profile names another one than osls takes', async () => {
    expect(await check({ AWS_DEFAULT_REGION: 'us-east-2' })).toBe(unclear('us-east-2'));
    expect(await check({ AWS_PROFILE: 'work' })).toBe(unclear('us-west-2'));
    expect(await check({}, { 'aws-profile': 'work' })).toBe(unclear('us-west-2'));
  });

  test('clear where the command line or AWS_REGION names it, or nothing names another one', async () => {
    expect(await check({ AWS_PROFILE: 'work', AWS_REGION: 'eu-west-1' })).toBeUndefined();
    expect(await check({ AWS_DEFAULT_REGION: 'us-east-2' }, { region: 'eu-central-1' })).toBeUndefined();
    expect(await check({ AWS_DEFAULT_REGION: 'eu-central-1' })).toBeUndefined();
    expect(await check({})).toBeUndefined();
  });
});

// These run osls itself; it stops before it packages, so each takes about a second.
let service = { folder: '', remove: async () => {} };
beforeAll(async () => {
  service = await serviceFolder();
});
afterAll(() => service.remove());

/** A service that one test changes. */
const ownService = async (): Promise<string> => {
  const { folder, remove } = await serviceFolder();
  onTestFinished(remove);
  return folder;
};

test('packaging stops with a sentence about each invalid parameter', async () => {
  const { exitCode, output } = await osls(
    service.folder,
    'package',
    '--param=komboBaseUrl=eu-central-1',
    '--param=existingBucket=My_Bucket',
  );
  expect(exitCode).toBe(1);
  expect(output).toContain('- Parameter komboBaseUrl is "eu-central-1"; it must be eu, us or an https URL: ');
  expect(output).toContain('- Parameter existingBucket is "My_Bucket"; it must be the name of a bucket');
});

test('the example integration packages with a warning, but is not deployed', async () => {
  const example = 'Parameter komboIntegrationId is still the example: set your own in stages/dev.yml or by --param.';
  const packaged = await osls(service.folder, 'package');
  expect(packaged).toMatchObject({ exitCode: 0 });
  expect(packaged.output).toContain(`Warning: ${example} Deployment will refuse it.`);
  const deployed = await osls(service.folder, 'deploy');
  expect(deployed.exitCode).toBe(1);
  expect(deployed.output).toContain(`- ${example}`);
  const help = await osls(service.folder, 'deploy', '--help');
  expect(help.exitCode).toBe(0);
  expect(help.output).toContain('--stage');
});

test('deployment asks for the region where the profile names another one than osls takes', async () => {
  await mkdir(path.join(service.folder, '.aws'));
  await writeFile(path.join(service.folder, '.aws/config'), '[profile work]\nregion = us-west-2\n');
  const args = ['--aws-profile=work', '--param=komboIntegrationId=lever:1'];
  const { exitCode, output } = await osls(service.folder, 'deploy', ...args);
  expect(exitCode).toBe(1);
  expect(output).toContain('your environment names us-west-2, but osls would deploy to eu-central-1.');
});

test('the file of a stage and the command line reach CloudFormation as parameters, variables of osls resolved', async () => {
  const folder = await ownService();
  await writeFile(
    path.join(folder, 'stages/prod.yml'),
    "komboIntegrationId: 'lever:1'\nmaxBytes: 5000000\nallowedTypes: [pdf, docx]\nalarmEmail: ${env:HOME, 'on-call'}@example.com\noutcomeBus: off\n",
  );
  const { exitCode, output } = await osls(folder, 'package', '--stage=prod', '--param=memoryMb=256');
  expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
  const { passed, osls: template } = await packagedIn(folder);
  expect(passed).toMatchObject({
    KomboIntegrationId: 'lever:1',
    MaxBytes: '5000000',
    AllowedTypes: 'pdf,docx',
    AlarmEmailAddress: `${folder}@example.com`,
    OutcomeBus: 'off',
    MemoryMb: '256',
    KomboBaseUrl: 'eu',
    RemoteFields: '',
  });
  // osls first creates a new stack from this template, with the same parameters; CloudFormation refuses unknown parameters.
  const first = path.join(folder, '.serverless/cloudformation-template-create-stack.json');
  expect(JSON.parse(await readFile(first, 'utf8')).Parameters).toEqual(template.Parameters);
});

test('packaging stops when a zip is missing', async () => {
  await rm(path.join(service.folder, 'dist/on-batch.zip'));
  const { exitCode, output } = await osls(service.folder, 'package');
  expect(exitCode).toBe(1);
  expect(output).toContain('dist/on-batch.zip');
});

test('packaging stops with a sentence about each function and each parameter that is missing', async () => {
  const folder = await ownService();
  await change(path.join(folder, 'serverless.yml'), (yaml) => yaml.replace(/^ {4}role: OnUploadRole\n/m, ''));
  await writeFile(path.join(folder, 'handlers/on-unlisted.ts'), '');
  await change(path.join(folder, 'serverless.yml'), (yaml) =>
    yaml.replace(/^functions:\n/m, '$&  on-nowhere:\n    role: OnDemandRole\n'),
  );
  const { exitCode, output } = await osls(folder, 'package');
  expect(exitCode).toBe(1);
  expect(output).toContain('- Function on-upload has no role: define one in infra/resources/roles.yml');
  expect(output).toContain('- Function on-nowhere has no code: add handlers/on-nowhere.ts');
  expect(output).toContain('- Function on-unlisted is not in serverless.yml, but handlers/on-unlisted.ts exists');
  expect(output).toContain('- Parameter nowhereConcurrency does not exist');
});

test('a new function needs only its handler, an entry with a role, and its concurrency; the rest is derived', async () => {
  const folder = await ownService();
  await rm(path.join(folder, 'infra'));
  await cp(path.join(root, 'infra'), path.join(folder, 'infra'), { recursive: true });
  await change(path.join(folder, 'infra/parameters/options.ts'), (text) =>
    text.replace(/^ {4}memoryMb: \{/m, "    ...concurrency('on-nowhere', 1, 'Instances of on-nowhere.'),\n$&"),
  );
  await change(path.join(folder, 'serverless.yml'), (yaml) =>
    yaml.replace(/^functions:\n/m, '$&  on-nowhere:\n    description: Goes nowhere.\n    role: OnDemandRole\n'),
  );
  await writeFile(path.join(folder, 'handlers/on-nowhere.ts'), '');
  await copyFile(path.join(folder, 'dist/on-demand.zip'), path.join(folder, 'dist/on-nowhere.zip'));
  const { exitCode, output } = await osls(folder, 'package');
  expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
  const { Resources } = (await packagedIn(folder)).osls;
  expect(Resources.OnDashnowhereLambdaFunction?.Properties).toMatchObject({
    Handler: 'index.handler',
    Role: { 'Fn::GetAtt': ['OnDemandRole', 'Arn'] },
    ReservedConcurrentExecutions: {
      'Fn::If': ['HasReservation', { Ref: 'NowhereConcurrency' }, { Ref: 'AWS::NoValue' }],
    },
  });
  expect(JSON.stringify(Resources.ErrorsAlarm)).toContain('OnDashnowhereLambdaFunction');
  expect(JSON.stringify(Resources.Dashboard)).toContain('OnDashnowhereLogGroup');
  expect(JSON.stringify(Resources.OnDashdemandLambdaFunction)).toContain('NowhereConcurrency');
});

const change = async (file: string, edit: (text: string) => string): Promise<void> =>
  writeFile(file, edit(await readFile(file, 'utf8')));

test('the entry of a function keeps its own settings; handler, zip and reserved concurrency follow from its name', () => {
  const added: [string, unknown][] = [];
  load(
    'info',
    {},
    {
      configurationInput: { functions: { 'on-nowhere': { role: 'OnNowhereRole', handler: 'other.handler' } } },
      extendConfiguration: (where, value) => added.push([where.join('.'), value]),
    },
  );
  expect(Object.fromEntries(added)['functions.on-nowhere']).toEqual({
    role: 'OnNowhereRole',
    handler: 'other.handler',
    package: { artifact: 'dist/on-nowhere.zip' },
    reservedConcurrency: { 'Fn::If': ['HasReservation', { Ref: 'NowhereConcurrency' }, { Ref: 'AWS::NoValue' }] },
  });
});
