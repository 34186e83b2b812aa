import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { unzipSync } from 'fflate';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BundleError, bundle, handlerNames, sizeLines } from '../../infra/bundle.ts';
import { newFolder, remove } from '../fakes/temporary-folder.ts';

let folder = '';
let handlersDir = '';
let outDir = '';

beforeEach(async () => {
  folder = await newFolder();
  handlersDir = path.join(folder, 'handlers');
  outDir = path.join(folder, 'dist');
  await mkdir(handlersDir);
  await symlink(path.join(import.meta.dirname, '../../node_modules'), path.join(folder, 'node_modules'));
});
afterEach(() => remove(folder));

const write = (name: string, source: string) => writeFile(path.join(handlersDir, name), source);
const sha256 = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

test('handlers are the files on-*.ts; parsers beside them are not', async () => {
  await write('on-upload.ts', '');
  await write('on-demand.ts', '');
  await write('runtime.ts', '');
  await write('on-upload.test.ts', '');
  expect(await handlerNames(handlersDir)).toEqual(['on-demand', 'on-upload']);
});

test('a bundle is self-contained: typed code and packages become one module that runs', async () => {
  await write(
    'on-upload.ts',
    "import { parse } from 'yaml';\ntype Answer = { sum: number };\n" +
      "export const handler = async (event: { a: number }): Promise<Answer> => ({ sum: event.a + parse('2') });\n",
  );
  const [built] = await bundle(undefined, { handlersDir, outDir });
  expect(await readFile(built?.modulePath ?? '', 'utf8')).not.toMatch(/from\s*["']yaml["']/);
  const { handler } = await import(pathToFileURL(built?.modulePath ?? '').href);
  expect(await handler({ a: 40 })).toEqual({ sum: 42 });
});

test('a bundled package may load modules of Node with require()', async () => {
  await mkdir(path.join(folder, 'old'));
  await writeFile(path.join(folder, 'old/index.cjs'), "module.exports = require('node:path').posix.sep;\n");
  await write('on-upload.ts', "import sep from '../old/index.cjs';\nexport const handler = async () => sep;\n");
  const [built] = await bundle(['on-upload'], { handlersDir, outDir });
  const { handler } = await import(pathToFileURL(built?.modulePath ?? '').href);
  expect(await handler()).toBe('/');
});

test('the zip holds index.mjs and nothing else, byte for byte the module beside it', async () => {
  await write('on-upload.ts', "export const handler = async () => 'hello';\n");
  const [built] = await bundle(['on-upload'], { handlersDir, outDir });
  const files = unzipSync(await readFile(built?.zipPath ?? ''));
  expect(Object.keys(files)).toEqual(['index.mjs']);
  expect(Buffer.from(files['index.mjs'] ?? [])).toEqual(await readFile(built?.modulePath ?? ''));
});

test('the same code gives the same zip at any time and in any time zone', async () => {
  await write('on-upload.ts', "export const handler = async () => 'hello';\n");
  const [first] = await bundle(['on-upload'], { handlersDir, outDir });
  const timeZone = process.env.TZ;
  process.env.TZ = 'Pacific/Kiritimati';
  const [second] = await bundle(['on-upload'], { handlersDir, outDir: path.join(folder, 'again') }).finally(() => {
    if (timeZone === undefined) delete process.env.TZ;
    else process.env.TZ = timeZone;
  });
  expect(await sha256(second?.zipPath ?? '')).toBe(await sha256(first?.zipPath ?? ''));
});

test('a handler that does not compile is reported with file and line, and the earlier bundle is kept', async () => {
  await write('on-upload.ts', "export const handler = async () => 'works';\n");
  const [built] = await bundle(['on-upload'], { handlersDir, outDir });
  const before = await sha256(built?.zipPath ?? '');
  await write('on-upload.ts', "import { gone } from './gone.ts';\nexport const handler = gone;\n");
  const failure = bundle(['on-upload'], { handlersDir, outDir });
  await expect(failure).rejects.toThrow(BundleError);
  await expect(failure).rejects.toThrow(/^on-upload does not compile\.\n[\s\S]*gone\.ts[\s\S]*on-upload\.ts:1:21/);
  expect(await sha256(built?.zipPath ?? '')).toBe(before);
});

test('a name without a handler is refused with the list of existing handlers', async () => {
  await write('on-upload.ts', 'export const handler = 1;\n');
  await expect(bundle(['on-uplaod'], { handlersDir, outDir })).rejects.toThrow(
    'No handler on-uplaod. The handlers are: on-upload.',
  );
});

test('a build leaves no half-written file behind', async () => {
  await write('on-upload.ts', 'export const handler = 1;\n');
  await Promise.all([bundle(undefined, { handlersDir, outDir }), bundle(undefined, { handlersDir, outDir })]);
  expect((await readdir(outDir, { recursive: true })).sort()).toEqual([
    'on-upload',
    'on-upload.meta.json',
    'on-upload.zip',
    'on-upload/index.mjs',
    'on-upload/index.mjs.map',
  ]);
});

test('the sizes of the bundles are printed in aligned lines', () => {
  const lines = sizeLines([
    {
      name: 'on-upload',
      modulePath: '',
      zipPath: path.resolve('dist/on-upload.zip'),
      metaPath: '',
      sizeBytes: 512_340,
      zipBytes: 160_100,
    },
    {
      name: 'on-batch',
      modulePath: '',
      zipPath: path.resolve('dist/on-batch.zip'),
      metaPath: '',
      sizeBytes: 9_000,
      zipBytes: 3_000,
    },
  ]);
  expect(lines).toEqual([
    'on-upload    512.3 kB  zip   160.1 kB  dist/on-upload.zip',
    'on-batch       9.0 kB  zip     3.0 kB  dist/on-batch.zip',
  ]);
});
