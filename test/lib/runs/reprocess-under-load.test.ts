import { beforeEach, describe, expect, test } from 'vitest';
import { deliver } from '../../../lib/delivery/deliver.ts';
import { type ReprocessReport, reprocess } from '../../../lib/runs/reprocess.ts';
import type { RunOptions } from '../../../lib/runs/run-options.ts';
import type { Upload } from '../../../lib/upload/upload.ts';
import { minute, second } from '../../fakes/ledger-samples.ts';
import { type PostScript, refuses } from '../../fakes/scripted-kombo.ts';
import { type DeliveryWorld, deliveryWorld } from '../../worlds/delivery-world.ts';

let world: DeliveryWorld;
beforeEach(() => {
  world = deliveryWorld();
});

const run = (options: Partial<RunOptions> = {}): Promise<ReprocessReport> =>
  reprocess({ deadline: world.deadline(), parallelism: 4, worstCaseMs: minute, ...options }, world.newCourier());
const statusOf = async (upload: Upload): Promise<string> => (await world.recordOf(upload)).state.status;

/** Files that an ATS has refused ten minutes ago. */
const dueFiles = async (count: number): Promise<readonly Upload[]> => {
  const uploads: Upload[] = [];
  for (let index = 0; index < count; index += 1) {
    const upload = world.put(`candidates/GRK123/CV-${index}.pdf`);
    world.kombo.script.push(() => refuses('REMOTE.RATE_LIMIT_EXCEEDED'));
    await deliver(upload, { deadline: world.deadline() }, world.newCourier());
    uploads.push(upload);
  }
  world.clock.advance(10 * minute);
  return uploads;
};

const busy: PostScript = () => refuses('PLATFORM.CONCURRENCY_LIMIT_EXCEEDED');

describe('Kombo under load', () => {
  test('is left alone for the moment it asks for: the rest of that integration waits for the next run', async () => {
    await dueFiles(6);
    const before = world.kombo.posts.length;
    world.kombo.script.push(() => refuses('PLATFORM.RATE_LIMIT_EXCEEDED', { retryAfterMs: minute }));

    const report = await run({ parallelism: 1 });

    expect(report).toMatchObject({ due: 6, left: 5, outcomes: { waiting: 1 } });
    expect(world.kombo.posts).toHaveLength(before + 1);
  });

  test('takes a file that it refused within the same run, a second later', async () => {
    const uploads = await dueFiles(3);
    const before = world.kombo.posts.length;
    const beganAt = world.clock.now();
    world.kombo.script.push(busy);

    expect(await world.run(run())).toEqual({
      outcomes: { attached: 3 },
      due: 3,
      oldestDueMs: expect.any(Number),
      left: 0,
      openPauses: 0,
      unreadable: 0,
    });

    for (const upload of uploads) expect(await statusOf(upload)).toBe('attached');
    expect(world.kombo.posts).toHaveLength(before + 4);
    expect(world.clock.now() - beganAt).toBeLessThanOrEqual(2 * second);
  });

  test('that never ends costs a handful of requests per run, and the files are due again soon', async () => {
    const uploads = await dueFiles(50);
    const before = world.kombo.posts.length;
    world.kombo.script.push(...Array.from({ length: 50 }, () => busy));

    const report = await world.run(run());

    // Four begin together; then two lessons lead to one at a time, and three standstills of up to four seconds are waited out.
    expect(world.kombo.posts.length - before).toBeLessThanOrEqual(10);
    expect(report.left + (report.outcomes.waiting ?? 0)).toBe(50);
    const soon = world.clock.now() + minute;
    for (const upload of uploads) {
      expect((await world.recordOf(upload)).state).toMatchObject({ status: 'waiting' });
      const { state } = await world.recordOf(upload);
      expect('dueAt' in state && state.dueAt).toBeLessThan(soon);
    }
  });

  test('of which a moment passes in a short run is waited for no longer than there is time', async () => {
    const [upload] = await dueFiles(1);
    const before = world.kombo.posts.length;
    world.kombo.script.push(busy);
    // Half a second later, when the file is due again, less than the worst case is left.
    const report = await world.run(run({ deadline: world.deadline(minute + 400) }));
    expect(report).toMatchObject({ due: 1, left: 0, outcomes: { waiting: 1 } });
    expect(world.kombo.posts).toHaveLength(before + 1);
    expect(upload && (await statusOf(upload))).toBe('waiting');
  });

  test('whose rate limit ends within seconds is waited for, and the rest is sent in the same run', async () => {
    await dueFiles(6);
    world.kombo.script.push(() => refuses('PLATFORM.RATE_LIMIT_EXCEEDED', { retryAfterMs: 2 * second }));
    expect(await world.run(run({ parallelism: 1 }))).toMatchObject({ due: 6, left: 0, outcomes: { attached: 6 } });
  });
});
