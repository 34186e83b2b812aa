import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ListedFile } from '../../../lib/kombo/attachment-list.ts';
import type { ComparedFile, Comparison, KnownContents } from '../../../lib/read-back/compare-content.ts';
import { likeliestFirst, lookAt, summaryOf } from '../../../lib/read-back/look.ts';
import { checksumOfBytes, pdf, png } from '../../fakes/files.ts';
import { inTime } from '../../fakes/kombo-caller.ts';
import { day, nine, target } from '../../fakes/ledger-samples.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { scriptedKombo, serves } from '../../fakes/scripted-kombo.ts';

describe('the order in which listed files are compared', () => {
  const order = (files: readonly ListedFile[], name?: string) => likeliestFirst(files, name);

  test('listed files are compared in the order: our name first, then the newest, then the last listed', () => {
    const ours: ListedFile = { name: 'cv.pdf', createdAt: nine - day };
    const newest: ListedFile = { name: 'a.pdf', createdAt: nine };
    const older: ListedFile = { name: 'b.pdf', createdAt: nine - day };
    const undated: ListedFile = { name: 'c.pdf' };
    const last: ListedFile = { name: 'd.pdf' };
    expect(order([undated, older, newest, ours, last], 'cv.pdf')).toEqual([ours, newest, older, last, undated]);
  });

  test('a listed file without a name does not match our file when our name is unknown', () => {
    const named: ListedFile = { name: 'a.pdf', createdAt: nine };
    const nameless: ListedFile = { createdAt: nine - day };
    expect(order([nameless, named])).toEqual([named, nameless]);
  });

  test('every listed file is compared exactly once, whatever is listed', () => {
    const file = fc.record(
      { name: fc.constantFrom('cv.pdf', 'a.pdf'), createdAt: fc.integer({ min: 0, max: 3 }) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(file), (files) => {
        const ordered = order(files, 'cv.pdf');
        expect(ordered).toHaveLength(files.length);
        expect(new Set(ordered)).toEqual(new Set(files));
        const named = ordered.map(({ name }) => name === 'cv.pdf');
        expect(named).toEqual([...named].sort((a, b) => Number(b) - Number(a)));
      }),
    );
  });
});

describe('a look at a target', () => {
  const ours = { sizeBytes: pdf.length, checksum: checksumOfBytes(pdf) };
  const known: KnownContents = { ours, oursIs: 'certain', others: [] };
  const isOurs = ({ comparison }: ComparedFile) => comparison.kind === 'ours';

  const worldOf = (files: readonly ListedFile[]) => {
    const clock = manualClock(nine);
    const kombo = scriptedKombo(clock.now);
    kombo.listing = () => ({ ok: true, value: { files, more: true }, concurrency: {} });
    return { clock, kombo, courier: { kombo, links: kombo.links, clock } };
  };

  test('a look lists once and compares the likeliest file first, which may make the others unnecessary', async () => {
    const files = Array.from({ length: 40 }, (_, place) => ({ link: `https://files.example/${place}` }));
    const { kombo, clock, courier } = worldOf([{ name: 'cv.pdf', link: 'https://files.example/ours' }, ...files]);
    kombo.linked.set('https://files.example/ours', () => serves(pdf));
    const result = await lookAt(target, 'cv.pdf', async () => known, isOurs, inTime(clock), courier);
    expect(result).toMatchObject({ ok: true, more: true });
    expect(result.ok && result.files[0]?.comparison.kind).toBe('ours');
    expect(kombo.listings).toEqual([target]);
    expect(kombo.opened[0]).toBe('https://files.example/ours');
    expect(kombo.opened.length).toBeLessThan(41);
  });

  test('a look reads the known bytes only after the listing, so that the upload of each listed file is known', async () => {
    const { kombo, clock, courier } = worldOf([]);
    const listingsWhenAsked: number[] = [];
    const ask = async () => {
      listingsWhenAsked.push(kombo.listings.length);
      return known;
    };
    await lookAt(target, undefined, ask, isOurs, inTime(clock), courier);
    expect(listingsWhenAsked).toEqual([1]);
  });

  test('a look opens no link and reads no ledger when the target cannot be listed', async () => {
    const { kombo, clock, courier } = worldOf([]);
    const failure = { code: 'KOMBO_UNAVAILABLE', detail: 'Kombo answered HTTP 503.' } as const;
    kombo.listing = () => ({ ok: false, failure, concurrency: {} });
    const ask = async () => {
      throw new Error('The ledger was asked.');
    };
    expect(await lookAt(target, undefined, ask, isOurs, inTime(clock), courier)).toMatchObject({ ok: false, failure });
    expect(kombo.opened).toEqual([]);
  });

  test('a look leaves no timer behind, whether it succeeds, cannot list, or the ledger fails', async () => {
    const { kombo, clock, courier } = worldOf([{ link: 'https://files.example/0' }]);
    kombo.linked.set('https://files.example/0', () => serves(png));
    const deadline = inTime(clock);
    await lookAt(target, undefined, async () => known, isOurs, deadline, courier);
    const silent = async () => Promise.reject(new Error('The table is silent.'));
    await expect(lookAt(target, undefined, silent, isOurs, deadline, courier)).rejects.toThrow('silent');
    expect(clock.timers()).toBe(1);
  });
});

describe('what an operator reads about a look', () => {
  const listed = (...comparisons: readonly Comparison[]): readonly ComparedFile[] =>
    comparisons.map((comparison) => ({ file: { name: 'Frank Doe.pdf', link: 'https://secret.example' }, comparison }));
  const unread = (reason: string): Comparison => ({ kind: 'not-compared', reason, mayPass: true });

  test('an operator reads the counts of a look and the first reason why a file was not compared, but no name and no link', () => {
    const files = listed({ kind: 'different' }, { kind: 'other-upload' }, unread('No link.'), unread('A page.'));
    expect(summaryOf({ ok: true, files, more: false }, nine)).toEqual({
      at: nine,
      listed: 4,
      different: 2,
      notCompared: 2,
      problem: 'No link.',
    });
  });

  test('an operator reads that the listing of a look is incomplete, if nothing else was wrong', () => {
    const problem = 'The listing is incomplete: Kombo refers to a next page.';
    expect(summaryOf({ ok: true, files: listed({ kind: 'different' }), more: true }, nine)).toMatchObject({ problem });
    expect(summaryOf({ ok: true, files: [], more: false }, nine)).toEqual({
      at: nine,
      listed: 0,
      different: 0,
      notCompared: 0,
    });
  });

  test('an operator reads that the target could not be listed, and with which code', () => {
    const failure = { code: 'KOMBO_UNAVAILABLE', detail: 'Kombo answered HTTP 503.' } as const;
    expect(summaryOf({ ok: false, failure }, nine)).toEqual({
      at: nine,
      listed: 0,
      different: 0,
      notCompared: 0,
      problem: "Kombo did not list the target's files: KOMBO_UNAVAILABLE.",
    });
  });
});
