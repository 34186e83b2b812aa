import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verdictOnAttached } from '../../../lib/ledger/latest-verdict.ts';
import { fromItem, RecordUnreadable, shardsOf, toItem } from '../../../lib/ledger/record-item.ts';
import type { Item } from '../../../lib/ledger/table.ts';
import { anyLife, stepsOf } from '../../fakes/arbitrary-events.ts';
import { integrationId, minute, nine, recordIn, type StateName, states } from '../../fakes/ledger-samples.ts';

const id = 'cv-inbox/candidates/GRK123/Frank Doe CV.pdf#9b2cf535f27731c974343645a3985328';

const itemOf = (name: StateName, retentionDays = 400): Item => toItem(recordIn(states[name]), retentionDays);

/** The item with its document changed, as by hand or by another version. */
const edited = (item: Item, change: (document: Record<string, unknown>) => unknown): Item => {
  const document: Record<string, unknown> = JSON.parse(item.document);
  return { ...item, document: JSON.stringify(change(document) ?? document) };
};

const faultOf = (item: Item): string => {
  try {
    fromItem(item);
    return 'readable';
  } catch (error) {
    if (!(error instanceof RecordUnreadable)) throw error;
    return error.message;
  }
};

describe('the item of an upload', () => {
  test('the item of an upload has the upload as its key, and shows an operator the status and the code', () => {
    expect(itemOf('waiting')).toMatchObject({ pk: id, version: 1, status: 'waiting', code: 'KOMBO_UNREACHABLE' });
  });

  test('the item of an upload has bucket and key only once, in its own key, because storage is paid per kilobyte', () => {
    const item = itemOf('attached');
    expect(item.document).not.toContain('candidates/GRK123/');
    expect(fromItem(item).upload).toMatchObject({ bucket: 'cv-inbox', key: 'candidates/GRK123/Frank Doe CV.pdf' });
  });

  test.each(['a/b#c#d.pdf', '#', '/', 'ü #9b2cf535f27731c974343645a3985328'])(
    'the key of an item is read back as %j',
    (key) => {
      const record = recordIn(states.attached);
      const upload = { ...record.upload, key };
      expect(fromItem(toItem({ ...record, upload }, 400)).upload).toEqual(upload);
    },
  );

  test('the item of an upload has an owner only while it is sent', () => {
    expect(itemOf('sending').owner).toBe('owner-A');
    expect(itemOf('waiting')).not.toHaveProperty('owner');
  });

  test('the item of an upload is found by its target, in the order of arrival', () => {
    expect(itemOf('attached')).toMatchObject({ targetKey: 'candidate/GRK123', createdAt: nine - minute });
  });

  test('the item of an upload whose key names no target is not in the index of targets', () => {
    const { target: _, ...record } = recordIn(states.rejected);
    expect(toItem(record, 400)).not.toHaveProperty('targetKey');
  });

  test.each([
    ['sending', 'lease', nine + 6 * minute],
    ['held', 'held', nine - 1_000],
    ['doubtful', 'held', nine - 1_000],
  ] as const)('the item of a %s upload is listed as %s, and never expires', (name, queue, workAt) => {
    const item = itemOf(name);
    expect(shardsOf(queue)).toContain(item.workShard);
    expect(item.workAt).toBe(workAt);
    expect(item).not.toHaveProperty('expiresAt');
  });

  test.each(['waiting', 'unknown'] as const)(
    'the item of a %s upload is listed in its lane by its due time, and never expires',
    (name) => {
      const item = itemOf(name);
      expect(item).toMatchObject({ workShard: `wait#${integrationId}`, workAt: nine + minute });
      expect(item).not.toHaveProperty('expiresAt');
    },
  );

  test.each(['waiting', 'unknown'] as const)(
    'the item of a %s upload of a backfill is listed separately, so that new files go first',
    (name) => {
      const item = toItem(recordIn(states[name], { backfill: true }), 400);
      expect(item).toMatchObject({ workShard: `backfill#${integrationId}`, workAt: nine + minute });
    },
  );

  test.each(['waiting', 'unknown'] as const)(
    'a %s upload without a target is not written, because no run would read it',
    (name) => {
      const { target: _, ...record } = recordIn(states[name]);
      expect(() => toItem(record, 400)).toThrow('A file without a target cannot wait.');
    },
  );

  // 5 January 2026, 08:59 UTC, and 30 days, in seconds.
  const inThirtyDays = 1_767_603_540 + 2_592_000;

  test.each(['attached', 'superseded'] as const)('the item of a %s upload is not listed, and expires', (name) => {
    const item = itemOf(name, 30);
    expect(item).not.toHaveProperty('workShard');
    expect(item).not.toHaveProperty('workAt');
    expect(item.expiresAt).toBe(inThirtyDays);
  });

  test('the item of a rejected upload is listed, because an operator may act on it, and still expires', () => {
    const item = itemOf('rejected', 30);
    expect(shardsOf('rejected')).toContain(item.workShard);
    expect(item.workAt).toBe(nine - 1_000);
    expect(item.expiresAt).toBe(inThirtyDays);
  });
});

test('each queue has four shards', () => {
  expect(shardsOf('lease')).toEqual(['lease#0', 'lease#1', 'lease#2', 'lease#3']);
  expect(shardsOf('held')).toEqual(['held#0', 'held#1', 'held#2', 'held#3']);
  expect(shardsOf('rejected')).toEqual(['rejected#0', 'rejected#1', 'rejected#2', 'rejected#3']);
});

test('uploads are spread over all shards', () => {
  const shards = Array.from({ length: 400 }, (_, index) => {
    const record = recordIn(states.sending);
    return toItem({ ...record, upload: { ...record.upload, key: `candidates/C${index}/CV.pdf` } }, 400).workShard;
  });
  for (const shard of shardsOf('lease')) expect(shards.filter((its) => its === shard).length).toBeGreaterThan(50);
});

test('any record is read back as it was written', () => {
  fc.assert(
    fc.property(anyLife, (life) => {
      for (const { after } of stepsOf(life)) {
        expect(fromItem(toItem(after, 400))).toEqual(JSON.parse(JSON.stringify(after)));
      }
    }),
    { numRuns: 300 },
  );
});

test('every record is listed unless it is superseded or attached without an open verdict, and only unlisted or rejected ones expire', () => {
  fc.assert(
    fc.property(anyLife, (life) => {
      for (const { after } of stepsOf(life)) {
        const { status } = after.state;
        const isScanned = verdictOnAttached(after) !== undefined;
        const listed = (status !== 'attached' && status !== 'superseded') || isScanned;
        const item = toItem(after, 400);
        expect([item.workShard !== undefined, item.workAt !== undefined]).toEqual([listed, listed]);
        expect(item.expiresAt !== undefined).toBe(!listed || status === 'rejected');
      }
    }),
    { numRuns: 300 },
  );
});

describe('an unreadable record', () => {
  const item = itemOf('waiting');
  const without = (field: string) => edited(item, ({ [field]: _, ...rest }) => rest);
  const inState = (change: object) =>
    edited(item, (document) => ({ ...document, state: { ...states.waiting, ...change } }));

  test.each([
    ['without its upload', without('upload'), 'upload'],
    ['without its state', without('state'), 'state'],
    ['without its attempts', { ...item, attempts: undefined } as unknown as Item, 'attempts'],
    ['whose status was removed', { ...item, status: undefined } as unknown as Item, 'state.status'],
    ['whose code was removed', { ...item, code: undefined } as unknown as Item, 'state.failure.code'],
    ['whose size is not a number', { ...item, sizeBytes: 'large' }, 'upload.sizeBytes'],
    ['without the id of its write', without('writeId'), 'writeId'],
    ['without a layout', without('layout'), 'layout'],
    ['of a newer layout', edited(item, (document) => ({ ...document, layout: 2 })), 'layout'],
    ['in a status of a newer version', inState({ status: 'quarantined' }), 'state.status'],
    ['without its due time', inState({ dueAt: undefined }), 'state.dueAt'],
    ['with a text as a time', inState({ dueAt: '2026-01-05' }), 'state.dueAt'],
    ['with a time after the calendar', inState({ dueAt: 1e300 }), 'state.dueAt'],
    ['with a time before the calendar', inState({ dueAt: -1 }), 'state.dueAt'],
    ['with an unknown failure code', inState({ failure: { code: 'X', detail: '' } }), 'state.failure.code'],
    ['without a failure', inState({ failure: null }), 'state.failure'],
    ['that is text', { ...item, document: 'Frank Doe' }, 'document'],
    ['that is empty', { ...item, document: '' }, 'document'],
    ['that is a list', { ...item, document: '[]' }, 'layout'],
    ['that is null', { ...item, document: 'null' }, 'document'],
    ['that is cut off', { ...item, document: item.document.slice(0, 100) }, 'document'],
    ['that is about another upload', { ...item, pk: 'cv-inbox/other.pdf#1' }, 'of'],
    ['under a key that is not an upload', { ...item, pk: 'other' }, 'upload.bucket'],
    ['with a target that the index cannot find', { ...item, targetKey: undefined } as unknown as Item, 'target.kind'],
    ['whose version was removed', { ...item, version: 0 }, 'version'],
    ['whose owner differs from that of its item', { ...itemOf('sending'), owner: 'owner-B' }, 'owner'],
    ['with an owner in a status without one', { ...item, owner: 'owner-B' }, 'owner'],
  ])('a record is unreadable %s', (_, its, path) => {
    expect(faultOf(its)).toBe(`The ledger record is damaged or from another version: look at "${path}".`);
  });

  test('an unreadable record gives a reason that quotes nothing of its content', () => {
    expect(faultOf(inState({ failure: { code: 'Frank Doe', detail: '' } }))).not.toContain('Frank');
  });
});
