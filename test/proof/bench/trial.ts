import { readFileSync } from 'node:fs';
import { PerformanceObserver } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import type { Load, Trial, TrialResult } from './trial-terms.ts';
import { bucket, keyOf, meetingKeyOf } from './workload.ts';

/**
 * A separate process that loads one contender and lets it deliver files, as the Lambda runtime would.
 * Reports the measurements to its parent process, which also decides where the output of the contender goes.
 */
type Handler = (event: unknown, context: unknown) => Promise<unknown>;

const milliseconds = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1000;

/** The peak memory of this process. VmHWM where the system has it, because maxRSS may include the parent's. */
const peakBytes = (): number => {
  try {
    const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
};

let gcMs = 0;
const collections = new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) gcMs += entry.duration;
});

const recordOf = ({ sizeBytes, etag }: Load, key: string): unknown => ({
  eventVersion: '2.1',
  eventSource: 'aws:s3',
  awsRegion: 'eu-central-1',
  eventTime: '2026-01-05T09:00:00.000Z',
  eventName: 'ObjectCreated:Put',
  s3: {
    s3SchemaVersion: '1.0',
    bucket: { name: bucket, arn: `arn:aws:s3:::${bucket}` },
    object: { key, size: sizeBytes, eTag: etag, sequencer: '0A' },
  },
});

const eventOf = (load: Load, keys: readonly string[]): unknown => ({
  Records: keys.map((key) => recordOf(load, key)),
});

const context = {
  functionName: 'bench',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:bench',
  memoryLimitInMB: '192',
  awsRequestId: 'bench',
  logGroupName: 'bench',
  logStreamName: 'bench',
  getRemainingTimeInMillis: () => 300_000,
};

/** Ours returns outcomes; the peers throw when Kombo refuses. */
const check = (answer: unknown): void => {
  const { outcomes } = (answer ?? {}) as {
    outcomes?: readonly { status?: string; code?: string; detail?: string }[];
  };
  const bad = outcomes?.find(({ status }) => status !== 'attached');
  if (bad) throw new Error(`not attached: ${bad.status} ${bad.code ?? ''} ${bad.detail ?? ''}`);
};

/** Delivers all files in one event. */
const carryInOneEvent = async (handler: Handler, load: Load): Promise<void> => {
  const keys = Array.from({ length: load.count }, (_, index) =>
    load.inOneEvent === 'meeting'
      ? meetingKeyOf(load.sizeBytes, load.count, String(process.pid), index)
      : keyOf(load.sizeBytes, `together-${process.pid}-${index}`),
  );
  check(await handler(eventOf(load, keys), context));
};

const carry = async (handler: Handler, load: Load, label: string): Promise<void> => {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < load.count) {
      next += 1;
      check(await handler(eventOf(load, [keyOf(load.sizeBytes, `${label}-${process.pid}-${next}`)]), context));
    }
  };
  await Promise.all(Array.from({ length: load.concurrency }, worker));
};

const run = async ({ startedAt, modulePath, warmUp, measured }: Trial): Promise<TrialResult> => {
  const importStart = performance.now();
  const importCpu = process.cpuUsage();
  const { handler } = (await import(pathToFileURL(modulePath).href)) as { handler: Handler };
  const importMs = performance.now() - importStart;
  const importCpuMs = milliseconds(process.cpuUsage(importCpu));
  const readyMs = performance.timeOrigin + performance.now() - startedAt;

  const firstStart = performance.now();
  if (warmUp.count > 0) await carry(handler, { ...warmUp, count: 1, concurrency: 1 }, 'first');
  const firstMs = warmUp.count > 0 ? performance.now() - firstStart : 0;
  await carry(handler, { ...warmUp, count: Math.max(0, warmUp.count - 1) }, 'warm');
  collections.observe({ entryTypes: ['gc'] });
  const start = performance.now();
  const cpu = process.cpuUsage();
  if (measured.inOneEvent) await carryInOneEvent(handler, measured);
  else await carry(handler, measured, 'measured');
  const wallMs = performance.now() - start;
  const cpuMs = milliseconds(process.cpuUsage(cpu));
  await new Promise((resolve) => setImmediate(resolve));
  return { readyMs, importMs, importCpuMs, firstMs, wallMs, cpuMs, gcMs, peakBytes: peakBytes() };
};

process.once('message', (trial: Trial) => {
  run(trial).then(
    (result) => process.send?.(result, () => process.exit()),
    (error: unknown) => process.stderr.write(`${String(error)}\n`, () => process.exit(1)),
  );
});
process.on('disconnect', () => process.exit());
