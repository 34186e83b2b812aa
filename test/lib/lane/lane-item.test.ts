import { describe, expect, test } from 'vitest';
import { type Lane, newLane } from '../../../lib/lane/lane.ts';
import { fromLaneItem, toLaneItem } from '../../../lib/lane/lane-item.ts';
import type { Item } from '../../../lib/ledger/table.ts';
import type { ToolGroup } from '../../../lib/read-back/learn-tool.ts';
import { hour, integrationId, minute, nine } from '../../fakes/ledger-samples.ts';
import { byOperator, missingRight } from '../../fakes/pause-samples.ts';

const sample = { id: 'cv-inbox/a.pdf#1', targetId: 'A', sizeBytes: 10, notedAt: nine, dueAt: nine + hour, tries: 2 };
const group: ToolGroup = {
  kind: 'application',
  contentType: 'application/pdf',
  samples: [sample],
  lessons: [{ targetId: 'B', sizeBytes: 20, at: nine, lagMs: 0 }],
  missed: 3,
  nextSampleAt: nine + 4 * hour,
};
const bare: Lane = { ...newLane(integrationId), version: 7 };
const full: Lane = {
  ...bare,
  touchedAt: nine - minute,
  nextAt: nine + minute,
  pause: {
    ...missingRight,
    end: {
      by: 'reading',
      nextAt: nine + minute,
      probes: 3,
      probedId: 'cv-inbox/b.pdf#2',
      keyVersion: 'version-1',
      integrationSetting: integrationId,
      metIn: 'a:1',
    },
  },
  outages: 2,
  outageCode: 'ANSWER_LOST',
  openedAt: nine - hour,
  rateLimited: { integrationId: 'a:1', until: nine + minute },
  counts: { waiting: 4, unknown: 1, oldestAt: nine - hour, at: nine },
  tool: [group],
};

test.each<[string, Lane]>([
  ['with everything in it', full],
  ['with nothing in it', bare],
  ['that an operator paused', { ...bare, pause: byOperator }],
])('a lane %s is read as it was written', (_, lane) => {
  expect(fromLaneItem(toLaneItem(lane))).toEqual(lane);
});

test('a lane is kept in the table of the uploads under a key that no upload can have', () => {
  expect(toLaneItem(bare)).toMatchObject({ pk: `lane#${integrationId}`, version: 7, status: 'lane open' });
});

test('a lane with nothing to do is not listed, and no lane ever expires', () => {
  const item = toLaneItem(bare);
  for (const name of ['workShard', 'workAt', 'targetKey', 'expiresAt']) expect(item).not.toHaveProperty(name);
  expect(toLaneItem(full)).not.toHaveProperty('expiresAt');
});

test('an open lane is listed by its next look, a paused one by its next probe, with its code', () => {
  expect(toLaneItem({ ...full, pause: undefined })).toMatchObject({ workShard: 'lanes', workAt: nine + minute });
  expect(toLaneItem(full)).toMatchObject({
    workShard: 'lanes#paused',
    workAt: nine + minute,
    status: 'lane paused',
    code: 'INTEGRATION.PERMISSION_MISSING',
  });
});

test('the counts of a lane can be summed from the index alone', () => {
  expect(toLaneItem(full)).toMatchObject({ waiting: 4, unknown: 1, createdAt: nine - hour });
});

describe('a lane item that cannot be read', () => {
  const changed = (change: object): Lane | 'unreadable' => {
    const item: Item = toLaneItem(full);
    return fromLaneItem({ ...item, document: JSON.stringify({ ...JSON.parse(item.document), ...change }) });
  };

  test('an unchanged lane item is readable', () => {
    expect(changed({})).toEqual(full);
  });

  test.each<[string, string]>([
    ['is not JSON', '{'],
    ['is empty', ''],
    ['is another value', '[]'],
    ['has no fields', '{}'],
  ])('a lane item is unreadable when its document %s', (_, document) => {
    expect(fromLaneItem({ ...toLaneItem(bare), document })).toBe('unreadable');
  });

  test.each<[string, object]>([
    ['no touch time', { touchedAt: undefined }],
    ['a time outside the calendar', { nextAt: 1e300 }],
    ['a pause with a code that does not exist', { pause: { ...missingRight, code: 'NEW.CODE' } }],
    ['a pause by an unknown actor', { pause: { ...missingRight, by: 'robot' } }],
    ['a pause with an unknown end', { pause: { ...missingRight, end: { by: 'vote', nextAt: nine, probes: 0 } } }],
    ['counts without a time', { counts: { waiting: 1, unknown: 1 } }],
    ['a rate limit without an integration', { rateLimited: { until: nine } }],
    ['a restore without a reason', { restored: { since: nine, at: nine } }],
    ['a lesson without a time', { tool: [{ ...group, lessons: [{ targetId: 'A', sizeBytes: 1, lagMs: 0 }] }] }],
    ['no tool', { tool: undefined }],
    ['a kind of target that does not exist', { tool: [{ ...group, kind: 'job' }] }],
    ['a group without lessons', { tool: [{ ...group, lessons: undefined }] }],
    ['a sample without a time', { tool: [{ ...group, samples: [{ ...sample, dueAt: 'soon' }] }] }],
  ])('a lane item is unreadable when it has %s', (_, change) => {
    expect(changed(change)).toBe('unreadable');
  });

  test('a lane item whose version was removed by hand is unreadable, because nothing could be written over it', () => {
    expect(fromLaneItem({ ...toLaneItem(full), version: 0 })).toBe('unreadable');
  });
});
