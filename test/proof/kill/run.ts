import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readFlags, runScript, UsageError } from '../../../infra/command-line.ts';
import { type Stack, startStack } from '../../../infra/local/stack.ts';
import type { LedgerEntry } from '../../../lib/ledger/ledger.ts';
import { type Ending, endingOf, put, type Sent, statusesOf } from '../soak/ending.ts';

const usage = `npm run kill -- [--kills N]

  --kills N     the number of deliveries to kill (default 200)
`;

/** The time of one delivery here, including the cold start; kills happen at any moment of it. */
const spanMs = 700;
const maxSettleMs = 120_000;

/**
 * Kills the function with SIGKILL at a random moment of each delivery, with the real protocols and the built bundle, and lets the
 * schedule recover. The sweep, which is hourly, is started explicitly after the last kill: it finds the files whose function was
 * killed before the claim each time. Every file must end as attached, and exist at Kombo once.
 */
const killMany = async (kills: number): Promise<void> => {
  const stateDir = await mkdtemp(path.join(tmpdir(), 'cv-courier-kill-'));
  const stack = await startStack({
    stateDir,
    scheduleEveryMs: 1_000,
    retryDelaysMs: [500, 500],
    shell: {
      LEASE_SECONDS: '4',
      KOMBO_TIMEOUT_SECONDS: '3',
      READ_BACK_AFTER_SECONDS: '1',
      READ_BACK_AGAIN_SECONDS: '5',
      RETRY_BASE_SECONDS: '0.5',
      SWEEP_SINCE: '2000-01-01',
    },
  });
  try {
    stack.kombo.faults.arm('delay-150ms', { on: ['post'] });
    const moments: Record<string, number> = {};
    const uploads: Sent[] = [];
    for (let round = 0; round < kills; round += 1) {
      const { moment, ...upload } = await killOnce(stack, round);
      uploads.push(upload);
      moments[moment] = (moments[moment] ?? 0) + 1;
      if (process.stderr.isTTY) process.stderr.write(`\r${round + 1} of ${kills} kills`);
    }
    await stack.functions.get('on-schedule')?.invoke({ task: 'sweep' });
    await waitUntilAttached(stack, uploads);
    report(moments, await endingOf(stack, uploads));
  } finally {
    await stack.close();
    await rm(stateDir, { recursive: true, force: true });
  }
};

const killOnce = async (stack: Stack, round: number): Promise<Sent & { moment: string }> => {
  const onUpload = stack.functions.get('on-upload');
  if (!onUpload) throw new Error('on-upload is not built.');
  const candidateId = `GRKkill${round}`;
  const id = await put(stack, `candidates/${candidateId}/Jo Roe CV.txt`, `CV number ${round}`);
  await sleep(Math.random() * spanMs);
  const wasUp = onUpload.pids.length > 0;
  await onUpload.kill();
  const known = await stack.ledger.read(id);
  return { id, candidateId, moment: wasUp ? momentOf(known) : 'while no process was running' };
};

const momentOf = (known: LedgerEntry | undefined): string => {
  if (!known) return 'before the claim';
  return known.readable && known.record.state.status === 'sending' ? 'while sending' : 'after it was settled';
};

const waitUntilAttached = async (stack: Stack, uploads: readonly Sent[]): Promise<void> => {
  const ids = uploads.map(({ id }) => id);
  const until = Date.now() + maxSettleMs;
  while (Date.now() < until) {
    const statuses = await statusesOf(stack, ids);
    if (statuses.every((status) => status === 'attached')) return;
    await sleep(500);
  }
};

const report = (moments: Record<string, number>, { attached, lost, doubled }: Ending): void => {
  const total = Object.values(moments).reduce((sum, count) => sum + count, 0);
  const how = Object.entries(moments).map(([moment, count]) => `${count} ${moment}`);
  console.log(`${total} kills: ${how.join(', ')}.`);
  console.log(`${attached} attached, ${lost} lost, ${doubled} doubled.`);
  if (lost > 0 || doubled > 0 || attached < total) process.exitCode = 1;
};

const main = async (): Promise<void> => {
  const { values } = readFlags({
    options: { kills: { type: 'string', default: '200' }, help: { type: 'boolean', default: false } },
  });
  if (values.help) return console.log(usage);
  const kills = Number(values.kills);
  if (!Number.isInteger(kills) || kills < 1)
    throw new UsageError(`--kills "${values.kills}" is not a whole number above 0.`);
  await killMany(kills);
};

await runScript('kill', main);
