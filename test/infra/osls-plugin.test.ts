import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import CourierPlugin from '../../infra/osls-plugin.ts';
import { osls, serviceFolder } from './template/package.ts';
import type { Template } from './template/template.ts';

const root = path.join(import.meta.dirname, '../..');

/** What the plugin says when osls loads it; undefined when it has nothing against the command. */
const refusal = (
  command: string,
  stage: string,
  params: Readonly<Record<string, Readonly<Record<string, unknown>> | null>>,
  environment: Readonly<Record<string, unknown>> = {},
): string | undefined => {
  const load = () =>
    new CourierPlugin({
      classes: { Error },
      serviceDir: root,
      processedInput: { commands: [command], options: { stage } },
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

test('a stage that is empty, or is the defaults themselves, is no stage', () => {
  const missing = 'has no parameters: add params.';
  expect(refusal('package', 'prod', { default: {}, prod: null })).toContain(`Stage "prod" ${missing}prod`);
  expect(refusal('deploy', 'default', { default: {}, prod: {} })).toContain(`Stage "default" ${missing}default`);
});

test('a stage that cannot stand in the name of a bucket is refused', () => {
  expect(refusal('package', 'Prod', { default: {}, Prod: {} })).toContain('Stage "Prod" is not usable in names');
  expect(refusal('package', 'a-stage-too-long', { 'a-stage-too-long': {} })).toContain('at most 15 lower-case letters');
});

test('a variable that a parameter sets cannot be set beside it', () => {
  expect(refusal('package', 'prod', { default: {}, prod: {} }, { MAX_BYTES: '1', LEASE_SECONDS: '600' })).toContain(
    '- Variable MAX_BYTES is set twice: remove it from provider.environment in serverless.yml and set parameter maxBytes.',
  );
  expect(refusal('package', 'prod', { default: {}, prod: {} }, { LEASE_SECONDS: '600' })).not.toContain('Variable');
});

test('a default that only the stage has is refused: the next stage would lack it', () => {
  expect(refusal('package', 'prod', { default: {}, prod: { maxBytes: 5 } })).toContain(
    '- Parameter maxBytes has no default: add it to params.default in serverless.yml; the functions read it as MAX_BYTES.',
  );
});

test('wrong parameters stand in the way of no other command: the stack must stay removable', () => {
  expect(refusal('remove', 'qa', { default: {}, prod: {} })).toBeUndefined();
  expect(refusal('logs', 'prod', { default: {}, prod: { komboBaseUrl: 'mars' } })).toBeUndefined();
});

// These run osls itself; it stops before it packages, so each takes about a second.
let service = { folder: '', remove: async () => {} };
beforeAll(async () => {
  service = await serviceFolder();
});
afterAll(() => service.remove());

test('packaging stops with the sentences about all parameters that are wrong', async () => {
  const { exitCode, output } = await osls(
    service.folder,
    'package',
    '--param=komboBaseUrl=eu-central-1',
    '--param=existingBucket=My_Bucket',
  );
  expect(exitCode).toBe(1);
  expect(output).toContain('- Parameter komboBaseUrl is "eu-central-1"; it must be eu, us, or a URL.');
  expect(output).toContain('- Parameter existingBucket is "My_Bucket"; it must be the name of a bucket');
});

test('a stage without parameters is not packaged under the defaults of another', async () => {
  const { exitCode, output } = await osls(service.folder, 'package', '--stage=qa');
  expect(exitCode).toBe(1);
  expect(output).toContain(
    'Stage "qa" has no parameters: add params.qa to serverless.yml with at least komboIntegrationId. There is dev.',
  );
});

test('the example integration packages, but is not deployed', async () => {
  const { exitCode, output } = await osls(service.folder, 'deploy');
  expect(exitCode).toBe(1);
  expect(output).toContain(
    'Parameter komboIntegrationId is still the example: set params.dev.komboIntegrationId in serverless.yml.',
  );
});

test('a missing zip is missed by packaging, not by the deployed stack', async () => {
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
    expect(output).toContain('- Parameter nowhereConcurrency has no default');
  } finally {
    await broken.remove();
  }
});

test('a new function needs its handler, an entry with a role, and its concurrency; the rest is derived', async () => {
  const extended = await serviceFolder();
  try {
    const file = path.join(extended.folder, 'serverless.yml');
    const yaml = await readFile(file, 'utf8');
    const changed = yaml
      .replace(/^ {4}demandConcurrency:/m, '    nowhereConcurrency: 1\n$&')
      .replace(/^functions:\n/m, '$&  on-nowhere:\n    description: Goes nowhere.\n    role: OnDemandRole\n');
    await writeFile(file, changed);
    await writeFile(path.join(extended.folder, 'handlers/on-nowhere.ts'), '');
    await copyFile(path.join(extended.folder, 'dist/on-demand.zip'), path.join(extended.folder, 'dist/on-nowhere.zip'));
    expect(await osls(extended.folder, 'package')).toMatchObject({ exitCode: 0 });
    const template: Template = JSON.parse(
      await readFile(path.join(extended.folder, '.serverless/cloudformation-template-update-stack.json'), 'utf8'),
    );
    expect(template.Resources.OnDashnowhereLambdaFunction?.Properties).toMatchObject({
      Handler: 'index.handler',
      Role: { 'Fn::GetAtt': ['OnDemandRole', 'Arn'] },
      ReservedConcurrentExecutions: { 'Fn::If': ['ReserveConcurrency', 1, { Ref: 'AWS::NoValue' }] },
    });
    expect(JSON.stringify(template.Resources.ErrorsAlarm)).toContain('OnDashnowhereLambdaFunction');
    expect(JSON.stringify(template.Resources.Dashboard)).toContain('OnDashnowhereLogGroup');
  } finally {
    await extended.remove();
  }
});

test('what an entry says itself stays; its handler, its zip and its reservation follow from its name', () => {
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
    reservedConcurrency: { 'Fn::If': ['ReserveConcurrency', '${param:nowhereConcurrency}', { Ref: 'AWS::NoValue' }] },
  });
});
