import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { closeServer, listen } from '../../../../infra/local/process/listen.ts';
import { claimStateFolder, runningStack, StackRunning } from '../../../../infra/local/process/state-folder.ts';
import { temporaryFolder } from '../../../fakes/temporary-folder.ts';

/** The part of a stack's control server that reports its identity to other processes. */
const control = async (pid: number): Promise<string> => {
  const server = createServer((_, response) => response.end(JSON.stringify({ pid, functions: [] })));
  const port = await listen(server, 0);
  onTestFinished(() => closeServer(server));
  return `http://127.0.0.1:${port}`;
};

const announce = (folder: string, announcement: unknown) =>
  writeFile(
    path.join(folder, 'stack.json'),
    typeof announcement === 'string' ? announcement : JSON.stringify(announcement),
  );

test('a second local stack in the same folder is refused with the process that uses it, and with what to do', async () => {
  const folder = await temporaryFolder();
  const first = await claimStateFolder(folder, { fresh: false });
  await expect(claimStateFolder(folder, { fresh: false })).rejects.toThrow(StackRunning);
  const url = await control(process.pid);
  await first.announce({ controlUrl: url, consoleUrl: 'http://127.0.0.1:4574' });
  await expect(claimStateFolder(folder, { fresh: true })).rejects.toThrow(
    `A local stack is already running in this folder (process ${process.pid}). Its page: http://127.0.0.1:4574\nStop it with Ctrl-C, or use another folder: npm start -- --state DIR`,
  );
  await first.release();
  await expect(claimStateFolder(folder, { fresh: false })).resolves.toBeDefined();
});

test('of many local stacks that start concurrently, one gets the folder', async () => {
  const folder = await temporaryFolder();
  const claims = await Promise.allSettled(Array.from({ length: 8 }, () => claimStateFolder(folder, { fresh: false })));
  expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('a running local stack is found by its folder', async () => {
  const folder = await temporaryFolder();
  expect(await runningStack(folder)).toBeUndefined();
  const state = await claimStateFolder(folder, { fresh: false });
  const url = await control(process.pid);
  await state.announce({ controlUrl: url });
  expect(await runningStack(folder)).toMatchObject({ pid: process.pid, controlUrl: url });
  await state.release();
  expect(await runningStack(folder)).toBeUndefined();
});

describe('files of a killed stack', () => {
  test.each([
    ['its process has ended', async () => ({ pid: 2 ** 30, startedAtMs: Date.now() })],
    [
      'its process id belongs to another program now',
      async () => ({ pid: process.pid, startedAtMs: Date.now(), controlUrl: await control(1) }),
    ],
    ['nothing answers', async () => ({ pid: process.pid, startedAtMs: Date.now(), controlUrl: 'http://127.0.0.1:1' })],
    ['it never finished starting', async () => ({ pid: process.pid, startedAtMs: Date.now() - 61_000 })],
    ['its file is cut off', async () => '{"pid":'],
  ])('a killed local stack does not stop the next one: %s', async (_, left) => {
    const folder = await temporaryFolder();
    await announce(folder, await left());
    await claimStateFolder(folder, { fresh: false });
    const own = JSON.parse(await readFile(path.join(folder, 'stack.json'), 'utf8'));
    expect(own.pid).toBe(process.pid);
    expect(own.controlUrl).toBeUndefined();
  });
});

test('--fresh deletes only what a stack has created in the folder', async () => {
  const folder = await temporaryFolder();
  await mkdir(path.join(folder, 's3', 'cvs'), { recursive: true });
  await mkdir(path.join(folder, 'dynamodb'));
  await writeFile(path.join(folder, 'kombo.jsonl'), '{}\n');
  await writeFile(path.join(folder, 'kombo.jsonl.uses'), '{}\n');
  await writeFile(path.join(folder, 'thesis.odt'), 'three years of work');
  await claimStateFolder(folder, { fresh: true });
  expect((await readdir(folder)).sort()).toEqual(['logs', 's3', 'stack.json', 'thesis.odt']);
  expect(await readdir(path.join(folder, 's3'))).toEqual([]);
});

test('a new state folder is accessible only to its owner', async () => {
  const folder = path.join(await temporaryFolder(), 'deep', 'state');
  await claimStateFolder(folder, { fresh: false });
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});
