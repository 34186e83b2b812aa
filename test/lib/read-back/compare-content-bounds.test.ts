import { describe, expect, test } from 'vitest';
import { nine, second } from '../../fakes/ledger-samples.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { serves } from '../../fakes/scripted-kombo.ts';
import { type Answer, compare, cv, filesOf, isOurs, letter, photo } from '../../worlds/compare-world.ts';

describe('the bounds of one look', () => {
  const ofOtherLength = (): ReturnType<Answer> => serves(photo);

  test('a look requests at most 1,000 of 5,000 listed files, and a later look would not do better', async () => {
    const { comparisons, host } = await compare(ofOtherLength, { files: filesOf(5_000) });
    expect(host.opened).toBe(1_000);
    expect(comparisons.filter(({ kind }) => kind === 'different')).toHaveLength(1_000);
    expect(comparisons[999]).toEqual({ kind: 'different' });
    expect(comparisons[1_000]).toEqual({
      kind: 'not-compared',
      reason: 'One check compares at most 1000 files; the target lists 5000.',
      mayPass: false,
    });
  });

  test('a look downloads at most 50 files whole; files of other lengths do not count', async () => {
    const answer = (place: number) => serves(place % 2 === 0 ? letter : photo);
    const { comparisons } = await compare(answer, { files: filesOf(120) });
    const whole = comparisons.filter((_, place) => place % 2 === 0);
    expect(whole.slice(0, 50).every(({ kind }) => kind === 'different')).toBe(true);
    expect(whole.slice(50)).toHaveLength(10);
    for (const left of whole.slice(50)) expect(left).toMatchObject({ kind: 'not-compared', mayPass: false });
    expect(comparisons.filter((_, place) => place % 2 === 1).every(({ kind }) => kind === 'different')).toBe(true);
  });

  test('a look downloads eight files concurrently', async () => {
    const { host } = await compare(ofOtherLength, { files: filesOf(40) });
    expect(host.most).toBe(8);
  });

  test('a comparison ends once one file decides, and starts nothing after it', async () => {
    const answer = (place: number) => serves(place === 0 ? cv : photo);
    const { comparisons, host } = await compare(answer, { files: filesOf(500), decides: isOurs });
    expect(comparisons[0]).toMatchObject({ kind: 'ours' });
    expect(host.opened).toBeLessThanOrEqual(16);
    expect(comparisons.at(-1)).toMatchObject({ kind: 'not-compared', mayPass: true });
  });

  test('a comparison continues after an equal file when that file alone does not decide', async () => {
    const { host } = await compare((place) => serves(place === 0 ? cv : photo), { files: filesOf(100) });
    expect(host.opened).toBe(100);
  });

  test('a comparison starts nothing after the deadline, and a later look may compare the rest', async () => {
    const clock = manualClock(nine);
    const slow = (): ReturnType<Answer> => {
      clock.advance(second);
      return serves(photo);
    };
    const { comparisons, host } = await compare(slow, { files: filesOf(30), clock, durationMs: 10 * second });
    expect(host.opened).toBeLessThan(30);
    expect(comparisons.at(-1)).toEqual({
      kind: 'not-compared',
      reason: 'The check ended before the file was compared.',
      mayPass: true,
    });
  });

  test('with exactly 1,000 listed files, a later look may reach those that had no time left', async () => {
    const { comparisons } = await compare(ofOtherLength, { files: filesOf(1_000), durationMs: 0 });
    expect(comparisons.at(-1)).toMatchObject({ kind: 'not-compared', mayPass: true });
  });

  test('a comparison leaves no timer behind', async () => {
    expect((await compare([cv, letter, photo])).timersLeft).toBe(0);
  });
});
