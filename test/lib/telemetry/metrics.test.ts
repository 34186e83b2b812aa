import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '../../..');

/** What a process that measures this prints. */
const printed = async (script: string): Promise<readonly Record<string, unknown>[]> => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', `const { measure } = await import('./lib/telemetry/metrics.ts'); ${script}`],
    { cwd: root, env: { PATH: process.env.PATH ?? '', POWERTOOLS_SERVICE_NAME: 'cv-courier-test' } },
  );
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
};

test('counts of two integrations in one invocation are on separate lines', async () => {
  const lines = await printed(
    "measure({ Held: 1 }, { integration: 'a:1' }); measure({ Held: 1 }, { integration: 'b:2', code: 'X' });",
  );
  expect(lines).toMatchObject([
    { integration: 'a:1', Held: 1 },
    { integration: 'b:2', code: 'X', Held: 1 },
  ]);
  expect(lines[0]).not.toHaveProperty('code');
});

test('a value that could not be read is left out, and a line without any value is not printed', async () => {
  const lines = await printed(
    "measure({ HeldFiles: undefined }, { integration: 'all' }); measure({ HeldFiles: undefined, Held: 2 }, { integration: 'all' });",
  );
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ Held: 2 });
  expect(lines[0]).not.toHaveProperty('HeldFiles');
});
