import { copyFile, cp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import CourierPlugin from '../../infra/osls-plugin.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';
import { osls, oslsIn, serviceFolder } from './template/package.ts';
import { functionNames } from './template/service.ts';
import type { Template } from './template/template.ts';

const root = path.join(import.meta.dirname, '../..');

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
  const load = () =>
    new CourierPlugin({
      classes: { Error },
      serviceDir: root,
      processedInput: { commands: [command], options: { stage, param } },
      configurationInput: { params, provider: { environment } },
      extendConfiguration: () => {},
    });
  try {
    load();
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
    const { hooks } = new CourierPlugin({
      classes: { Error },
      serviceDir: root,
      processedInput: {
        commands: ['deploy'],
        options: { stage: 'prod', param: ['komboIntegrationId=lever:1'], ...options },
      },
      configurationInput: { functions },
      service: {
        provider: {
          region: options.region ?? environment.AWS_REGION ?? 'eu-central-1',
          compiledCloudFormationTemplate: { Resources: {} },
        },
      },
      extendConfiguration: () => {},
    });
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
  await writeFile(path.join(service.folder, 'aws-config'), '[profile work]\nregion = us-west-2\n');
  const profile = { AWS_CONFIG_FILE: path.join(service.folder, 'aws-config'), AWS_PROFILE: 'work' };
  const { exitCode, output } = await oslsIn(profile, service.folder, 'deploy', '--param=komboIntegrationId=lever:1');
  expect(exitCode).toBe(1);
  expect(output).toContain('your environment names us-west-2, but osls would deploy to eu-central-1.');
});

test('the file of a stage and the command line reach CloudFormation as parameters, variables of osls resolved', async () => {
  const own = await serviceFolder();
  try {
    await writeFile(
      path.join(own.folder, 'stages/prod.yml'),
      "komboIntegrationId: 'lever:1'\nmaxBytes: 5000000\nallowedTypes: [pdf, docx]\nalarmEmail: ${env:HOME, 'on-call'}@example.com\noutcomeBus: off\n",
    );
    const { exitCode, output } = await osls(own.folder, 'package', '--stage=prod', '--param=memoryMb=256');
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    const { service: state } = JSON.parse(
      await readFile(path.join(own.folder, '.serverless/serverless-state.json'), 'utf8'),
    );
    const passed = new Map(
      state.provider.stackParameters.map(({ ParameterKey, ParameterValue }: Readonly<Record<string, string>>) => [
        ParameterKey,
        ParameterValue,
      ]),
    );
    expect(Object.fromEntries(passed)).toMatchObject({
      KomboIntegrationId: 'lever:1',
      MaxBytes: '5000000',
      AllowedTypes: 'pdf,docx',
      AlarmEmailAddress: `${own.folder}@example.com`,
      OutcomeBus: 'off',
      MemoryMb: '256',
      KomboBaseUrl: 'eu',
      RemoteFields: '',
    });
    const { Parameters } = await templateIn(own.folder, 'update');
    expect([...passed.keys()]).toEqual(Object.keys(Parameters ?? {}));
    // osls first creates a new stack from this template, with the same parameters; CloudFormation refuses unknown parameters.
    expect((await templateIn(own.folder, 'create')).Parameters).toEqual(Parameters);
  } finally {
    await own.remove();
  }
});

const templateIn = async (folder: string, which: 'create' | 'update'): Promise<Template> =>
  JSON.parse(await readFile(path.join(folder, `.serverless/cloudformation-template-${which}-stack.json`), 'utf8'));

test('packaging stops when a zip is missing', async () => {
  await rm(path.join(service.folder, 'dist/on-batch.zip'));
  const { exitCode, output } = await osls(service.folder, 'package');
  expect(exitCode).toBe(1);
  expect(output).toContain('dist/on-batch.zip');
});

test('packaging stops with a sentence about each function that lacks its role, its code or its entry', async () => {
  const broken = await serviceFolder();
  try {
    const file = path.join(broken.folder, 'serverless.yml');
    const yaml = await readFile(file, 'utf8');
    const changed = yaml
      .replace(/^ {4}role: OnUploadRole\n/m, '')
      .replace(/^ {4}role: OnBatchRole$/m, '    role: BatchRole')
      .replace(/^functions:\n/m, 'functions:\n  on-nowhere:\n    role: OnDemandRole\n');
    await writeFile(file, changed);
    await writeFile(path.join(broken.folder, 'handlers/on-unlisted.ts'), '');
    const { exitCode, output } = await osls(broken.folder, 'package');
    expect(exitCode).toBe(1);
    expect(output).toContain('- Function on-upload has no role: define one in infra/resources/roles.yml');
    expect(output).toContain(
      '- Function on-batch has the role BatchRole, which infra/resources/roles.yml does not define',
    );
    expect(output).toContain('- Function on-nowhere has no code: add handlers/on-nowhere.ts');
    expect(output).toContain('- Function on-unlisted is not in serverless.yml, but handlers/on-unlisted.ts exists');
    expect(output).toContain('- Parameter nowhereConcurrency does not exist');
  } finally {
    await broken.remove();
  }
});

test('a new function needs only its handler, an entry with a role, and its concurrency; the rest is derived', async () => {
  const extended = await serviceFolder();
  try {
    await rm(path.join(extended.folder, 'infra'));
    await cp(path.join(root, 'infra'), path.join(extended.folder, 'infra'), { recursive: true });
    await change(path.join(extended.folder, 'infra/parameters/options.ts'), (text) =>
      text.replace(/^ {4}memoryMb: \{/m, "    ...concurrency('on-nowhere', 1, 'Instances of on-nowhere.'),\n$&"),
    );
    await change(path.join(extended.folder, 'serverless.yml'), (yaml) =>
      yaml.replace(/^functions:\n/m, '$&  on-nowhere:\n    description: Goes nowhere.\n    role: OnDemandRole\n'),
    );
    await writeFile(path.join(extended.folder, 'handlers/on-nowhere.ts'), '');
    await copyFile(path.join(extended.folder, 'dist/on-demand.zip'), path.join(extended.folder, 'dist/on-nowhere.zip'));
    const { exitCode, output } = await osls(extended.folder, 'package');
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    const template = await templateIn(extended.folder, 'update');
    expect(template.Resources.OnDashnowhereLambdaFunction?.Properties).toMatchObject({
      Handler: 'index.handler',
      Role: { 'Fn::GetAtt': ['OnDemandRole', 'Arn'] },
      ReservedConcurrentExecutions: {
        'Fn::If': ['HasReservation', { Ref: 'NowhereConcurrency' }, { Ref: 'AWS::NoValue' }],
      },
    });
    expect(JSON.stringify(template.Resources.ErrorsAlarm)).toContain('OnDashnowhereLambdaFunction');
    expect(JSON.stringify(template.Resources.Dashboard)).toContain('OnDashnowhereLogGroup');
    expect(JSON.stringify(template.Resources.OnDashdemandLambdaFunction)).toContain('NowhereConcurrency');
  } finally {
    await extended.remove();
  }
});

const change = async (file: string, edit: (text: string) => string): Promise<void> =>
  writeFile(file, edit(await readFile(file, 'utf8')));

test('the entry of a function keeps its own settings; handler, zip and reserved concurrency follow from its name', () => {
  const added: [string, unknown][] = [];
  new CourierPlugin({
    classes: { Error },
    serviceDir: root,
    processedInput: { commands: ['info'], options: {} },
    configurationInput: { functions: { 'on-nowhere': { role: 'OnNowhereRole', handler: 'other.handler' } } },
    extendConfiguration: (where, value) => added.push([where.join('.'), value]),
  });
  expect(Object.fromEntries(added)['functions.on-nowhere']).toEqual({
    role: 'OnNowhereRole',
    handler: 'other.handler',
    package: { artifact: 'dist/on-nowhere.zip' },
    reservedConcurrency: { 'Fn::If': ['HasReservation', { Ref: 'NowhereConcurrency' }, { Ref: 'AWS::NoValue' }] },
  });
});
