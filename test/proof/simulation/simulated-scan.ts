import type { ScanCode } from '../../../lib/ledger/latest-verdict.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { fromItem } from '../../../lib/ledger/record-item.ts';
import type { Item } from '../../../lib/ledger/table.ts';
import { type Upload, uploadId } from '../../../lib/upload/upload.ts';
import { type Random, randomFrom } from './random.ts';
import type { World } from './world.ts';

/**
 * The malware scan of a history: verdicts at random times, twice, and in any order.
 * The promise: once the invocation that writes a verdict has ended, no attempt starts that the verdict forbids; one in progress
 * may finish. At the end a file is held by its latest verdict, or is attached and listed, and is never held by an earlier one.
 */
export interface SimulatedScan {
  /** Only a clean verdict starts a delivery. */
  readonly required: boolean;
  /** Plans the verdicts of a new object, each as often and as late as its event. */
  put(upload: Upload, report: (verdict: Verdict, afterMs: number) => void): void;
  began(verdict: Verdict): void;
  ended(verdict: Verdict): void;
  /** Called for each write of the table. */
  sees(before: Item | undefined, item: Item): void;
  /** The broken promises when nothing is due any more. */
  atTheEnd(items: readonly Item[]): readonly string[];
  readonly broken: string[];
}

export interface Verdict {
  readonly id: string;
  readonly code: ScanCode;
  readonly at: number;
}

const minute = 60_000;

/** Separate random numbers, so that a history without a scan keeps its steps. */
export const scanOf = (seed: number, world: Pick<World, 'now'>): SimulatedScan | undefined => {
  const random = randomFrom(seed ^ 0x5ca9);
  return random.chance(0.25) ? simulatedScan(random, world) : undefined;
};

const simulatedScan = (random: Random, { now }: Pick<World, 'now'>): SimulatedScan => {
  const began: Verdict[] = [];
  const written: Verdict[] = [];
  const broken: string[] = [];
  const required = random.chance(0.4);

  /** Verdicts whose write was started but not confirmed: the record may or may not have them. */
  const isCertain = (id: string): boolean =>
    began.every((verdict) => verdict.id !== id || written.some((done) => isSame(done, verdict)));

  return {
    required,
    broken,
    put: (upload, report) => {
      const id = uploadId(upload);
      for (let scans = random.pick([0, 1, 1, 1, 2, 3]); scans > 0; scans -= 1) {
        const afterMs = random.below(random.chance(0.7) ? 8_000 : 20 * minute);
        const at = Math.floor((now() + afterMs) / 1000) * 1000;
        const verdict = { id, code: codeBy(random), at };
        for (let copies = random.pick([1, 1, 1, 2]); copies > 0; copies -= 1)
          report(verdict, afterMs + random.below(random.chance(0.3) ? 30 * minute : 3_000));
      }
    },
    began: (verdict) => void began.push(verdict),
    ended: (verdict) => void written.push(verdict),
    sees: (before, item) => {
      if (item.status !== 'sending' || before?.status === 'sending') return;
      const forbids = written.find(
        (verdict) =>
          verdict.id === item.pk &&
          verdict.code !== 'clean' &&
          !began.some((other) => other.id === item.pk && other.code === 'clean' && outweighs(other, verdict)),
      );
      if (forbids) broken.push(`sent in spite of a verdict: …${item.pk.slice(-8)} after ${forbids.code}`);
    },
    atTheEnd: (items) =>
      items.flatMap((item) => {
        const latest = written
          .filter(({ id }) => id === item.pk)
          .reduce((a: Verdict | undefined, b) => (a && !outweighs(b, a) ? a : b), undefined);
        return latest && isCertain(item.pk) ? wrongAtTheEnd(latest, item) : [];
      }),
  };
};

const codeBy = (random: Random): ScanCode =>
  random.pick([
    'clean',
    'clean',
    'clean',
    'SCAN_THREAT_FOUND',
    'SCAN_THREAT_FOUND',
    random.pick(['SCAN_FAILED', 'SCAN_DENIED', 'SCAN_UNSUPPORTED', 'SCAN_VERDICT_UNKNOWN']),
  ]);

const isSame = (a: Verdict, b: Verdict): boolean => a.id === b.id && a.code === b.code && a.at === b.at;

/** Written independently, from the design: the result of a scan outweighs a failed scan, then the newer, then the worse. */
const fromLeast = [
  ['SCAN_FAILED', 'SCAN_DENIED', 'SCAN_UNSUPPORTED'],
  ['clean', 'SCAN_VERDICT_UNKNOWN', 'SCAN_THREAT_FOUND'],
];
const outweighs = (a: Verdict, b: Verdict): boolean => {
  const [one, two] = [a, b].map(({ code, at }) => {
    const group = fromLeast.findIndex((codes) => codes.includes(code));
    return [group, at, fromLeast[group]?.indexOf(code) ?? 0];
  }) as [number[], number[]];
  const first = one.findIndex((value, place) => value !== two[place]);
  return first !== -1 && (one[first] ?? 0) > (two[first] ?? 0);
};

const wrongAtTheEnd = ({ code }: Verdict, item: Item): readonly string[] => {
  const { state }: LedgerRecord = fromItem(item);
  const name = `…${item.pk.slice(-8)}`;
  const isListed = item.workShard?.startsWith('held#') === true;
  if (code === 'clean') {
    const isHeldByScan = isListed && item.code?.startsWith('SCAN_');
    return isHeldByScan ? [`stuck: ${name} is clean and is listed for ${item.code}`] : [];
  }
  if (isListed && item.code === code) return [];
  return [`verdict dropped: ${name} is ${state.status} (${item.code}), and its latest verdict is ${code}`];
};
