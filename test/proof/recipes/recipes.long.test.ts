import { execFile } from 'node:child_process';
import { cp, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newFolder, remove } from '../../fakes/temporary-folder.ts';
import { applyStep, type Recipe, recipesIn } from './apply-recipe.ts';

const root = path.join(import.meta.dirname, '../../..');
const run = promisify(execFile);

let copy = '';
let recipes: readonly Recipe[] = [];

const inCopy = async (...[file, ...args]: readonly [string, ...string[]]): Promise<string> => {
  const env = { ...process.env, NO_COLOR: '1' };
  const { stdout, stderr } = await run(file, args, { cwd: copy, env }).catch(
    (failed: { stdout?: string; stderr?: string }) => ({
      stdout: `FAILED: ${file} ${args.join(' ')}\n${failed.stdout ?? ''}`,
      stderr: failed.stderr ?? '',
    }),
  );
  return stdout + stderr;
};
const tool = (name: string): string => path.join('node_modules/.bin', name);

beforeAll(async () => {
  copy = await newFolder();
  const { stdout } = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root });
  for (const file of stdout.trim().split('\n')) {
    await cp(path.join(root, file), path.join(copy, file)).catch((error: { code?: string }) => {
      // The file is deleted, but the deletion is not committed yet.
      if (error.code !== 'ENOENT') throw error;
    });
  }
  await symlink(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
  recipes = recipesIn(await readFile(path.join(copy, 'CONTRIBUTING.md'), 'utf8'));
  for (const { steps } of recipes) for (const step of steps) await applyStep(copy, step);
});
afterAll(() => remove(copy));

test('CONTRIBUTING.md has six recipes with all their steps', () => {
  expect(recipes.map(({ title, steps }) => [title, steps.length])).toEqual([
    ['Add a failure code', 1],
    ['Add a setting', 2],
    ['Add a trigger', 4],
    ['Add a target', 8],
    ['Add a file type', 2],
    ['Add an operator action', 5],
  ]);
});

test('the code of the recipes compiles, and has no lint errors after "npm run fix"', async () => {
  expect(await inCopy(tool('tsc'))).toBe('');
  expect(await inCopy(tool('biome'), 'check', '--write', '.')).not.toContain('FAILED');
});

test('the code of the recipes is documented, bundled and packaged', async () => {
  expect(await inCopy(process.execPath, 'infra/docs.ts')).toContain('written    docs/failures.md');
  const page = (name: string) => readFile(path.join(copy, 'docs', name), 'utf8');
  expect(await page('failures.md')).toContain('| `PAGES_EXCEEDED` | rejected |');
  expect(await page('configuration.md')).toContain('| `MAX_PAGES` | `50` |');
  expect(await page('configuration.md')).toContain('| `hwp` | `application/x-hwp` |  |');
  expect(await inCopy(process.execPath, 'infra/bundle.ts')).toContain('on-hello');
  expect(await inCopy(tool('osls'), 'package')).not.toContain('FAILED');
  const template = JSON.parse(
    await readFile(path.join(copy, '.serverless/cloudformation-template-update-stack.json'), 'utf8'),
  );
  expect(template.Resources.OnDashhelloLambdaFunction.Properties).toMatchObject({
    Handler: 'index.handler',
    Role: { 'Fn::GetAtt': ['OnHelloRole', 'Arn'] },
    Environment: { Variables: { MAX_PAGES: expect.anything() } },
  });
});

test('the tests of the parts that the recipes change pass, except those that quote the kinds of targets', async () => {
  const touched = [
    'test/lib/failures',
    'test/lib/config',
    'test/lib/content-type',
    'test/lib/structure.test.ts',
    'test/infra/docs.test.ts',
    'test/infra/functions.test.ts',
    'test/infra/parameters',
    'test/handlers/on-demand/examples.test.ts',
    'test/handlers/on-demand/fields.test.ts',
  ];
  // The structure test reads the list of files from git, which the copy lacks.
  await inCopy('git', 'init', '--quiet');
  const output = await inCopy(tool('vitest'), 'run', ...touched);
  expect(output).not.toContain('FAILED');
  expect(output).toMatch(/Tests {2}\d+ passed/);
}, 300_000);
