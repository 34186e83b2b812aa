import { beforeEach, describe, expect, test } from 'vitest';
import type { Courier } from '../../../lib/courier.ts';
import { deliver } from '../../../lib/delivery/deliver.ts';
import type { KomboFailure } from '../../../lib/kombo/classify-response.ts';
import { type ReprocessReport, reprocess } from '../../../lib/runs/reprocess.ts';
import { type Upload, uploadId } from '../../../lib/upload/upload.ts';
import { learnTool } from '../../fakes/known-tool.ts';
import { integrationId, minute, second } from '../../fakes/ledger-samples.ts';
import { losesAnswer, losesFile, type PostScript, refuses, takes } from '../../fakes/scripted-kombo.ts';
import { type DeliveryWorld, deliveryWorld } from '../../worlds/delivery-world.ts';

let world: DeliveryWorld;
let deps: Courier;
beforeEach(() => {
  world = deliveryWorld();
  deps = world.newCourier();
});

const run = (
  options: Partial<Parameters<typeof reprocess>[0]> = {},
  its = world.newCourier(),
): Promise<ReprocessReport> =>
  world.run(reprocess({ deadline: world.deadline(), parallelism: 4, worstCaseMs: minute, ...options }, its));

const sent = async (key: string, fate: PostScript): Promise<Upload> => {
  const upload = world.put(`candidates/GRK123/${key}`);
  world.kombo.script.push(fate);
  await deliver(upload, { deadline: world.deadline() }, deps);
  return upload;
};
const down: PostScript = () => refuses('REMOTE.RATE_LIMIT_EXCEEDED');
const statusOf = async (upload: Upload): Promise<string> => (await world.recordOf(upload)).state.status;

describe('a run', () => {
  test('sends what is known not to be delivered', async () => {
    const upload = await sent('CV.pdf', down);
    world.clock.advance(10 * minute);
    expect(await run()).toMatchObject({ due: 1, left: 0, outcomes: { attached: 1 } });
    expect(await statusOf(upload)).toBe('attached');
  });

  test('leaves what is not due yet', async () => {
    await sent('CV.pdf', down);
    expect(await run()).toMatchObject({ due: 0, outcomes: {} });
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('reads back what may be delivered, and sends nothing of it', async () => {
    const upload = await sent('CV.pdf', losesAnswer);
    world.clock.advance(minute);
    expect(await run()).toMatchObject({ due: 1, outcomes: { attached: 1 } });
    expect(await statusOf(upload)).toBe('attached');
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('declares a lease that ended, and reads the target in the next one: never a second POST', async () => {
    const upload = world.put('candidates/GRK123/CV.pdf');
    world.kombo.script.push(() => {
      world.table.fail('put', 99);
      return takes();
    });
    await expect(world.run(deliver(upload, { deadline: world.deadline() }, deps))).rejects.toThrow();
    world.table.fail('put', 0);

    world.clock.advance(7 * minute);
    expect(await run()).toMatchObject({ due: 1 });
    expect(await statusOf(upload)).toBe('unknown');
    world.clock.advance(minute);
    await run();
    expect(await statusOf(upload)).toBe('attached');
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('sends a lost file once, after two looks, 15 minutes after its attempt', async () => {
    await learnTool(world);
    const upload = await sent('CV.pdf', losesFile);
    for (let passed = 0; passed < 20; passed += 1) {
      world.clock.advance(minute);
      await run();
    }
    expect(await statusOf(upload)).toBe('attached');
    expect(world.kombo.standing).toHaveLength(1);
    expect(world.kombo.posts).toHaveLength(2);
  });

  test('beside another one sends each file once', async () => {
    for (let index = 0; index < 12; index += 1) await sent(`CV-${index}.pdf`, down);
    world.clock.advance(10 * minute);
    await Promise.all([run(), run(), run()]);
    expect(world.kombo.standing).toHaveLength(12);
  });

  test('costs the same reads however much is done', async () => {
    const reads = async (attached: number): Promise<number> => {
      world = deliveryWorld();
      deps = world.newCourier();
      for (let index = 0; index < attached; index += 1) {
        const upload = world.put(`candidates/DONE${index}/CV.pdf`);
        await deliver(upload, { deadline: world.deadline() }, deps);
      }
      for (let index = 0; index < 10; index += 1) await sent(`due-${index}.pdf`, down);
      world.clock.advance(10 * minute);
      world.table.calls.length = 0;
      expect(await run()).toMatchObject({ due: 10, outcomes: { attached: 10 } });
      return world.table.calls.filter((call) => call === 'query').length;
    };
    expect(await reads(200)).toBe(await reads(0));
  });

  test('has no more under way than it was told', async () => {
    for (let index = 0; index < 9; index += 1) await sent(`CV-${index}.pdf`, down);
    world.clock.advance(10 * minute);
    let inProgress = 0;
    let most = 0;
    for (let index = 0; index < 9; index += 1) {
      world.kombo.script.push(async () => {
        inProgress += 1;
        most = Math.max(most, inProgress);
        await new Promise((resolve) => setImmediate(resolve));
        inProgress -= 1;
        return takes();
      });
    }
    expect(await run({ parallelism: 3 })).toMatchObject({ outcomes: { attached: 9 } });
    expect(most).toBe(3);
  });

  test('begins nothing when the time is short, and says what it left', async () => {
    await sent('CV.pdf', down);
    world.clock.advance(10 * minute);
    expect(await run({ deadline: world.deadline(59 * second) })).toMatchObject({ due: 1, left: 1, outcomes: {} });
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('tells how long the oldest has been due', async () => {
    const upload = await sent('CV.pdf', down);
    const { state } = await world.recordOf(upload);
    const dueAt = 'dueAt' in state ? state.dueAt : 0;
    world.clock.advance(20 * minute);
    expect((await run()).oldestDueMs).toBe(world.clock.now() - dueAt);
  });

  test('goes on past a record that it cannot read, counts it and says so without a name', async () => {
    await sent('Frank.pdf', down);
    const bad = await sent('Bad.pdf', down);
    const item = world.table.items.get(uploadId(bad));
    if (item) world.table.items.set(item.pk, { ...item, document: '{"layout":2,"name":"Frank Doe"}' });
    world.clock.advance(10 * minute);

    expect(await run()).toMatchObject({ due: 2, unreadable: 1, outcomes: { attached: 1 } });
    expect(JSON.stringify(world.logged)).toContain('look at \\"layout\\"');
    expect(JSON.stringify(world.logged)).not.toContain('Frank');
  });

  test('with a table that does not answer throws, and the next one does the work', async () => {
    const upload = await sent('CV.pdf', down);
    world.clock.advance(10 * minute);
    const its = world.newCourier();
    world.table.fail('put', 1);
    await expect(run({}, its)).rejects.toThrow('The table does not answer.');
    expect(await run({}, its)).toMatchObject({ outcomes: { attached: 1 } });
    expect(await statusOf(upload)).toBe('attached');
  });
});

describe('a pause', () => {
  const paused = async (code: KomboFailure['code'], files: number): Promise<readonly Upload[]> => {
    const uploads = [await sent('CV-0.pdf', () => refuses(code))];
    for (let index = 1; index < files; index += 1) {
      const upload = world.put(`candidates/GRK123/CV-${index}.pdf`);
      await deliver(upload, { deadline: world.deadline() }, deps);
      uploads.push(upload);
    }
    return uploads;
  };
  const statuses = async (uploads: readonly Upload[]) => Promise.all(uploads.map(statusOf));

  test('that heals is tested by one file, and when it gets through the others follow', async () => {
    const uploads = await paused('INTEGRATION.SETUP_SYNC_PENDING', 4);
    expect(await run()).toMatchObject({ openPauses: 1, outcomes: {} });

    world.clock.advance(15 * minute);
    await run();
    world.clock.advance(minute);
    await run();

    expect(await statuses(uploads)).toEqual(['attached', 'attached', 'attached', 'attached']);
    expect(world.kombo.posts).toHaveLength(5);
    expect(await run()).toMatchObject({ openPauses: 0 });
  });

  test('that has not healed costs one call per 15 minutes, for any number of runs', async () => {
    const uploads = await paused('INTEGRATION.SETUP_SYNC_PENDING', 4);
    const pending: PostScript = () => refuses('INTEGRATION.SETUP_SYNC_PENDING');
    world.kombo.script.push(pending, pending, pending);

    world.clock.advance(15 * minute);
    await Promise.all([run(), run(), run()]);
    expect(world.kombo.posts).toHaveLength(2);
    await run();
    expect(world.kombo.posts).toHaveLength(2);
    world.clock.advance(15 * minute);
    await run();
    expect(world.kombo.posts).toHaveLength(3);
    expect(await statuses(uploads)).toEqual(['held', 'held', 'held', 'held']);
  });

  test('that only an operator can end is never tested', async () => {
    const uploads = await paused('INTEGRATION.PERMISSION_MISSING', 2);
    world.clock.advance(1_000 * minute);
    await run();
    expect(await statuses(uploads)).toEqual(['held', 'held']);
    expect(world.kombo.posts).toHaveLength(1);
  });

  test('that an operator ended releases its files, and is closed when no function can hold another one', async () => {
    const uploads = await paused('INTEGRATION.PERMISSION_MISSING', 3);
    await deps.pauses.end(integrationId, { by: 'operator', reason: 'The right was granted.' });

    await run();
    await run();
    expect(await statuses(uploads)).toEqual(['attached', 'attached', 'attached']);

    world.clock.advance(8 * minute);
    await run();
    expect(await deps.pauses.list()).toEqual([]);
  });

  test('that ended lets nothing go in the last seconds of a run, and all of it in the next', async () => {
    const uploads = await paused('INTEGRATION.PERMISSION_MISSING', 3);
    await deps.pauses.end(integrationId, { by: 'operator', reason: 'The right was granted.' });
    await run({ deadline: world.deadline(14 * second), worstCaseMs: 0 });
    expect(await statuses(uploads)).toEqual(['held', 'held', 'held']);
    await run();
    await run();
    expect(await statuses(uploads)).toEqual(['attached', 'attached', 'attached']);
  });

  test('is tested with a file that may be sent, not with one that must be read first', async () => {
    const doubtful = await sent('Doubtful.pdf', losesAnswer);
    const uploads = await paused('INTEGRATION.SETUP_SYNC_PENDING', 2);
    world.clock.advance(minute);
    await run();
    expect(await statusOf(doubtful)).toBe('held');

    world.clock.advance(15 * minute);
    await run();
    world.clock.advance(minute);
    await run();
    await run();
    expect(await statuses([doubtful, ...uploads])).toEqual(['attached', 'attached', 'attached']);
  });

  test('holds what may be delivered, and its end lets it be read, not sent', async () => {
    const doubtful = await sent('Doubtful.pdf', losesAnswer);
    await paused('INTEGRATION.PERMISSION_MISSING', 1);
    world.clock.advance(minute);
    await run();
    await deps.pauses.end(integrationId, { by: 'operator', reason: 'The right was granted.' });
    await run();
    // Another file of the target was under way while it was read.
    world.clock.advance(minute);
    await run();
    expect(await statusOf(doubtful)).toBe('attached');
    expect(world.kombo.standing.filter(({ attachment }) => attachment.name === 'Doubtful.pdf')).toHaveLength(1);
  });
});
