import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { strToU8, zipSync } from 'fflate';
import { handlersIn } from '../../../infra/handler-names.ts';
import type { Template } from './template.ts';

const root = path.join(import.meta.dirname, '../../..');

/**
 * A folder that looks like the repository to osls, with tiny zips in the place of the real ones, so that packaging neither
 * needs a build nor writes into the shared .serverless folder.
 */
export const serviceFolder = async (): Promise<{ readonly folder: string; readonly remove: () => Promise<void> }> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'cv-courier-package-'));
  await copyFile(path.join(root, 'serverless.yml'), path.join(folder, 'serverless.yml'));
  for (const name of ['infra', 'lib', 'node_modules', 'package.json']) {
    await symlink(path.join(root, name), path.join(folder, name));
  }
  await mkdir(path.join(folder, 'dist'));
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

/** Runs osls as a person would, but with no credentials, no home and a proxy that refuses: it must not need the network. */
export const osls = async (folder: string, ...args: readonly string[]): Promise<OslsResult> => {
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    HTTPS_PROXY: 'http://127.0.0.1:9',
    HTTP_PROXY: 'http://127.0.0.1:9',
    AWS_EC2_METADATA_DISABLED: 'true',
    NO_COLOR: '1',
    // osls compiles the schema of its configuration, for two seconds, and keeps the result here.
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

/** Packages the service with these parameters and returns the compiled template, conditions and all. */
export const packageTemplate = async (parameters: Readonly<Record<string, string>> = {}): Promise<Template> => {
  const { folder, remove } = await serviceFolder();
  try {
    const given = Object.entries(parameters).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
    const { exitCode, output } = await osls(folder, 'package', ...given);
    if (exitCode !== 0) throw new Error(output);
    return JSON.parse(
      await readFile(path.join(folder, '.serverless/cloudformation-template-update-stack.json'), 'utf8'),
    );
  } finally {
    await remove();
  }
};
