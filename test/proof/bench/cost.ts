import type { Summary } from './statistics.ts';

/**
 * The cost of a million CVs on AWS. Prices: us-east-1, on demand, arm64, in US dollars; infra/README.md has the source of each.
 * Kombo's own time is an assumption: it calls the ATS while we wait, and AWS bills the function for waiting.
 */
export const assumptions = {
  lambdaPerGbSecond: 0.0000133334,
  lambdaPerRequest: 0.2 / 1e6,
  s3PerGet: 0.4 / 1e6,
  s3PerList: 5 / 1e6,
  dynamoDbPerWrite: 0.625 / 1e6,
  dynamoDbPerRead: 0.125 / 1e6,
  logsPerGb: 0.5,
  /** Write units: the claim also writes both indexes, the settlement removes the record from one of them. Records stay under 1 kB. */
  ledgerWritesPerCv: 5,
  /**
   * The lane and the account, which concurrent CVs share, are counted for each CV here. In addition, half a unit for the query
   * of the target's other uploads; a CV with the same bytes as an earlier upload of its key costs one more.
   */
  ledgerReadsPerCv: 2.5,
  logBytesPerCv: 1_500,
  komboMs: 2_000,
  /** About the time in which S3 answers a listing of 1,000 objects. */
  listMs: 200,
  /** CPU time for parsing such an answer, measured with warm code. */
  listCpuMs: 20,
  /** Lambda gives a function CPU in proportion to its memory: one vCPU at this size. */
  mbPerVcpu: 1_769,
} as const;

export interface CostInput {
  readonly name: string;
  /** One CV with a Kombo that answers immediately, on a whole CPU: its duration, and the CPU time of all threads. */
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly memoryMb: number;
  readonly ledger: boolean;
}

export interface Cost {
  readonly name: string;
  readonly dollarsPerMillion: number;
  /** The sum, written out. */
  readonly arithmetic: string;
}

/**
 * Share of a CPU. More than one vCPU does not make a delivery faster: almost all of its CPU time is on one thread.
 * @see AWS Lambda Developer Guide, "Configure Lambda function memory"
 */
export const cpuShare = (memoryMb: number): number => Math.min(1, memoryMb / assumptions.mbPerVcpu);

export const costOf = ({ name, wallMs, cpuMs, memoryMb, ledger }: CostInput): Cost => {
  const a = assumptions;
  const share = cpuShare(memoryMb);
  // The CPU time of several threads can exceed the duration; then none of it was waiting.
  const waitingMs = Math.max(0, wallMs - cpuMs);
  const seconds = (a.komboMs + waitingMs + cpuMs / share) / 1_000;
  const parts = {
    compute: seconds * (memoryMb / 1_024) * a.lambdaPerGbSecond * 1e6,
    requests: a.lambdaPerRequest * 1e6,
    S3: a.s3PerGet * 1e6,
    ...(ledger && {
      ledger: (a.ledgerWritesPerCv * a.dynamoDbPerWrite + a.ledgerReadsPerCv * a.dynamoDbPerRead) * 1e6,
    }),
    ...(ledger && { logs: a.logBytesPerCv * 1e6 * 1e-9 * a.logsPerGb }),
  };
  const dollarsPerMillion = Object.values(parts).reduce((sum, part) => sum + part, 0);
  const own = `${waitingMs.toFixed(1)} ms + ${cpuMs.toFixed(2)} ms CPU / ${share.toFixed(3)}`;
  const compute =
    `${a.komboMs / 1_000} s + ${own} = ` +
    `${seconds.toFixed(3)} s x ${memoryMb / 1_024} GB x $${a.lambdaPerGbSecond.toFixed(10)} x 1e6`;
  const sum = Object.entries(parts).map(([part, dollars]) => `${part} ${dollars.toFixed(2)}`);
  return { name, dollarsPerMillion, arithmetic: `${compute}; ${sum.join(' + ')}` };
};

const hoursPerMonth = 730;
/** The maximum number of objects in a page of a listing. */
const objectsPerList = 1_000;

/** The cost of a month of hourly sweeps of a million kept objects: their listing, and its run time. */
export const sweepCost = ({ everyMs, memoryMb }: SweepCostInput): number => {
  const lists = ((hoursPerMonth * 3_600_000) / everyMs) * (1e6 / objectsPerList);
  const seconds = (assumptions.listMs + assumptions.listCpuMs / cpuShare(memoryMb)) / 1_000;
  return lists * (assumptions.s3PerList + seconds * (memoryMb / 1_024) * assumptions.lambdaPerGbSecond);
};

interface SweepCostInput {
  readonly everyMs: number;
  readonly memoryMb: number;
}

/** Lambda's memory for a measured peak: half as much again for what was not measured, in steps of 64 MB; the minimum is 128 MB. */
export const memoryFor = (peakBytes: number): number => Math.max(128, Math.ceil((peakBytes * 1.5) / 2 ** 20 / 64) * 64);

/** Each with the memory for its own highest peak, with four files of 10 MB in one event: with less, Lambda would end it. */
export const costsOf = ({ bursts, cvs }: CostsInput): Cost[] =>
  bursts.flatMap(({ contender: name, peakBytes }) => {
    const cv = cvs.find(({ contender, concurrency }) => contender === name && concurrency === 1);
    if (!cv) return [];
    const [wallMs, cpuMs] = [cv.wallMsPerCv.median, cv.cpuMsPerCv.median];
    return [costOf({ name, wallMs, cpuMs, memoryMb: memoryFor(peakBytes.highest), ledger: name === 'ours' })];
  });

interface CostsInput {
  readonly bursts: readonly { readonly contender: string; readonly peakBytes: Summary }[];
  readonly cvs: readonly {
    readonly contender: string;
    readonly concurrency: number;
    readonly wallMsPerCv: Summary;
    readonly cpuMsPerCv: Summary;
  }[];
}
