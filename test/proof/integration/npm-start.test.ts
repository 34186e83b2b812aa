import { expect, onTestFinished, test } from 'vitest';
import { runningStack } from '../../../infra/local/process/state-folder.ts';
import { isRunning } from '../../fakes/is-running.ts';
import { temporaryFolder } from '../../fakes/temporary-folder.ts';
import { npm } from './command.ts';

test.each(['SIGTERM', 'SIGINT'] as const)(
  'npm start returns after %s only when all of its servers have ended and its lock is released',
  async (signal) => {
    const state = await temporaryFolder();
    const started = npm(['start', '--', '--state', state]);
    await expect.poll(started.stdout, { timeout: 20_000 }).toContain('Ctrl-C ends it.');
    const pid = (await runningStack(state))?.pid ?? Number.NaN;
    onTestFinished(() => {
      if (isRunning(pid)) process.kill(pid, 'SIGKILL');
    });

    started.child.kill(signal);
    expect(await started.ended).toBe(0);
    expect(await runningStack(state)).toBeUndefined();
    expect(isRunning(pid)).toBe(false);
    expect(started.stderr()).toBe('');
  },
);

test('npm start --once, without the "--" of npm, delivers the sample and ends', async () => {
  const ended = npm(['start', '--once', `--state=${await temporaryFolder()}`]);
  expect(await ended.ended).toBe(0);
  expect(ended.stdout()).toContain('byte for byte');
  expect(ended.stderr()).toBe('');
});
