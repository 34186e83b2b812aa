import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import CourierPlugin from '../../infra/osls-plugin.ts';
import { osls, serviceFolder } from './template/package.ts';

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
