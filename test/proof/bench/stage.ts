import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stop as stopEsbuild } from 'esbuild';
import * as v from 'valibot';
import { childrenWith } from './children.ts';
import { type Built, buildContenders } from './contenders.ts';
import type { Load, Trial, TrialResult } from './trial-terms.ts';
import { bucket, integrationId, keyOf, keyTemplates } from './workload.ts';

/** What all measurements share. */
export interface Stage {
  readonly built: Built;
  readonly folder: string;
  readonly trial: (modulePath: string, load: LoadWish, warmUpCount: number) => Promise<TrialResult>;
  /** Safe to call at any time, more than once. */
  stop(): Promise<void>;
}

export type LoadWish = Omit<Load, 'etag'>;

/** The size of a typical CV. */
export const cvBytes = 300_000;

export const oneFileOf = (sizeMb: number): LoadWish => ({ sizeBytes: sizeMb * 2 ** 20, count: 1, concurrency: 1 });

const maxStartMs = 30_000;
const maxTrialMs = 180_000;
const started = v.object({ url: v.string() });

const servers = { s3: 'servers/s3.ts', kombo: 'servers/kombo.ts', ledger: 'servers/ledger.ts' } as const;

/** @param onStop receives the function that stops everything before anything is started, for Ctrl-C. */
export const setStage = async (onStop: (stop: () => Promise<void>) => void): Promise<Stage> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'cv-courier-bench-'));
  let env: Record<string, string> = {};
  const children = childrenWith(() => env);
  const stop = async (): Promise<void> => {
    await children.stop();
    await stopEsbuild();
    await rm(folder, { recursive: true, force: true });
  };
  onStop(stop);
  try {
    const start = async (name: keyof typeof servers): Promise<string> =>
      v.parse(started, await children.start(path.join(import.meta.dirname, servers[name]), maxStartMs)).url;
    const [built, s3, kombo, ledger] = await Promise.all([
      buildContenders(folder),
      start('s3'),
      start('kombo'),
      start('ledger'),
    ]);
    env = environmentOf({ s3, kombo, ledger });
    /** The first request for a size makes S3 compute its checksums before any time is measured. */
    const etag = async (sizeBytes: number): Promise<string> => {
      const { headers } = await fetch(`${s3}/${bucket}/${keyOf(sizeBytes, 'ask')}`, { method: 'HEAD' });
      return headers.get('etag')?.replaceAll('"', '') ?? '';
    };
    const trial: Stage['trial'] = async (modulePath, load, warmUpCount) => {
      const [ofCv, ofLoad] = [await etag(cvBytes), await etag(load.sizeBytes)];
      const work: Trial = {
        startedAt: performance.timeOrigin + performance.now(),
        modulePath,
        warmUp: { sizeBytes: cvBytes, etag: ofCv, count: warmUpCount, concurrency: load.concurrency },
        measured: { ...load, etag: ofLoad },
      };
      return (await children.start(built.trial, maxTrialMs, work)) as TrialResult;
    };
    return { built, folder, trial, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

/** The environment of a function on Lambda, with every address on this machine. */
const environmentOf = ({ s3, kombo, ledger }: Record<'s3' | 'kombo' | 'ledger', string>): Record<string, string> => ({
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  // The bucket's name cannot precede an IP address, so for every contender the SDK puts it into the path.
  AWS_ENDPOINT_URL_S3: s3,
  AWS_ENDPOINT_URL_DYNAMODB: ledger,
  AWS_LAMBDA_FUNCTION_NAME: 'bench',
  BUCKET: bucket,
  LEDGER_TABLE: 'bench-ledger',
  KOMBO_BASE_URL: `${kombo}/v1`,
  KOMBO_API_KEY: 'ks_dev_bench',
  KOMBO_INTEGRATION_ID: integrationId,
  KEY_TEMPLATES: keyTemplates,
  MAX_BYTES: String(100 * 1024 * 1024),
  S3_FORCE_PATH_STYLE: 'true',
  POWERTOOLS_SERVICE_NAME: 'cv-courier',
});
