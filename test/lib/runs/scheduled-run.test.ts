import { beforeEach, describe, expect, test } from 'vitest';
import type { Settings } from '../../../lib/config/config.ts';
import { ok } from '../../../lib/result.ts';
import type { Task } from '../../../lib/runs/run-report.ts';
import { scheduledRun } from '../../../lib/runs/scheduled-run.ts';
import { hour, integrationId, minute, nine, states } from '../../fakes/ledger-samples.ts';
import { noPut } from '../../fakes/no-put.ts';
import { otherIntegration } from '../../fakes/pause-samples.ts';
import { type PostScript, takes } from '../../fakes/scripted-kombo.ts';
import { keyOf, type LaneWorld, laneWorld } from '../../worlds/lane-world.ts';

let world: LaneWorld;
/** What the run did, in order. */
let steps: string[];
beforeEach(() => {
  world = laneWorld();
  steps = [];
});

const run = async (tasks: readonly Task[] = ['due', 'sweep'], settings: Partial<Settings> = {}) => {
  const base = world.newCourier({ sweepSince: nine - hour, ...settings });
  const objects = [...world.bucket].map(([key, { etag, bytes }]) => ({
    key,
    etag,
    sizeBytes: bytes.length,
    modifiedAt: nine,
  }));
  const courier = {
    ...base,
    putObject: noPut,
    storage: {
      ...base.storage,
      list: async () => {
        steps.push('sweep');
        return ok({ objects, folders: [] });
      },
    },
  };
  const { attach, integration } = world.kombo;
  world.kombo.attach = (...how) => {
    steps.push(`send ${how[0].id}`);
    return attach(...how);
  };
  world.kombo.integration = (...how) => {
    steps.push('reading');
    return integration(...how);
  };
  const put = world.table.put;
  world.table.put = (item, condition) => {
    if (item.code === 'LEASE_EXPIRED') steps.push('lease expired');
    return put(item, condition);
  };
  return world.run(scheduledRun(tasks, { deadline: world.deadline(), parallelism: 1, worstCaseMs: minute }, courier));
};

describe('a scheduled run', () => {
  test('a scheduled run ends leases first; a probe delays neither the sweep nor the lanes', async () => {
    world.addWaiting('EXPIRED', { state: { ...states.sending, leaseUntil: nine }, id: otherIntegration });
    world.addWaiting('DUE', { id: otherIntegration });
    world.addWaiting('BEHIND');
    world.addWaiting('PROBE', { dueAt: nine - hour });
    const end = { by: 'unread', nextAt: nine, probes: 0 } as const;
    world.setLane({ pause: { code: 'INTEGRATION.INACTIVE', by: 'kombo', reason: 'x', since: nine, end } });
    const report = await run();
    const [first, ...rest] = steps.filter((step, place) => step !== 'sweep' || steps[place - 1] !== 'sweep');
    expect(first).toBe('lease expired');
    expect(rest.filter((step) => step !== 'sweep')).toEqual(
      expect.arrayContaining(['reading', 'send PROBE', 'send BEHIND', 'send DUE']),
    );
    expect(rest.indexOf('send DUE')).toBeGreaterThan(rest.indexOf('sweep'));
    expect(rest.indexOf('send BEHIND')).toBeGreaterThan(rest.indexOf('send PROBE'));
    expect(report.due).toMatchObject({ expired: 1, opened: 1, outcomes: { attached: 3 } });
  });

  test('a scheduled run is not delayed by a probe that hangs: files of healthy integrations are attached in the meantime', async () => {
    world.addWaiting('HANGS', { dueAt: nine - hour });
    for (const name of ['ONE', 'TWO', 'THREE']) world.addWaiting(name, { id: otherIntegration });
    const end = { by: 'probe', nextAt: nine, probes: 0 } as const;
    world.setLane({ pause: { code: 'REMOTE.SERVICE_UNAVAILABLE', by: 'kombo', reason: 'x', since: nine, end } });
    const hangs = Promise.withResolvers<void>();
    const answered: string[] = [];
    const fate: PostScript = async ({ id }) => {
      if (id === 'HANGS') await hangs.promise;
      answered.push(id);
      if (answered.length === 3) hangs.resolve();
      return takes();
    };
    world.kombo.script.push(fate, fate, fate, fate);
    expect((await run()).due).toMatchObject({ opened: 1, outcomes: { attached: 4 } });
    expect(answered.at(-1)).toBe('HANGS');
  });

  test('a scheduled run sends what its own sweep has found', async () => {
    world.put(keyOf('LOST'));
    const report = await run();
    expect(report.sweep).toBeDefined();
    expect(world.kombo.posts).toMatchObject([{ id: 'LOST' }]);
  });

  test('a run that is asked only to sweep sends nothing, and reports nothing about the lanes', async () => {
    world.addWaiting('GRK1');
    const report = await run(['sweep']);
    expect(report).not.toHaveProperty('due');
    expect(report.sweep).toBeDefined();
    expect(world.kombo.posts).toEqual([]);
  });

  test('a run that is asked only for due files lists nothing', async () => {
    world.addWaiting('GRK1');
    const report = await run(['due']);
    expect(report).not.toHaveProperty('sweep');
    expect(steps).toEqual(['send GRK1']);
  });

  test('a scheduled run adds up what its parts have counted, in the lanes that it has opened as well', async () => {
    await world.send('SAMPLE1');
    await world.send('SAMPLE2', undefined, otherIntegration);
    world.clock.advance(15 * minute);
    for (const id of [integrationId, otherIntegration]) world.damage(world.addWaiting('DAMAGED', { id }));
    world.damage(world.addWaiting('LEASE', { state: { ...states.sending, leaseUntil: nine } }));
    world.table.items.set('lane#damaged:1', {
      pk: 'lane#damaged:1',
      version: 1,
      workShard: 'lanes#paused',
      workAt: nine,
      document: '{',
    });
    world.addWaiting('PROBE');
    const end = { by: 'probe', nextAt: nine, probes: 0 } as const;
    world.setLane({ pause: { code: 'REMOTE.SERVICE_UNAVAILABLE', by: 'kombo', reason: 'x', since: nine, end } });
    const report = await run(['due']);
    // The lane that was open before is visited in both rounds, because its damaged file stays due.
    expect(report.due).toMatchObject({ opened: 1, lanes: 3, compared: 2, found: 2, unreadable: 5 });
  });

  test('a scheduled run that has opened no lane reads the directory once', async () => {
    world.addWaiting('GRK1');
    const { query } = world.table;
    const read: string[] = [];
    world.table.query = async (asked) => {
      read.push(asked.hash);
      return query(asked);
    };
    await run(['due']);
    expect(read.filter((hash) => hash === 'lanes')).toHaveLength(1);
  });

  test('a scheduled run reads one integration at a time when it may do one thing at a time', async () => {
    let [reading, most] = [0, 0];
    const end = { by: 'unread', nextAt: nine, probes: 0 } as const;
    for (const id of ['a:1', 'b:2', 'c:3']) {
      world.addWaiting('GRK1', { id });
      world.setLane({ pause: { code: 'INTEGRATION.INACTIVE', by: 'kombo', reason: 'x', since: nine, end } }, id);
    }
    world.kombo.integration = async () => {
      reading += 1;
      most = Math.max(most, reading);
      await new Promise((resolve) => setImmediate(resolve));
      reading -= 1;
      return { ok: true, value: { status: 'INACTIVE' }, concurrency: {} };
    };
    await run(['due']);
    expect(most).toBe(1);
  });

  test.each<[readonly Task[], boolean]>([
    [['due'], true],
    [['sweep'], false],
  ])('a run that is asked for %j keeps the canary: %j', async (tasks, isKept) => {
    await run(tasks, { canaryKey: 'canary/x.pdf' });
    expect(world.table.items.has('canary')).toBe(isKept);
  });

  test.each<[readonly Task[], string]>([
    [['sweep'], 'finished'],
    [['due', 'sweep'], 'not due'],
  ])('a run that is asked for %j right after a pass of the sweep answers "%s"', async (tasks, pass) => {
    await run(['sweep']);
    expect((await run(tasks)).sweep).toMatchObject({ pass });
  });

  test('a scheduled run throws when the table cannot be read', async () => {
    world.table.fail('query', 1_000);
    world.table.fail('get', 1_000);
    await expect(run()).rejects.toThrow('The table does not answer.');
  });
});
