import fc from 'fast-check';
import { expect, test } from 'vitest';
import { latestVerdict, openVerdict, type ScanVerdict, scanCodes } from '../../../lib/ledger/latest-verdict.ts';
import { formsOf } from '../../../lib/ledger/ledger-event.ts';
import { moves, situationOf } from '../../../lib/ledger/moves.ts';
import type { State } from '../../../lib/ledger/record.ts';
import { transition } from '../../../lib/ledger/transition.ts';
import { anyLife, type Step, stepsOf } from '../../fakes/arbitrary-events.ts';

/** In every step of any life. */
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

test('the version counts up by one, and each write bears its own id and time', () => {
  always(({ before, after, now, writeId }) => {
    expect(after.version).toBe((before?.version ?? 0) + 1);
    expect([after.writeId, after.updatedAt]).toEqual([writeId, now]);
  });
});

test('an upload keeps its identity and its birthday', () => {
  always(({ before, after }) => {
    if (!before) return;
    const { bucket, key, etag } = before.upload;
    expect(after.upload).toMatchObject({ bucket, key, etag });
    expect(after.createdAt).toBe(before.createdAt);
  });
});

test('attached is left by a resend only', () => {
  always(({ before, event, after }) => {
    if (before?.state.status === 'attached' && after.state.status !== 'attached') expect(event.kind).toBe('resend');
  });
});

test('nothing leaves sending but by its owner, or by the end of its lease', () => {
  always(({ before, event, after, now }) => {
    if (before?.state.status !== 'sending') return;
    const { owner, leaseUntil } = before.state;
    // A verdict is written beside the lease.
    if (event.kind === 'scanned') expect(after.state).toEqual(before.state);
    else if (event.kind === 'lease-expired') expect(now).toBeGreaterThanOrEqual(leaseUntil);
    else expect('owner' in event && event.kind !== 'claim' && event.owner).toBe(owner);
  });
});

test('what may be delivered is never sent: it is read until it is attached, missed for good, or resent by an operator', () => {
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

test('held that may be delivered does not become free by a missed reading, but by an operator only', () => {
  always(({ before, event, after }) => {
    if (before?.state.status !== 'held' || !before.state.mayBeDelivered) return;
    if (after.state.status === 'waiting') expect(event.kind).toBe('resend');
  });
});

test('what left sending without a report of its owner may be delivered, unless its key named no target', () => {
  always(({ before, event, after }) => {
    if (before?.state.status !== 'sending' || event.kind !== 'lease-expired') return;
    if (before.target) expect(mayBeThere(after.state)).toBe(true);
    else expect(after.state.status).toBe(openVerdict(after.verdict) ? 'held' : 'rejected');
  });
});

test('what waits, or may be delivered, has a target: otherwise it would be in a lane that no run reads', () => {
  always(({ after }) => {
    if (after.state.status === 'waiting' || after.state.status === 'unknown') expect(after.target).toBeDefined();
  });
});

test('what waits is claimed no sooner than it is due, unless the claim says that it may', () => {
  always(({ before, event, now }) => {
    if (before?.state.status !== 'waiting' || event.kind !== 'claim' || event.early) return;
    expect(before.state.dueAt).toBeLessThanOrEqual(now);
  });
});

test('attempts that count are never more than attempts, and have a start', () => {
  always(({ after }) => {
    const { countedAttempts = 0, countedSince, attemptsSinceRelease } = after;
    expect(countedAttempts).toBeLessThanOrEqual(attemptsSinceRelease);
    expect(countedSince !== undefined).toBe(countedAttempts > 0);
  });
});

test('what may be delivered knows since when', () => {
  always(({ after }) => {
    if (mayBeThere(after.state)) expect(after.firstUnknownAttemptAt).toBeDefined();
  });
});

test('claims are counted, and tries never beyond claims', () => {
  always(({ before, event, after }) => {
    expect(after.attempts).toBe((before?.attempts ?? 0) + (event.kind === 'claim' ? 1 : 0));
    expect(after.attemptsSinceRelease).toBeLessThanOrEqual(after.attempts);
  });
});

test('an operator who steps in leaves a reason', () => {
  always(({ event, after, now }) => {
    if (event.kind !== 'retry' && event.kind !== 'resend' && event.kind !== 'resolve') return;
    expect(after.note).toEqual({ action: event.kind, reason: event.reason, at: now });
  });
});

test('a refused event leaves the record as it was, and so does an accepted one', () => {
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

test('each step leads where the table of moves says, and the table names its event', () => {
  always(({ before, event, after }) => {
    const situation = situationOf(before?.state);
    const targets = formsOf(event, before).flatMap((form) => moves[form][situation] ?? []);
    expect(targets).toContain(after.state.status);
  });
});

test('no file is claimed, and none waits, while its verdict is open', () => {
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

test('the verdict that counts depends on which verdicts came, not on their order', () => {
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
