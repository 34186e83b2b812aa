import * as v from 'valibot';
import { sizeText } from '../../lib/attachment/size-text.ts';
import type { SmokeOptions } from './command-line.ts';
import type { Deployment } from './deployment.ts';
import { followUpload, type Sight } from './follow-upload.ts';
import { type Arrival, leftBehind } from './left-behind.ts';
import { type CheckAnswer, checkAnswer, doubts, planUpload } from './plan.ts';

export interface SmokeRun {
  readonly options: SmokeOptions;
  readonly deployment: Deployment;
  readonly sample: Uint8Array;
  /** Time between two polls. */
  readonly pollMs: number;
  readonly print: (line: string) => void;
}

/**
 * Uploads the sample to a deployment and follows it.
 * @returns whether it is attached
 * @throws {InvokeError} when the deployment does not answer, or its bucket accepts no object
 */
export const runSmoke = async ({ options, deployment, sample, pollMs, print }: SmokeRun): Promise<boolean> => {
  const request = { action: 'check', ...(options.integrationId && { integration_id: options.integrationId }) };
  const answer = v.safeParse(checkAnswer, await deployment.ask(request));
  if (!answer.success) {
    print('The deployed function returns a check in a different format: deploy this version first.');
    return false;
  }
  const check = answer.output;
  print(`The check of the deployment: ${check.message}`);
  const planned = planUpload(options, check, new Date());
  if (!planned.ok) {
    print(`Nothing was uploaded. ${planned.error}`);
    return false;
  }
  const plan = planned.value;
  const unsure = doubts(plan, check);
  if (unsure.length > 0 && !options.yes) {
    print(`Nothing was uploaded. ${unsure.join('\n')}\nTo upload it anyway, add --yes.`);
    return false;
  }

  const { bucket } = check.deployment;
  const uploadedMs = Date.now();
  const uploaded = await deployment.upload(bucket, plan.key, sample);
  const clock = (atMs: number) => `${new Date(atMs).toISOString()} (${secondsText(atMs - uploadedMs)})`;
  print(`${new Date(uploadedMs).toISOString()} Uploaded ${sizeText(sample.length)} as s3://${bucket}/${plan.key}.`);
  let last: Sight = { kind: 'late' };
  for await (const sight of followUpload(plan.key, { waitMs: options.waitMs, pollMs }, deployment)) {
    last = sight;
    if (sight.kind === 'seen') print(`${clock(sight.atMs)} Seen: a function has received it and written its record.`);
    if (sight.kind === 'between') print(`${clock(sight.atMs)} ${sight.sentence}`);
    if (sight.kind === 'attached') print(`${clock(sight.atMs)} ${sight.sentence} Attempts: ${sight.attempts}.`);
  }
  for (const line of endingOf(last, check, options)) print(line);
  for (const line of leftBehind(plan, arrivalOf(last), { ...uploaded, bucket, place: options.place }, deployment)) {
    print(line);
  }
  return last.kind === 'attached';
};

/** The clocks of this machine and of AWS may differ. */
const secondsText = (ms: number): string =>
  ms < 0
    ? `${(-ms / 1000).toFixed(1)} s before the upload by this machine's clock`
    : `after ${(ms / 1000).toFixed(1)} s`;

const arrivalOf = (last: Sight): Arrival => {
  if (last.kind === 'attached') return 'attached';
  return last.kind === 'late' || (last.kind === 'ended' && last.mayBeDelivered) ? 'perhaps' : 'not';
};

const endingOf = (last: Sight, { deployment }: CheckAnswer, { waitMs }: SmokeOptions): readonly string[] => {
  if (last.kind === 'ended') return [`It is not attached. ${last.sentence}`];
  if (last.kind !== 'late') return [];
  const silence = last.silence === undefined ? [] : [`The last request got no answer. ${last.silence}`];
  const late = `It is not attached after ${waitMs / 1000} s.`;
  if (last.sentence !== undefined) {
    return [
      ...silence,
      `${late} ${last.sentence} Nothing is lost: check its "status" later, or wait longer with --wait.`,
    ];
  }
  if (silence.length > 0) return [...silence, late];
  return [`${late} ${deployment.requireScan ? noVerdict : noEvent(deployment.sweepEveryMinutes)}`];
};

const noVerdict =
  'The malware scan has given no verdict, and without one nothing is sent. Check that the protection plan of the bucket is active, or start a scan of the object: infra/README.md, "Scan for malware".';

const noEvent = (sweepEveryMinutes: number): string =>
  `No function has seen it: the bucket sends no events, or on-upload fails. An existing bucket must send its events to EventBridge (infra/README.md, "An existing bucket"); errors of on-upload are in its log. The sweep, which runs every ${sweepEveryMinutes} minutes, will find the object and send it, unless you delete it first.`;
