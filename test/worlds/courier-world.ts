import type { ActionCourier } from '../../handlers/on-demand/action.ts';
import type { Answer } from '../../handlers/on-demand/answer/answer.ts';
import { answerRequest } from '../../handlers/on-demand/answer-request.ts';
import { readSettings } from '../../lib/config/config.ts';
import type { Courier } from '../../lib/courier.ts';
import type { ApiKey } from '../../lib/kombo/api-key.ts';
import type { StackSetup } from '../../lib/operator/check/stack-setup.ts';
import { fail, ok } from '../../lib/result.ts';
import type { RunReport } from '../../lib/runs/run-report.ts';
import { scheduledRun } from '../../lib/runs/scheduled-run.ts';
import type { Storage } from '../../lib/upload/storage.ts';
import type { Upload } from '../../lib/upload/upload.ts';
import { integrationId, minute } from '../fakes/ledger-samples.ts';
import { inKeyOrder, listedPage } from '../fakes/listed-page.ts';
import { noPut } from '../fakes/no-put.ts';
import { losesAnswer, type PostScript } from '../fakes/scripted-kombo.ts';
import { type DeliveryWorld, deliveryWorld, type StoredFile } from './delivery-world.ts';

export interface CourierWorld extends DeliveryWorld {
  readonly env: Record<string, string>;
  /** The number of listings of the bucket. */
  lists: number;
  /** A new warm function: everything that a handler works with. */
  newFunction(env?: Record<string, string>): Courier;
  /** A scheduled run in a new function, while time passes. */
  runSchedule(): Promise<RunReport>;
  /** One request to on-demand, from its start to its answer; time stands still meanwhile. */
  ask(event: unknown, change?: Partial<ActionCourier>): Promise<Answer & Record<string, unknown>>;
  /** Puts a file and asks on-demand to attach it; `fate` is what becomes of its POST. */
  attach(name?: string, fate?: PostScript, file?: Partial<StoredFile>): Promise<Upload>;
  /** Starts a delivery, and calls the other function while Kombo has the file and has not answered. Then the answer is lost. */
  whileSending(send: () => Promise<unknown>, meanwhile: () => Promise<void>): Promise<void>;
}

/** The world of the delivery tests with a bucket that can be searched and listed, and a configuration. */
export const courierWorld = (apiKey?: ApiKey): CourierWorld => {
  const world = deliveryWorld(apiKey);
  const env = {
    BUCKET: 'cv-inbox',
    LEDGER_TABLE: 'ledger',
    KOMBO_API_KEY: 'ks_dev_local',
    ALARM_TOPIC: 'arn:aws:sns:eu-central-1:111122223333:cv-courier-dev-alarms',
    KOMBO_INTEGRATION_ID: integrationId,
    ALLOWED_TYPES: 'pdf',
    MAX_BYTES: '10000',
  };
  const courier: CourierWorld = {
    ...world,
    env,
    lists: 0,
    newFunction: (change = {}) => {
      const base = world.newCourier(readSettings({ ...env, ...change }));
      return { ...base, storage: { ...base.storage, ...askable(courier) } };
    },
    runSchedule: () =>
      world.run(
        scheduledRun(
          ['due', 'sweep'],
          { deadline: world.deadline(), parallelism: 4, worstCaseMs: minute },
          { ...courier.newFunction(), putObject: noPut },
        ),
      ),
    ask: (event, change = {}) =>
      answerRequest(event, () => ({ ...courier.newFunction(), setup, deadline: world.deadline(), ...change })),
    attach: async (name = key, fate, file) => {
      const upload = world.put(name, file);
      if (fate) world.kombo.script.push(fate);
      await courier.ask({ action: 'attach', key: name });
      return upload;
    },
    whileSending: async (send, meanwhile) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const before = world.kombo.posts.length;
      world.kombo.script.push(() => promise.then(losesAnswer));
      const running = send();
      while (world.kombo.posts.length === before) await new Promise((turn) => setImmediate(turn));
      await meanwhile();
      resolve();
      await running;
    },
  };
  return courier;
};

/** A bucket with versions and without rules, and alarms that reach one address. */
export const setup: StackSetup = {
  versioning: async () => ok('enabled'),
  lifecycle: async () => ok([]),
  subscriptions: async () => ok({ confirmed: 1, pending: 0 }),
};

const askable = (world: CourierWorld): Pick<Storage, 'find' | 'list'> => ({
  find: async (bucket, key) => {
    const file = world.bucket.get(key);
    if (!file) return fail('OBJECT_DELETED', 'S3 answered NotFound (HTTP 404).');
    const { etag, bytes, modifiedAt } = file;
    return ok({ bucket, key, etag, sizeBytes: bytes.length, ...(modifiedAt !== undefined && { modifiedAt }) });
  },
  list: async (_bucket, range) => {
    world.lists += 1;
    const objects = [...world.bucket].map(([key, { etag, bytes, modifiedAt = world.clock.now() }]) => {
      return { key, etag, sizeBytes: bytes.length, modifiedAt };
    });
    return ok(listedPage(inKeyOrder(objects), range));
  },
});

export const key = 'candidates/GRK123/Frank Doe CV.pdf';
export const reason = 'The cause has been fixed.';
