import { expect, test } from 'vitest';
import { type Ending, judgeEnding } from './ending.ts';
import { coursesOf, isFlat } from './flat.ts';
import { integrationsFor, phaseAt, plannedCv } from './plan.ts';
import { plotOf } from './plot.ts';
import { reportOf } from './report.ts';
import type { Sample } from './samples.ts';

const megabyte = 1_000_000;

/** A steady phase of 60 samples of one process, which grows by this much from one sample to the next. */
const steady = ({ bytes = 0, handles = 0 }): readonly Sample[] =>
  Array.from({ length: 60 }, (_, index) => ({
    atMs: index * 2_000,
    phase: 'steady',
    uploaded: index * 10,
    attached: index * 9,
    processes: [{ pid: 7, name: 'on-upload', rssBytes: 100 * megabyte + index * bytes, handles: 30 + index * handles }],
  }));

const ending: Ending = { uploaded: 600, attached: 600, lost: 0, doubled: 0, others: {} };
const soakOf = (change: Partial<Ending>, samples = steady({})) => ({
  samples,
  ending: { ...ending, ...change },
  kills: 3,
  deliveries: 700,
  seconds: 120,
});

test.each([
  ['a process that uses as much late as early passes', {}, true],
  ['a process whose memory grows by a megabyte with each sample fails', { bytes: megabyte }, false],
  ['a process that keeps another handle open with each sample fails', { handles: 1 }, false],
])('in the soak, %s', (_, growth, isFine) => {
  const [course, ...others] = coursesOf(steady(growth));
  expect(others).toEqual([]);
  expect(course && isFlat(course)).toBe(isFine);
  expect(reportOf(soakOf({}, steady(growth))).isGood).toBe(isFine);
});

test('the soak does not judge a process that did not run for the whole steady phase', () => {
  const samples = steady({ bytes: megabyte }).map((sample, index) =>
    index > 50 ? { ...sample, processes: [] } : sample,
  );
  expect(coursesOf(samples)).toEqual([]);
  expect(reportOf(soakOf({}, samples)).text).toContain('were not judged');
});

test.each([
  [{ lost: 1 }, '1 lost'],
  [{ doubled: 2 }, '2 doubled'],
  [{ attached: 599, others: { held: 1 } }, 'not attached: 1 held'],
])('a result with %j fails the soak', (change, says) => {
  const { text, isGood } = reportOf(soakOf(change));
  expect(isGood).toBe(false);
  expect(text).toContain(says);
});

test('the soak counts a waiting CV as neither attached nor lost, and an attached one without a copy at Kombo as lost', () => {
  const cvs = [
    { status: 'attached', copies: 1 },
    { status: 'attached', copies: 0 },
    { status: 'unseen', copies: 0 },
    { status: 'waiting', copies: 0 },
    { status: 'held', copies: 2 },
  ];
  const others = { unseen: 1, waiting: 1, held: 1 };
  expect(judgeEnding(cvs)).toEqual({ uploaded: 5, attached: 2, lost: 2, doubled: 1, others });
});

test('each CV of a soak has its own candidate, and the same seed plans the same CVs', () => {
  const plan = { cvs: 400, integrations: integrationsFor(50), seed: 3 };
  const cvs = Array.from({ length: plan.cvs }, (_, number) => plannedCv(number, plan));
  expect(new Set(cvs.map(({ candidateId }) => candidateId)).size).toBe(plan.cvs);
  expect(new Set(cvs.map(({ key }) => key.split('/')[1])).size).toBe(50);
  expect(plannedCv(17, plan)).toEqual(cvs[17]);
  const faulty = cvs.flatMap(({ candidateId }, number) => (candidateId.startsWith('fault-') ? number / plan.cvs : []));
  expect(faulty.length).toBeGreaterThan(3);
  expect(new Set(faulty.map(phaseAt))).not.toContain('steady');
});

test('the picture of the soak has a line for each function, and a mark at the start of each phase', () => {
  const picture = plotOf([...steady({}).map((sample) => ({ ...sample, phase: 'kills' as const })), ...steady({})]);
  expect(picture.match(/stroke-dasharray/g)).toHaveLength(2);
  expect(picture.match(/stroke-width="1.5"/g)).toHaveLength(3);
});
