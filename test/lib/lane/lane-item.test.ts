import { describe, expect, test } from 'vitest';
import { fromLaneItem, type Lane, toLaneItem } from '../../../lib/lane/lane-item.ts';
import type { Tool, ToolGroup } from '../../../lib/read-back/learn-tool.ts';
import { hour, integrationId, nine } from '../../fakes/ledger-samples.ts';

const sample = { id: 'cv-inbox/a.pdf#1', targetId: 'A', sizeBytes: 10, notedAt: nine, dueAt: nine + hour, tries: 2 };
const group: ToolGroup = {
  kind: 'application',
  contentType: 'application/pdf',
  samples: [sample],
  lessons: [{ targetId: 'B', sizeBytes: 20, at: nine, lagMs: 0 }],
  missed: 3,
  nextSampleAt: nine + 4 * hour,
};
const laneOf = (tool: Tool): Lane => ({ integrationId, tool, version: 7 });

test('a lane is read as it was written', () => {
  expect(fromLaneItem(toLaneItem(laneOf([group])))).toEqual(laneOf([group]));
  expect(fromLaneItem(toLaneItem(laneOf([])))).toEqual(laneOf([]));
});

test('a lane stands beside the uploads under a key that no upload can have', () => {
  expect(toLaneItem(laneOf([]))).toMatchObject({ pk: `lane#${integrationId}`, version: 7, status: 'lane' });
});

test('a lane is listed as due by its earliest comparison', () => {
  const early = { ...group, contentType: 'text/plain', samples: [{ ...sample, dueAt: nine }] };
  expect(toLaneItem(laneOf([group, early]))).toMatchObject({ workShard: 'lanes', workAt: nine });
});

test('a lane that owes no comparison is not listed as due', () => {
  const item = toLaneItem(laneOf([{ ...group, samples: [] }]));
  expect(item).not.toHaveProperty('workShard');
  expect(item).not.toHaveProperty('workAt');
});

test('a lane is in no list of uploads, and never expires', () => {
  const item = toLaneItem(laneOf([group]));
  expect(item).not.toHaveProperty('targetKey');
  expect(item).not.toHaveProperty('expiresAt');
});

describe('a lane is unreadable', () => {
  const changed = (change: object, inGroup: object = {}) =>
    fromLaneItem({
      ...toLaneItem(laneOf([])),
      document: JSON.stringify({ tool: [{ ...group, ...inGroup }], ...change }),
    });

  test.each<[string, string]>([
    ['is not JSON', '{'],
    ['is empty', ''],
    ['is another value', '[]'],
    ['has no tool', '{}'],
  ])('when its document %s', (_, document) => {
    expect(fromLaneItem({ ...toLaneItem(laneOf([])), document })).toBe('unreadable');
  });

  test.each<[string, object]>([
    ['a kind of target that does not exist', { kind: 'job' }],
    ['no lessons', { lessons: undefined }],
    ['a lesson without a length', { lessons: [{ targetId: 'B', at: nine, lagMs: 0 }] }],
    ['a sample without a time', { samples: [{ ...sample, dueAt: 'soon' }] }],
    ['a time beyond the calendar', { nextSampleAt: 1e300 }],
  ])('when a topic has %s', (_, inGroup) => {
    expect(changed({}, inGroup)).toBe('unreadable');
  });

  test('when it has a field of a later version, which writing it back would lose', () => {
    expect(changed({})).not.toBe('unreadable');
    expect(changed({ pause: { code: 'KOMBO_UNREACHABLE' } })).toBe('unreadable');
  });
});
