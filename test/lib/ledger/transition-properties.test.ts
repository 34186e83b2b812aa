import fc from 'fast-check';
import { expect, test } from 'vitest';
import { latestVerdict, openVerdict, type ScanVerdict, scanCodes } from '../../../lib/ledger/latest-verdict.ts';
import { formsOf } from '../../../lib/ledger/ledger-event.ts';
import { moves, situationOf } from '../../../lib/ledger/moves.ts';
import type { State } from '../../../lib/ledger/record.ts';
import { transition } from '../../../lib/ledger/transition.ts';
import { anyLife, type Step, stepsOf } from '../../fakes/arbitrary-events.ts';

/** In every step of any history. */
const always = (rule: (step: Step) => void): void => {
  fc.assert(
    fc.property(anyLife, (life) => {
      for (const step of stepsOf(life)) rule(step);
    }),
    { numRuns: 1_000 },
  );
};

const mayBeThere = (state: State | undefined): boolean =>
  state?.status === 'unknown' || (state?.status === 'held' && state.mayBeDelivered);

test('the version increases by one with each write, and each write has its own id and time', () => {
  always(({ before, after, now, writeId }) => {
    expect(after.version).toBe((before?.version ?? 0) + 1);
    expect([after.writeId, after.updatedAt]).toEqual([writeId, now]);
  });
});

test('an upload keeps its identity and its creation time', () => {
  always(({ before, after }) => {
    if (!before) return;
    const { bucket, key, etag } = before.upload;
    expect(after.upload).toMatchObject({ bucket, key, etag });
    expect(after.createdAt).toBe(before.createdAt);
  });
});

test('only a resend ends the status attached', () => {
  always(({ before, event, after }) => {
    if (before?.state.status === 'attached' && after.state.status !== 'attached') expect(event.kind).toBe('resend');
  });
});

test('only its owner, or the end of its lease, ends the status sending', () => {
  always(({ before, event, after, now }) => {
    if (before?.state.status !== 'sending') return;
    const { owner, leaseUntil } = before.state;
    // A verdict is written beside the lease.
    if (event.kind === 'scanned') expect(after.state).toEqual(before.state);
    else if (event.kind === 'lease-expired') expect(now).toBeGreaterThanOrEqual(leaseUntil);
    else expect('owner' in event && event.kind !== 'claim' && event.owner).toBe(owner);
  });
});

test('a file that may be delivered is not sent until it is found absent, or an operator resends it', () => {
  always(({ before, event, after }) => {
    if (!mayBeThere(before?.state) || mayBeThere(after.state)) return;
    if (after.state.status === 'attached') expect(['found', 'resolve', 'delivered-late']).toContain(event.kind);
    else {
      const isHeld = event.kind === 'absent' && openVerdict(after.verdict) !== undefined;
      expect(after.state.status).toBe(isHeld ? 'held' : 'waiting');
      expect(event.kind === 'resend' || event.kind === 'absent').toBe(true);
    }
  });
});

test("only an operator's resend lets a held file that may be delivered wait again", () => {
  always(({ before, event, after }) => {
    if (before?.state.status !== 'held' || !before.state.mayBeDelivered) return;
    if (after.state.status === 'waiting') expect(event.kind).toBe('resend');
  });
});

test('a file whose lease ended without an answer of its owner may be delivered, unless its key named no target', () => {
  always(({ before, event, after }) => {
    if (before?.state.status !== 'sending' || event.kind !== 'lease-expired') return;
    if (before.target) expect(mayBeThere(after.state)).toBe(true);
    else expect(after.state.status).toBe(openVerdict(after.verdict) ? 'held' : 'rejected');
  });
});

test('a file that waits or may be delivered has a target, because no run would read its lane otherwise', () => {
  always(({ after }) => {
    if (after.state.status === 'waiting' || after.state.status === 'unknown') expect(after.target).toBeDefined();
  });
});

test('a waiting file is claimed no sooner than it is due, unless the claim is early', () => {
  always(({ before, event, now }) => {
    if (before?.state.status !== 'waiting' || event.kind !== 'claim' || event.early) return;
    expect(before.state.dueAt).toBeLessThanOrEqual(now);
  });
});

test('counted attempts never exceed all attempts, and have a start', () => {
  always(({ after }) => {
    const { countedAttempts = 0, countedSince, attemptsSinceRelease } = after;
    expect(countedAttempts).toBeLessThanOrEqual(attemptsSinceRelease);
    expect(countedSince !== undefined).toBe(countedAttempts > 0);
  });
});

test('a file that may be delivered has the start of that doubt', () => {
  always(({ after }) => {
    if (mayBeThere(after.state)) expect(after.firstUnknownAttemptAt).toBeDefined();
  });
});

test('claims are counted, and attempts since a release never exceed them', () => {
  always(({ before, event, after }) => {
    expect(after.attempts).toBe((before?.attempts ?? 0) + (event.kind === 'claim' ? 1 : 0));
    expect(after.attemptsSinceRelease).toBeLessThanOrEqual(after.attempts);
  });
});

test("an operator's decision leaves its reason", () => {
  always(({ event, after, now }) => {
    if (event.kind !== 'retry' && event.kind !== 'resend' && event.kind !== 'resolve') return;
    expect(after.note).toEqual({ action: event.kind, reason: event.reason, at: now });
  });
});

test('applying an event, refused or accepted, does not modify the given record', () => {
  fc.assert(
    fc.property(anyLife, (life) => {
      const record = stepsOf(life).at(-1)?.after;
      if (!record) return;
      const frozen = structuredClone(record);
      for (const { event } of life) transition(record, event, record.updatedAt, 'write-x');
      expect(record).toEqual(frozen);
    }),
    { numRuns: 200 },
  );
});

test('each step is in the table of moves, with its event', () => {
  always(({ before, event, after }) => {
    const situation = situationOf(before?.state);
    const targets = formsOf(event, before).flatMap((form) => moves[form][situation] ?? []);
    expect(targets).toContain(after.state.status);
  });
});

test('a file with an open verdict neither is claimed nor waits', () => {
  always(({ before, after }) => {
    const isOpen = openVerdict(after.verdict) !== undefined;
    if (isOpen && before?.state.status !== 'sending') expect(after.state.status).not.toBe('sending');
    if (isOpen) expect(['waiting', 'superseded']).not.toContain(after.state.status);
  });
});

test('only an operator acknowledges a verdict, and a newer one of another kind is open again', () => {
  always(({ before, event, after }) => {
    if (!after.verdict?.acknowledged || before?.verdict?.acknowledged) return;
    expect(['retry', 'resend', 'resolve']).toContain(event.kind);
  });
});

test('the verdict that counts depends on which verdicts arrived, not on their order', () => {
  const verdict: fc.Arbitrary<ScanVerdict> = fc.record({
    code: fc.constantFrom(...scanCodes),
    at: fc.integer({ min: 1, max: 4 }),
  });
  const countOf = (verdicts: readonly ScanVerdict[]) =>
    verdicts.reduce((known: ScanVerdict | undefined, reported) => latestVerdict(known, reported), undefined);
  const orders = fc
    .array(verdict, { minLength: 1, maxLength: 6 })
    .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 })));
  fc.assert(fc.property(orders, ([all, shuffled]) => void expect(countOf(shuffled)).toEqual(countOf(all))));
});
