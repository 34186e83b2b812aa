import { stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { buildHandlers } from '../../../../../infra/local/aws/lambda/build-handlers.ts';
import { temporaryFolder } from '../../../../fakes/temporary-folder.ts';

const build = async (distDir: string): Promise<string> => {
  const [handler] = await buildHandlers({ names: ['on-upload'], distDir });
  expect(handler).toEqual({ name: 'on-upload', modulePath: path.join(distDir, 'on-upload', 'index.mjs') });
  return handler?.modulePath ?? '';
};

test('only handlers that are missing or older than their sources are built', async () => {
  const distDir = await temporaryFolder();
  const modulePath = await build(distDir);
  expect((await stat(modulePath)).size).toBeGreaterThan(10_000);

  await writeFile(modulePath, '// newer than every source');
  const later = new Date(Date.now() + 3_600_000);
  await utimes(modulePath, later, later);
  await build(distDir);
  expect((await stat(modulePath)).size).toBeLessThan(100);

  await utimes(modulePath, new Date(0), new Date(0));
  await build(distDir);
  expect((await stat(modulePath)).size).toBeGreaterThan(10_000);
});
