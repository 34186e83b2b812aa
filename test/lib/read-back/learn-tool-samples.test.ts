import { describe, expect, test } from 'vitest';
import { afterSample, type Tool, withSample } from '../../../lib/read-back/learn-tool.ts';
import { compared, found, groupOf, pdfs, sampleOf, wants } from '../../fakes/learnt-tool.ts';
import { day, hour, minute, nine } from '../../fakes/ledger-samples.ts';

describe('which uploads become samples', () => {
  test('the first upload of a topic is a sample', () => {
    expect(wants([], 'A', 10)).toBe(true);
  });

  test('a second upload of the same target is not a sample while the first one waits, but one of another target is', () => {
    const tool = withSample([], pdfs, sampleOf('A', 10));
    expect(wants(tool, 'A', 10)).toBe(false);
    expect(wants(tool, 'A', 99)).toBe(false);
    expect(wants(tool, 'B', 10)).toBe(true);
  });

  test('two samples of a topic may wait together, three may not', () => {
    const tool = withSample(withSample([], pdfs, sampleOf('A', 10)), pdfs, sampleOf('B', 10));
    expect(wants(tool, 'C', 10)).toBe(false);
  });

  test('a sample that was compared leaves the other one waiting', () => {
    const [first, second] = [sampleOf('A', 10), sampleOf('B', 10)];
    const tool = withSample(withSample([], pdfs, first), pdfs, second);
    expect(groupOf(afterSample(tool, pdfs, first, 'not-found', nine))?.samples).toEqual([second]);
  });

  test('after one lesson the next sample is of another target, or longer', () => {
    const tool = found([], 'A', 10);
    expect(wants(tool, 'A', 10)).toBe(false);
    expect(wants(tool, 'A', 9)).toBe(false);
    expect(wants(tool, 'A', 11)).toBe(true);
    expect(wants(tool, 'B', 1)).toBe(true);
  });

  test('once a tool is known to keep bytes, only a longer upload is a sample', () => {
    const tool = found(found([], 'A', 10), 'B', 10);
    expect(wants(tool, 'C', 10)).toBe(false);
    expect(wants(tool, 'C', 11)).toBe(true);
  });

  test('lessons are renewed from their 20th day on', () => {
    const tool = found(found([], 'A', 10), 'B', 10);
    expect(wants(tool, 'A', 10, nine + 20 * day - 1)).toBe(false);
    expect(wants(tool, 'A', 10, nine + 20 * day)).toBe(true);
  });

  test('a tool has at most 40 topics; uploads of a known one are still samples', () => {
    const topics = Array.from({ length: 40 }, (_, n) => ({ ...pdfs, contentType: `text/${n}` }));
    const tool = topics.reduce((known, topic) => found(known, 'A', 10, nine, topic), [] as Tool);
    expect(wants(tool, 'A', 10)).toBe(false);
    expect(wants(tool, 'B', 10, nine, { ...pdfs, contentType: 'text/0' })).toBe(true);
    expect(wants(tool.slice(1), 'A', 10)).toBe(true);
  });
});

describe('a sample that was not found', () => {
  const missed = (times: number): Tool =>
    Array.from({ length: times }).reduce<Tool>((tool) => compared(tool, sampleOf('A', 10), 'not-found'), []);

  test.each([
    [1, hour],
    [2, 2 * hour],
    [3, 4 * hour],
    [5, 16 * hour],
    [6, day],
    [60, day],
  ])('the next sample after %i misses in a row waits for %i ms', (times, pauseMs) => {
    expect(wants(missed(times), 'B', 10, nine + pauseMs - 1)).toBe(false);
    expect(wants(missed(times), 'B', 10, nine + pauseMs)).toBe(true);
  });

  test('a found sample resets the misses, and the next miss pauses for one hour again', () => {
    const again = compared(found(missed(4), 'A', 10), sampleOf('B', 10), 'not-found');
    expect(groupOf(again)).toMatchObject({ missed: 1, nextSampleAt: nine + hour });
  });

  test('a sample that its record contradicts is dropped without a pause', () => {
    expect(groupOf(compared([], sampleOf('A', 10), 'dropped'))).toMatchObject({
      samples: [],
      missed: 0,
      nextSampleAt: 0,
    });
  });
});

describe('a sample whose target could not be read', () => {
  test('an unread sample is tried again after 3:45 min, then after twice as long each time, up to an hour', () => {
    let tool = withSample([], pdfs, sampleOf('A', 10));
    const waits = [1, 2, 3, 4, 5, 6].map(() => {
      const [sample] = groupOf(tool)?.samples ?? [];
      tool = afterSample(tool, pdfs, sample ?? sampleOf('none', 0), 'unreadable', nine);
      return ((groupOf(tool)?.samples[0]?.dueAt ?? 0) - nine) / minute;
    });
    expect(waits).toEqual([3.75, 7.5, 15, 30, 60, 60]);
    expect(groupOf(tool)).toMatchObject({ missed: 0, nextSampleAt: 0 });
  });

  test('an unread sample counts as not found after a day', () => {
    const sample = sampleOf('A', 10);
    expect(groupOf(compared([], sample, 'unreadable', nine + day - 1))?.samples).toHaveLength(1);
    const given = groupOf(compared([], sample, 'unreadable', nine + day));
    expect(given).toMatchObject({ samples: [], missed: 1, nextSampleAt: nine + day + hour });
  });
});
