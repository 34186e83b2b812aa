import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSchedule } from '../../../infra/local/aws/events/schedule.ts';
import { type Stack, startStack } from '../../../infra/local/stack.ts';
import { type Ending, endingOf, put, type Sent, statusesOf } from './ending.ts';
import { integrationsFor, type Phase, phaseAt, plannedCv } from './plan.ts';
import { processesOf, type Sample } from './samples.ts';

export interface SoakOptions {
  readonly cvs: number;
  readonly integrations: number;
  readonly seed: number;
  /** Called with each sample. */
  readonly onSample?: (sample: Sample) => void;
  /** Ends the soak early; the uploads until then are judged. */
  readonly signal?: AbortSignal;
}

export interface Soak {
  readonly samples: readonly Sample[];
  readonly ending: Ending;
  readonly kills: number;
  readonly deliveries: number;
  readonly seconds: number;
}

const sampleEveryMs = 2_000;
const killEveryMs = 5_000;
const scheduleEveryMs = 5_000;
/** Deliveries in progress. Further uploads wait, because S3 and this process would keep their events in memory. */
const mostInFlight = 40;
/** Draining moves the clock of the functions by this much before each of its runs. */
const drainStepMs = 10 * 60_000;
/** The longest wait of a file is six hours, before its third attempt after an outage. */
const mostDrainMs = 24 * 60 * 60_000;
const movedClock = path.join(import.meta.dirname, '../../worlds/moved-clock.ts');
/** One in five integrations is down during the outage. */
const downEvery = 5;

/** Delivers many CVs through the built functions on the local stack with faults, until all CVs are settled. */
export const soak = async ({ cvs, integrations: count, seed, onSample, signal }: SoakOptions): Promise<Soak> => {
  const stateDir = await mkdtemp(path.join(tmpdir(), 'cv-courier-soak-'));
  const integrations = integrationsFor(count);
  const startedAt = Date.now();
  const samples: Sample[] = [];
  const uploads: Sent[] = [];
  let [attached, deliveries, kills, inFlight] = [0, 0, 0, 0];
  let phase: Phase = 'warm-up';

  let stopSchedule = (): void => undefined;
  let latestRun: Promise<unknown> = Promise.resolve();
  const clockFile = path.join(stateDir, 'moved-clock');
  await writeFile(clockFile, '0');
  const start = async (): Promise<Stack> => {
    const started = await startStack({
      stateDir,
      integrations,
      // The soak runs the schedule itself, so that draining can stop it.
      scheduleEveryMs: mostDrainMs,
      functionEnv: { NODE_OPTIONS: `--import=${movedClock}`, MOVED_CLOCK: clockFile },
      retryDelaysMs: [1_000, 2_000],
      shell: {
        KEY_TEMPLATES: 'tenants/{integration_id}/candidates/{candidate_id}/{filename}',
        KOMBO_INTEGRATION_ID: integrations[0],
        KOMBO_TIMEOUT_SECONDS: '5',
        LEASE_SECONDS: '10',
        RETRY_BASE_SECONDS: '1',
        READ_BACK_AFTER_SECONDS: '1',
        READ_BACK_AGAIN_SECONDS: '10',
        SWEEP_SINCE: '2000-01-01',
      },
    });
    started.events.on('outcome', ({ detail }) => {
      if ((detail as { status?: string }).status === 'attached') attached += 1;
    });
    started.events.on('dispatched', ({ result }) => {
      inFlight += 1;
      deliveries += 1;
      void result.finally(() => {
        inFlight -= 1;
      });
    });
    stopSchedule = startSchedule(scheduleEveryMs, 'eu-central-1', async (event) => {
      latestRun = Promise.resolve(started.functions.get('on-schedule')?.send(event));
      await latestRun;
    });
    return started;
  };

  let stack = await start();
  const sample = async (): Promise<void> => {
    const processes = await processesOf(stack);
    const one = { atMs: Date.now() - startedAt, phase, uploaded: uploads.length, attached, processes };
    samples.push(one);
    onSample?.(one);
  };
  const timers = [
    setInterval(() => void sample(), sampleEveryMs),
    setInterval(() => {
      if (phase !== 'kills') return;
      kills += 1;
      for (const fn of stack.functions.values()) void fn.kill();
    }, killEveryMs),
  ];

  const begin = async (next: Phase): Promise<void> => {
    phase = next;
    const isOutage = next === 'outage';
    for (const [index, id] of integrations.entries())
      if (index % downEvery === 0) stack.kombo.integrations.change(id, { toolDown: isOutage });
    if (next === 'draining') {
      // From here on draining is the only caller: two invocations whose clocks differ by ten minutes would end each other's leases.
      stopSchedule();
      await latestRun;
      while (inFlight > 0) await sleep(100);
    }
    if (next !== 'steady') return;
    stopSchedule();
    await stack.close();
    inFlight = 0;
    stack = await start();
  };

  try {
    for (let number = 0; number < cvs && !signal?.aborted; number += 1) {
      const next = phaseAt(number / cvs);
      if (next !== phase) await begin(next);
      while (inFlight >= mostInFlight) await sleep(5);
      const { key, body, candidateId } = plannedCv(number, { cvs, integrations, seed });
      uploads.push({ id: await put(stack, key, body), candidateId });
    }
    await begin('draining');
    await drain({ stack, ids: uploads.map(({ id }) => id), clockFile, signal });
    await sample();
    return {
      samples,
      ending: await endingOf(stack, uploads),
      kills,
      deliveries,
      seconds: Math.round((Date.now() - startedAt) / 1_000),
    };
  } finally {
    stopSchedule();
    for (const timer of timers) clearInterval(timer);
    await stack.close();
    await rm(stateDir, { recursive: true, force: true });
  }
};

interface Drain {
  readonly stack: Stack;
  readonly ids: readonly string[];
  readonly clockFile: string;
  readonly signal: AbortSignal | undefined;
}

/** Lets hours pass until every CV has an outcome. The first run sweeps, because events were lost with a process or with the stack. */
const drain = async ({ stack, ids, clockFile, signal }: Drain): Promise<void> => {
  const onSchedule = stack.functions.get('on-schedule');
  await onSchedule?.invoke({ task: 'sweep' });
  let open = ids;
  for (let movedMs = 0; movedMs <= mostDrainMs && !signal?.aborted; movedMs += drainStepMs) {
    await writeFile(clockFile, String(movedMs));
    await onSchedule?.invoke({ task: 'due' });
    const statuses = await statusesOf(stack, open);
    open = open.filter((_, index) => !isFinal.has(statuses[index] ?? ''));
    if (open.length === 0) return;
  }
};

const isFinal: ReadonlySet<string> = new Set(['attached', 'rejected', 'held', 'superseded']);
