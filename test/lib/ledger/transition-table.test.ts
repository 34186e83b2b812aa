import { describe, expect, test } from 'vitest';
import { formsOf, type LedgerEvent, type LedgerEventKind } from '../../../lib/ledger/ledger-event.ts';
import { moves, situationOf } from '../../../lib/ledger/moves.ts';
import type { LedgerRecord, State } from '../../../lib/ledger/record.ts';
import { transition } from '../../../lib/ledger/transition.ts';
import { answerLost, minute, nine, recordIn, states as samples, target, upload } from '../../fakes/ledger-samples.ts';

/**
 * The next state for each state and each event, written by hand from the design; `-` is not allowed.
 * Columns: `none` is no record; `sending` is owned by A under a running lease, `expired` the same with an ended lease;
 * `waiting` is due in a minute, `due` now; `doubtful` is held and may be delivered; `scanned` is held by a scan verdict
 * alone, `scandoubt` the same and may be delivered, `scanfault` because of something else as well; `refused` is
 * rejected because of its verdict. No record here has a verdict beside its state (see scan-verdict.test.ts).
 * No column is a pause: a lane is paused, and its files stay as they are.
 */
const byHand = `
event                  none       sending    expired    attached   waiting    due        unknown    held       doubtful   scanned    scandoubt  rejected   refused    superseded scanfault
claim                  sending    -          -          -          -          sending    -          -          -          -          -          -          -          sending    -
claim, early           sending    -          -          -          sending    sending    -          -          -          -          -          -          -          sending    -
claim, new version     sending    -          -          -          -          sending    -          -          -          -          -          sending    sending    sending    -
claim, clean scan      sending    -          -          -          -          sending    -          -          -          sending    -          -          sending    sending    -
postponed              waiting    -          -          -          -          -          -          -          -          -          -          -          -          waiting    -
postponed, new version waiting    -          -          -          -          -          -          -          -          -          -          waiting    waiting    waiting    -
postponed, clean scan  waiting    -          -          -          -          -          -          -          -          waiting    -          -          waiting    waiting    -
doubted                unknown    -          -          -          unknown    unknown    -          -          -          -          -          -          -          unknown    -
doubted, new version   unknown    -          -          -          unknown    unknown    -          -          -          -          -          unknown    unknown    unknown    -
doubted, clean scan    unknown    -          -          -          unknown    unknown    -          -          -          unknown    -          -          unknown    unknown    -
delivered by A         -          attached   attached   -          -          -          -          -          -          -          -          -          -          -          -
delivered by B         -          -          -          -          -          -          -          -          -          -          -          -          -          -          -
delivered late         -          -          -          -          -          -          attached   -          attached   -          attached   -          -          -          -
delivered elsewhen     -          -          -          -          -          -          -          -          -          -          -          -          -          -          -
same bytes, by A       -          attached   attached   -          -          -          -          -          -          -          -          -          -          -          -
same bytes, by B       -          -          -          -          -          -          -          -          -          -          -          -          -          -          -
A: waiting             -          waiting    waiting    -          -          -          -          -          -          -          -          -          -          -          -
A: unknown             -          unknown    unknown    -          -          -          -          -          -          -          -          -          -          -          -
A: held                -          held       held       -          -          -          -          -          -          -          -          -          -          -          -
A: rejected            -          rejected   rejected   -          -          -          -          -          -          -          -          -          -          -          -
A: superseded          -          superseded superseded -          -          -          -          -          -          -          -          -          -          -          -
B: waiting             -          -          -          -          -          -          -          -          -          -          -          -          -          -          -
B: unknown             -          -          -          -          -          -          -          -          -          -          -          -          -          -          -
B: held                -          -          -          -          -          -          -          -          -          -          -          -          -          -          -
B: rejected            -          -          -          -          -          -          -          -          -          -          -          -          -          -          -
lease expired          -          -          unknown    -          -          -          -          -          -          -          -          -          -          -          -
found                  -          -          -          -          -          -          attached   -          attached   -          attached   -          -          -          -
looked                 -          -          -          -          -          -          unknown    -          -          -          -          -          -          -          -
absent                 -          -          -          -          -          -          waiting    -          -          -          -          -          -          -          -
undecidable            -          -          -          -          -          -          doubtful   -          -          -          -          -          -          -          -
threat found           held       sending    sending    attached   held       held       unknown    held       doubtful   held       doubtful   held       rejected   held       held
threat, restored       held       sending    sending    attached   unknown    unknown    unknown    unknown    doubtful   unknown    doubtful   unknown    rejected   unknown    unknown
found clean            -          sending    sending    attached   waiting    waiting    unknown    held       doubtful   -          unknown    rejected   -          superseded held
no verdict             held       -          -          -          -          -          -          -          -          -          -          -          -          held       -
no verdict, new        held       -          -          -          -          -          -          -          -          -          -          held       held       held       -
retry                  -          -          -          -          waiting    waiting    unknown    waiting    unknown    waiting    unknown    waiting    waiting    waiting    waiting
retry, restored        -          -          -          -          unknown    unknown    unknown    unknown    unknown    unknown    unknown    unknown    unknown    unknown    unknown
resend                 -          -          -          waiting    waiting    waiting    waiting    waiting    waiting    waiting    waiting    waiting    waiting    waiting    waiting
resolve                -          -          -          -          -          -          attached   rejected   attached   rejected   attached   -          -          -          rejected
`;

const clean = { code: 'clean', at: nine } as const;
const threat = { code: 'SCAN_THREAT_FOUND', at: nine } as const;
const claim = { kind: 'claim', upload, target, owner: 'owner-C', leaseUntil: nine + 7 * minute } as const;
const postponed = {
  kind: 'postponed',
  upload,
  target,
  attachmentType: 'CV',
  failure: answerLost,
  dueAt: nine,
} as const;
/** Written before the restore, like all records here. */
const doubted = {
  kind: 'doubted',
  upload,
  target,
  attachmentType: 'CV',
  restored: { since: nine - minute, at: nine + minute },
} as const;
const delivered = {
  kind: 'delivered',
  warnings: [],
  sent: { name: 'CV.pdf', type: 'CV', contentType: 'application/pdf' },
} as const;
const failed = { kind: 'failed', failure: answerLost, dueAt: nine + minute } as const;

const events: Readonly<Record<string, LedgerEvent>> = {
  claim: claim,
  'claim, early': { ...claim, early: true },
  'claim, new version': { ...claim, upload: { ...upload, versionId: 'version-2' } },
  'claim, clean scan': { ...claim, verdict: clean },
  postponed: { ...postponed },
  'postponed, new version': { ...postponed, upload: { ...upload, versionId: 'version-2' } },
  'postponed, clean scan': { ...postponed, verdict: clean },
  doubted,
  'doubted, new version': { ...doubted, upload: { ...upload, versionId: 'version-2' } },
  'doubted, clean scan': { ...doubted, verdict: clean },
  'delivered by A': { ...delivered, owner: 'owner-A' },
  'delivered by B': { ...delivered, owner: 'owner-B' },
  'delivered late': { ...delivered, kind: 'delivered-late', attempt: 1 },
  'delivered elsewhen': { ...delivered, kind: 'delivered-late', attempt: 2 },
  'same bytes, by A': { kind: 'same-bytes', owner: 'owner-A', attachedAt: nine - minute },
  'same bytes, by B': { kind: 'same-bytes', owner: 'owner-B', attachedAt: nine - minute },
  'A: waiting': { ...failed, as: 'waiting', owner: 'owner-A' },
  'A: unknown': { ...failed, as: 'unknown', owner: 'owner-A' },
  'A: held': { ...failed, as: 'held', owner: 'owner-A' },
  'A: rejected': { ...failed, as: 'rejected', owner: 'owner-A' },
  'A: superseded': { ...failed, as: 'superseded', owner: 'owner-A' },
  'B: waiting': { ...failed, as: 'waiting', owner: 'owner-B' },
  'B: unknown': { ...failed, as: 'unknown', owner: 'owner-B' },
  'B: held': { ...failed, as: 'held', owner: 'owner-B' },
  'B: rejected': { ...failed, as: 'rejected', owner: 'owner-B' },
  'lease expired': { kind: 'lease-expired', dueAt: nine + minute },
  found: { kind: 'found' },
  looked: { kind: 'looked', counts: 'absent', dueAt: nine + 5 * minute },
  absent: { kind: 'absent', dueAt: nine },
  undecidable: { kind: 'undecidable', failure: answerLost },
  'threat found': { kind: 'scanned', upload, target, verdict: threat },
  'threat, restored': { kind: 'scanned', upload, target, verdict: threat, restored: doubted.restored },
  'found clean': { kind: 'scanned', upload, target, verdict: clean },
  'no verdict': { kind: 'unscanned', upload, target },
  'no verdict, new': { kind: 'unscanned', upload: { ...upload, versionId: 'version-2' }, target },
  retry: { kind: 'retry', reason: 'The ATS is back.' },
  'retry, restored': { kind: 'retry', reason: 'The ATS is back.', restored: doubted.restored },
  resend: { kind: 'resend', reason: 'The recruiter deleted it by mistake.' },
  resolve: { kind: 'resolve', reason: 'It is there, I have looked.' },
};

/** Every kind of event: a new one does not compile until the table has it. */
const kinds: Readonly<Record<LedgerEventKind, true>> = {
  claim: true,
  postponed: true,
  doubted: true,
  delivered: true,
  'delivered-late': true,
  'same-bytes': true,
  failed: true,
  'lease-expired': true,
  found: true,
  looked: true,
  absent: true,
  undecidable: true,
  scanned: true,
  unscanned: true,
  retry: true,
  resend: true,
  resolve: true,
};

const [header = '', ...rows] = byHand.trim().split('\n');
const columns = header.slice(23).trim().split(/\s+/);
const cells = rows.flatMap((row) => {
  const name = row.slice(0, 23).trim();
  const expected = row.slice(23).trim().split(/\s+/);
  return columns.map((column, at) => ({ event: name, from: column, to: expected[at] ?? 'missing' }));
});

const states: Readonly<Record<string, State>> = {
  ...samples,
  scanfault: { ...samples.scanned, otherwise: samples.held.failure },
};

const nameOf = (state: State): string => {
  if (state.status !== 'held') return state.status;
  return state.mayBeDelivered ? 'doubtful' : 'held';
};

/** What `docs/states.md` says about it: that page is printed from `moves`. */
const printed = (record: LedgerRecord | undefined, event: LedgerEvent) =>
  formsOf(event, record)
    .map((form) => moves[form][situationOf(record?.state)])
    .find((status) => status !== undefined);

const outcome = (from: string, event: LedgerEvent | undefined, change: Partial<LedgerRecord> = {}): string => {
  const state = states[from];
  return outcomeOf(state && recordIn(state, change), event);
};

const outcomeOf = (record: LedgerRecord | undefined, event: LedgerEvent | undefined): string => {
  if (!event) return 'no such event';
  const result = transition(record, event, nine, 'write-2');
  if (result) expect(printed(record, event)).toBe(result.state.status);
  return result ? nameOf(result.state) : '-';
};

test.each(cells)('$event: $from becomes $to', ({ event, from, to }) => {
  expect(outcome(from, events[event])).toBe(to);
});

test.each([
  ['A: waiting', 'sending', 'held'],
  ['A: unknown', 'sending', 'unknown'],
  ['A: held', 'sending', 'held'],
  ['A: rejected', 'sending', 'held'],
  ['A: superseded', 'sending', 'held'],
  ['lease expired', 'expired', 'unknown'],
  ['absent', 'unknown', 'held'],
  ['looked', 'unknown', 'unknown'],
  ['resolve', 'attached', 'attached'],
  // Its verdict is older than the known one.
  ['doubted, clean scan', 'scanned', '-'],
])('with an open verdict beside the state, %s: %s becomes %s', (event, from, to) => {
  expect(outcome(from, events[event], { verdict: { ...threat, at: nine + 1 } })).toBe(to);
});

test.each([
  ['threat found', 'waiting', 'waiting'],
  ['threat found', 'held', 'held'],
  ['threat found', 'superseded', 'superseded'],
  ['A: waiting', 'sending', 'waiting'],
])('with an acknowledged verdict of the same kind, %s: %s becomes %s', (event, from, to) => {
  expect(outcome(from, events[event], { verdict: { ...threat, at: nine - 1, acknowledged: true } })).toBe(to);
});

test('with an acknowledged verdict of another kind, a threat holds a waiting file', () => {
  const verdict = { code: 'SCAN_FAILED', at: nine - 1, acknowledged: true } as const;
  expect(outcome('waiting', events['threat found'], { verdict })).toBe('held');
});

test('with a clean verdict beside it, a file that the scan holds can be claimed only by a clean verdict', () => {
  expect(outcome('scanned', events.claim, { verdict: clean })).toBe('-');
});

test.each([
  [undefined, 'rejected'],
  [threat, 'held'],
])('an expired lease without a target and with the verdict %j becomes %s', (verdict, to) => {
  const { target: _, ...nowhere } = recordIn(samples.expired, { verdict });
  expect(outcomeOf(nowhere, events['lease expired'])).toBe(to);
});

describe('the table is complete', () => {
  test('each event has a row in the table, and each row an event', () => {
    expect(rows.map((row) => row.slice(0, 23).trim())).toEqual(Object.keys(events));
  });

  test('each kind of event has a row in the table', () => {
    expect(new Set(Object.values(events).map(({ kind }) => kind))).toEqual(new Set(Object.keys(kinds)));
  });

  test('each state of the samples has a column in the table', () => {
    expect(columns).toEqual(['none', ...Object.keys(states)]);
  });

  test('each row of the table is complete', () => {
    expect(cells.filter(({ to }) => to === 'missing')).toEqual([]);
    expect(cells).toHaveLength(39 * 15);
  });
});
