import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { strToU8, zipSync } from 'fflate';
import { handlersIn } from '../../../infra/handler-names.ts';
import { type Parameters, parameterFaults } from '../../../infra/parameters/faults.ts';
import { defaults, options } from '../../../infra/parameters/options.ts';
import { parameterName } from '../../../infra/parameters/stack-parameters.ts';
import { functionNames } from './service.ts';
import { type ParameterValues, setParameters } from './set-parameters.ts';
import type { Template } from './template.ts';

const root = path.join(import.meta.dirname, '../../..');

/**
 * A folder that looks like the repository to osls, with tiny zips in place of the real ones, so that packaging neither needs a
 * build nor writes into the shared .serverless folder.
 */
export const serviceFolder = async (): Promise<{ readonly folder: string; readonly remove: () => Promise<void> }> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'cv-courier-package-'));
  await copyFile(path.join(root, 'serverless.yml'), path.join(folder, 'serverless.yml'));
  for (const name of ['infra', 'lib', 'node_modules', 'package.json']) {
    await symlink(path.join(root, name), path.join(folder, name));
  }
  await mkdir(path.join(folder, 'dist'));
  await mkdir(path.join(folder, 'stages'));
  await copyFile(path.join(root, 'stages/example.yml'), path.join(folder, 'stages/example.yml'));
  // Packaging reads only the names of the handlers; here a test may add one.
  await mkdir(path.join(folder, 'handlers'));
  const zip = zipSync({ 'index.mjs': strToU8('export const handler = () => undefined;\n') });
  for (const name of handlersIn(path.join(root, 'handlers'))) {
    await writeFile(path.join(folder, 'handlers', `${name}.ts`), '');
    await writeFile(path.join(folder, 'dist', `${name}.zip`), zip);
  }
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
};

export interface OslsResult {
  readonly exitCode: number;
  readonly output: string;
}

/** Runs osls without credentials, without a home, and with a proxy that refuses, because it must not need the network. */
export const osls = async (folder: string, ...args: readonly string[]): Promise<OslsResult> => {
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    HTTPS_PROXY: 'http://127.0.0.1:9',
    HTTP_PROXY: 'http://127.0.0.1:9',
    AWS_EC2_METADATA_DISABLED: 'true',
    NO_COLOR: '1',
    // osls compiles the schema of its configuration, which takes two seconds, and keeps the result here.
    SLS_SCHEMA_CACHE_BASE_DIR: path.join(root, 'node_modules/.cache/cv-courier'),
  };
  const entry = path.join(root, 'node_modules/osls/bin/serverless.js');
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [entry, ...args], { cwd: folder, env });
    return { exitCode: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: number; stdout?: string; stderr?: string };
    if (typeof code !== 'number') throw error;
    return { exitCode: code, output: `${stdout ?? ''}${stderr ?? ''}` };
  }
};

interface Packaged {
  readonly osls: Template;
  readonly plain: Template;
  /** What osls would pass to CloudFormation, by name. */
  readonly passed: ParameterValues;
}

/** What `osls package` has written in this folder. */
export const packagedIn = async (folder: string): Promise<Packaged> => {
  const read = async (file: string) => JSON.parse(await readFile(path.join(folder, file), 'utf8'));
  const { service } = await read('.serverless/serverless-state.json');
  return {
    osls: await read('.serverless/cloudformation-template-update-stack.json'),
    plain: await read('dist/cloudformation/template.json'),
    passed: Object.fromEntries(
      service.provider.stackParameters.map(({ ParameterKey, ParameterValue }: Readonly<Record<string, string>>) => [
        ParameterKey,
        ParameterValue,
      ]),
    ),
  };
};

/** What `osls package` writes with these options on its command line. */
export const packageWithOsls = async (given: Parameters = {}): Promise<Packaged> => {
  const { folder, remove } = await serviceFolder();
  try {
    const params = Object.entries(given).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
    const { exitCode, output } = await osls(folder, 'package', ...params);
    if (exitCode !== 0) throw new Error(output);
    return await packagedIn(folder);
  } finally {
    await remove();
  }
};

/** Packaging takes seconds, and only the key templates change what it writes. */
const packagedBefore = new Map<string, Promise<Packaged>>();
const packagedFor = (keyTemplates: string): Promise<Packaged> => {
  const before = packagedBefore.get(keyTemplates) ?? packageWithOsls({ keyTemplates });
  packagedBefore.set(keyTemplates, before);
  return before;
};

const exampleIntegration = { komboIntegrationId: 'greenhouse:8d1hpPsbjxUkoCoa1veLZGe5' };

/** The values of all options that are parameters of CloudFormation, by their names in the template. */
const valuesOf = (given: Parameters): ParameterValues => {
  const all: Parameters = { ...defaults, ...exampleIntegration, ...given };
  const faults = parameterFaults(all, functionNames);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return Object.fromEntries(
    options.filter(({ packaging }) => !packaging).map((option) => [parameterName(option), all[option.name] ?? '']),
  );
};

/** The template that osls deploys with these options: its parameters set, its conditions still in it. */
export const packageTemplate = async (given: Parameters = {}): Promise<Template> => {
  const { osls: template } = await packagedFor(given.keyTemplates ?? String(defaults.keyTemplates));
  return setParameters(template, valuesOf(given));
};

/** The parameters of the plain form beside the options. */
export const plainValues = { CodeBucket: 'acme-deployments', CodePrefix: 'cv-courier/0.2.0/' };

/** The plain form, deployed with these options and with its own parameters (Prefix1 and so on). */
export const plainTemplate = async (given: Parameters = {}, own: ParameterValues = {}): Promise<Template> => {
  const { plain } = await packagedFor(String(defaults.keyTemplates));
  return setParameters(plain, { ...valuesOf(given), ...plainValues, ...own });
};
