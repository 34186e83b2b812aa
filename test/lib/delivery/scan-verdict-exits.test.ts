import { beforeEach, describe, expect, test } from 'vitest';
import type { Courier } from '../../../lib/courier.ts';
import { noteVerdict } from '../../../lib/delivery/scan-verdict.ts';
import { openVerdict, type ScanCode, scanCodes } from '../../../lib/ledger/latest-verdict.ts';
import type { LedgerEvent } from '../../../lib/ledger/ledger-event.ts';
import type { LedgerRecord, State } from '../../../lib/ledger/record.ts';
import { toItem } from '../../../lib/ledger/record-item.ts';
import { decide, type OperatorDecision } from '../../../lib/operator/decide.ts';
import { forget } from '../../../lib/operator/forget.ts';
import { uploadId } from '../../../lib/upload/upload.ts';
import * as samples from '../../fakes/ledger-samples.ts';
import { minute, nine, type StateName, second, states } from '../../fakes/ledger-samples.ts';
import { type CourierWorld, courierWorld, key, reason } from '../../worlds/courier-world.ts';

/**
 * No verdict is a dead end: what each verdict that is not clean makes of each state, and how that state is left,
 * written by hand from the design. `listed` is attached and among the held; `held+` is held because of a fault as well;
 * `maybe` is held and may be delivered, `maybe+` also because of a fault; `-` is not allowed. `clean` is a newer
 * verdict; `retry` is one of this key with `force` and a reason, which releases no threat.
 * Every state can also be left by deleting the object and forgetting the record; only a delivery in progress must end
 * first.
 */
const byHand = `
state       verdict   clean     retry     resolve
none        held      attached  waiting   rejected
sending     sending   sending   -         -
expired     sending   unknown   -         -
attached    listed    attached  -         attached
waiting     held      attached  waiting   rejected
due         held      attached  waiting   rejected
unknown     unknown   unknown   unknown   attached
held        held+     held      waiting   rejected
doubtful    maybe+    maybe     unknown   attached
scanned     held      attached  waiting   rejected
scandoubt   maybe     unknown   unknown   attached
rejected    held      attached  waiting   rejected
refused     rejected  attached  waiting   -
superseded  held      attached  waiting   rejected
`;

/** What ends a delivery or a doubt, and what becomes of the verdict that was written beside it. */
const endings: readonly (readonly [from: StateName, ending: LedgerEvent, now: number, to: string])[] = [
  ['sending', { kind: 'delivered', owner: 'owner-A', warnings: [], sent: sentAs() }, nine, 'listed'],
  ['sending', { kind: 'same-bytes', owner: 'owner-A', attachedAt: nine }, nine, 'listed'],
  ['sending', failed('waiting'), nine, 'held'],
  ['sending', failed('held'), nine, 'held+'],
  ['sending', failed('rejected'), nine, 'held'],
  ['sending', failed('superseded'), nine, 'held'],
  ['sending', failed('unknown'), nine, 'unknown'],
  ['expired', { kind: 'lease-expired', dueAt: nine }, nine + minute, 'unknown'],
  ['unknown', { kind: 'found' }, nine, 'listed'],
  ['unknown', { kind: 'looked', counts: 'absent', dueAt: nine }, nine, 'unknown'],
  ['unknown', { kind: 'absent', dueAt: nine }, nine, 'held'],
  ['unknown', { kind: 'undecidable', failure: fault() }, nine, 'maybe+'],
];

function fault() {
  return { code: 'KOMBO_BROKE_OFF', detail: 'The connection broke.' } as const;
}
function failed(as: 'waiting' | 'held' | 'rejected' | 'superseded' | 'unknown'): LedgerEvent {
  return { kind: 'failed', owner: 'owner-A', as, failure: fault(), dueAt: nine + minute };
}
function sentAs() {
  return { name: 'CV.pdf', type: 'CV', contentType: 'application/pdf' } as const;
}

let world: CourierWorld;
let courier: Courier;
const { sizeBytes: _, ...upload } = samples.upload;
const recordIn = (state: State): LedgerRecord => samples.recordIn(state, { upload });
const id = uploadId(upload);
beforeEach(() => {
  world = courierWorld();
  courier = world.newFunction();
  world.put(key, { etag: upload.etag });
});

const note = (code: ScanCode, at: number) =>
  world.run(noteVerdict(upload, { code, at }, world.deadline(), world.newFunction()));

const record = async (): Promise<LedgerRecord> => world.recordOf(upload);
const write = (next: LedgerRecord): void => void world.table.items.set(id, toItem(next, 400));

const nameOf = ({ state, verdict }: LedgerRecord): string => {
  if (state.status === 'attached') return openVerdict(verdict) ? 'listed' : 'attached';
  if (state.status !== 'held') return state.status;
  return `${state.mayBeDelivered ? 'maybe' : 'held'}${state.otherwise ? '+' : ''}`;
};

/** By code alone, so that a verdict acknowledged before does not count as a blocking one. */
const isBlocked = ({ state, verdict }: LedgerRecord): boolean =>
  openVerdict(verdict) !== undefined && state.status !== 'rejected';

const [, ...rows] = byHand.trim().split('\n');
const table = rows.map((row) => {
  const [from = '', verdict = '', clean = '', retry = '', resolve = ''] = row.split(/ +/);
  return { from, verdict, clean, retry, resolve };
});
const codes = scanCodes.filter((code) => code !== 'clean');
const cases = codes.flatMap((code) =>
  table.map((row) => {
    // A retry of a file that may have been delivered reads the target only.
    const isRefused = code === 'SCAN_THREAT_FOUND' && row.from !== 'unknown';
    return { code, ...row, ...(isRefused && { retry: '-' }) };
  }),
);

const begin = async (from: string, code: ScanCode): Promise<void> => {
  const state: State | undefined = from === 'none' ? undefined : states[from as StateName];
  if (state) write(recordIn(state));
  await note(code, nine);
};

describe('each state and each verdict that is not clean', () => {
  test('the table of scan verdicts has a row for each state', () => {
    expect(table.map(({ from }) => from)).toEqual(['none', ...Object.keys(states)]);
  });

  test.each(cases)(
    'the scan verdict $code on a record in state $from gives $verdict',
    async ({ code, from, verdict }) => {
      await begin(from, code);
      expect(nameOf(await record())).toBe(verdict);
      expect((await record()).verdict).toEqual({ code, at: nine });
    },
  );

  test.each(cases)(
    'the scan verdict $code on a record in state $from, then a newer clean verdict, gives $clean',
    async ({ code, from, clean }) => {
      await begin(from, code);
      await note('clean', nine + second);
      expect(nameOf(await record())).toBe(clean);
      expect((await record()).verdict).toEqual({ code: 'clean', at: nine + second });
    },
  );

  test.each(cases)(
    'the scan verdict $code on a record in state $from, then a retry by force, gives $retry',
    async ({ code, from, retry }) => {
      await begin(from, code);
      const decided = await decide(await record(), { kind: 'retry', reason, force: true }, courier);
      expect(decided.done ? nameOf(decided.record) : '-').toBe(retry);
      // Of a file that may have been delivered, a retry reads the target only.
      if (decided.done) expect(isBlocked(decided.record)).toBe(from === 'unknown');
    },
  );

  test.each(cases)(
    'the scan verdict $code on a record in state $from, then a resolve, gives $resolve',
    async ({ code, from, resolve }) => {
      await begin(from, code);
      const decided = await decide(await record(), { kind: 'resolve', reason }, courier);
      expect(decided.done ? nameOf(decided.record) : '-').toBe(resolve);
      if (decided.done) expect(isBlocked(decided.record)).toBe(false);
    },
  );

  test.each(cases)(
    'the scan verdict $code on a record in state $from is left by deleting the object and forgetting the record',
    async ({ code, from, verdict }) => {
      await begin(from, code);
      world.bucket.clear();
      const entry = { id, readable: true, record: await record() } as const;
      const { erased } = await forget([entry], world.deadline().signal, courier);
      expect(erased).toEqual(verdict === 'sending' ? [] : [id]);
    },
  );
});

describe('a verdict beside a delivery or a doubt', () => {
  test.each(endings)(
    'a verdict written beside a delivery or a doubt: %s, then %j at %i, gives %s',
    async (from, ending, now, to) => {
      await begin(from, 'SCAN_THREAT_FOUND');
      world.clock.advance(now - nine);
      await courier.ledger.apply(await record(), ending);
      expect(nameOf(await record())).toBe(to);
    },
  );

  test.each(endings)(
    'a clean verdict written beside a delivery or a doubt: %s, then %j at %i, ends as without any verdict',
    async (from, ending, now) => {
      write(recordIn(states[from]));
      world.clock.advance(now - nine);
      await courier.ledger.apply(await record(), ending);
      const without = nameOf(await record());
      write(recordIn(states[from]));
      await note('SCAN_THREAT_FOUND', nine);
      await note('clean', nine + second);
      await courier.ledger.apply(await record(), ending);
      expect(nameOf(await record())).toBe(without);
    },
  );
});

describe('a threat', () => {
  const decisions: readonly OperatorDecision[] = [
    { kind: 'retry', reason },
    { kind: 'retry', reason, force: true },
    { kind: 'resend', reason },
  ];
  test.each(decisions)('a file with a threat is not released by the decision %j', async (decision) => {
    await begin('none', 'SCAN_THREAT_FOUND');
    expect(await decide(await record(), decision, courier)).toMatchObject({ done: false, why: 'threat' });
  });

  test.each(decisions)('a file with a threat that was acknowledged before is not released by %j', async (decision) => {
    const held = samples.recordIn(states.held, {
      upload,
      verdict: { code: 'SCAN_THREAT_FOUND', at: nine, acknowledged: true },
    });
    write(held);
    expect(await decide(held, decision, courier)).toMatchObject({ done: false, why: 'threat' });
  });

  test('a released file stays released when its verdict comes again, and is held when a threat is found', async () => {
    await begin('none', 'SCAN_UNSUPPORTED');
    await decide(await record(), { kind: 'retry', reason, force: true }, courier);
    await note('SCAN_UNSUPPORTED', nine + second);
    expect(nameOf(await record())).toBe('waiting');
    await note('SCAN_THREAT_FOUND', nine + second);
    expect(nameOf(await record())).toBe('held');
  });

  test("a threat that is reported during an operator's decision stops the decision", async () => {
    write(recordIn(states.doubtful));
    const shown = await record();
    await note('SCAN_THREAT_FOUND', nine);
    const decided = await decide(shown, { kind: 'resolve', reason }, courier);
    expect(decided).toMatchObject({ done: false, why: 'verdict' });
    expect(nameOf(await record())).toBe('maybe+');
  });

  test('the sweep does not take a file with a threat that an operator has refused for a newer upload', async () => {
    const at = world.clock.now();
    world.put(key, { etag: upload.etag, modifiedAt: at });
    world.env.REQUIRE_SCAN = 'true';
    await begin('none', 'SCAN_THREAT_FOUND');
    await decide(await record(), { kind: 'resolve', reason }, courier);
    for (let run = 0; run < 20; run += 1) {
      world.clock.advance(5 * minute);
      await world.runSchedule();
    }
    expect(nameOf(await record())).toBe('rejected');
    expect(world.kombo.posts).toEqual([]);
  });

  test('a file with a threat that an operator has refused is not sent when the same bytes are uploaded again', async () => {
    await begin('none', 'SCAN_THREAT_FOUND');
    await decide(await record(), { kind: 'resolve', reason }, courier);
    world.clock.advance(minute);
    const again = { ...upload, versionId: 'version-2', modifiedAt: world.clock.now() };
    const claim = { kind: 'claim', upload: again, owner: 'owner-B', leaseUntil: nine + 9 * minute } as const;
    expect(await courier.ledger.claim(claim)).toMatchObject({ written: false });
  });
});
