import { describe, expect, test } from 'vitest';
import type { ListedAttachment } from '../../../lib/kombo/attachment-list.ts';
import { type ListingVerdict, type Question, type Sibling, weighListing } from '../../../lib/read-back/verdict.ts';
import { hour, minute, nine, second } from '../../fakes/ledger-samples.ts';

const name = 'Frank Doe CV.pdf';

/** A file as the target lists it: of our name and type, created a second after our attempt began. */
const listed = (change: Partial<ListedAttachment> = {}): ListedAttachment => ({
  name,
  type: 'CV',
  contentType: 'application/pdf',
  createdAt: nine + second,
  ...change,
});

const without = (file: ListedAttachment, field: keyof ListedAttachment): ListedAttachment => {
  const { [field]: _, ...rest } = file;
  return rest;
};

const undated = without(listed(), 'createdAt');

/** Another upload of our name and type, attached within two seconds of its beginning. */
const sibling = (attemptedAt: number, change: Partial<Sibling> = {}): Sibling => ({
  name,
  type: 'CV',
  attemptedAt,
  attachedAt: attemptedAt + 2 * second,
  ...change,
});

/** One that may be there or not: it is under way, or its answer was lost too. */
const open = (attemptedAt: number, change: Partial<Sibling> = {}): Sibling => {
  const { attachedAt: _, ...rest } = sibling(attemptedAt, change);
  return rest;
};

const verdict = (listing: readonly ListedAttachment[], change: Partial<Question> = {}): ListingVerdict =>
  weighListing(listing, {
    sent: { name, type: 'CV', contentType: 'application/pdf' },
    since: nine,
    siblings: [],
    ...change,
  });

describe('one upload and what the target lists', () => {
  test.each<[string, readonly ListedAttachment[], ListingVerdict]>([
    ['nothing at all', [], 'absent'],
    ['the file', [listed()], 'found'],
    ['the file, created at the very start of the attempt', [listed({ createdAt: nine })], 'found'],
    ['the file, two minutes before by its clock', [listed({ createdAt: nine - 2 * minute })], 'found'],
    ['a file of that name from over two minutes before', [listed({ createdAt: nine - 2 * minute - 1 })], 'absent'],
    ['a file of that name from last year', [listed({ createdAt: nine - 365 * 24 * hour })], 'absent'],
    ['the file an hour later: the tool was slow', [listed({ createdAt: nine + hour })], 'found'],
    ['the file between odd entries', [{}, { type: 'CV' }, listed(), { name: 'x' }], 'found'],
    ['another file', [listed({ name: 'Certificate.pdf' })], 'absent'],
    ['a file without a name', [without(listed(), 'name')], 'undecidable'],
    ['an old file without a name', [without(listed({ createdAt: nine - hour }), 'name')], 'absent'],
    ['a file of that name without a date', [undated], 'undecidable'],
    ['an old and an undated file of that name', [listed({ createdAt: nine - hour }), undated], 'undecidable'],
    ['the file, and an undated one of that name', [undated, listed()], 'found'],
    ['the file under another type', [listed({ type: 'OTHER' })], 'undecidable'],
    ['the file without a type', [without(listed(), 'type')], 'undecidable'],
    ['an old file of that name under another type', [listed({ type: 'OTHER', createdAt: nine - hour })], 'absent'],
    ['the name in capitals', [listed({ name: 'FRANK DOE CV.PDF' })], 'found'],
    ['the name with other blanks', [listed({ name: ' Frank  Doe\u00a0CV.pdf ' })], 'found'],
    ['the name without its extension', [listed({ name: 'Frank Doe CV' })], 'undecidable'],
    ['the name with underscores', [listed({ name: 'Frank_Doe_CV.pdf' })], 'undecidable'],
    ['an old file with underscores', [listed({ name: 'Frank_Doe_CV.pdf', createdAt: nine - hour })], 'absent'],
    ['a longer name', [listed({ name: 'Frank Doe CV final.pdf' })], 'absent'],
    ['another content type: tools convert', [listed({ contentType: 'application/octet-stream' })], 'found'],
    ['a thousand others', Array.from({ length: 1_000 }, (_, i) => listed({ name: `Letter ${i}.pdf` })), 'absent'],
  ])('%s', (_, listing, expected) => {
    expect(verdict(listing)).toBe(expected);
  });

  test.each([
    ['composed and decomposed letters are one', 'Zoë Müller.pdf', 'Zoe\u0308 Mu\u0308ller.pdf', 'found'],
    ['letters without their accents are a doubt', 'Zoë Müller.pdf', 'Zoe Muller.pdf', 'undecidable'],
    ['other scripts are compared as well', '履歴書.pdf', '履歴書.pdf', 'found'],
    ['other scripts differ as well', '履歴書.pdf', '職務経歴書.pdf', 'absent'],
    ['names without any letter are not all alike', '😀.pdf', '🎉.pdf', 'absent'],
  ] as const)('%s', (_, sentName, listedName, expected) => {
    const sent = { name: sentName, type: 'CV', contentType: 'application/pdf' } as const;
    expect(verdict([listed({ name: listedName })], { sent })).toBe(expected);
  });
});

describe('two uploads of one name for one target: a listed file proves one of them only', () => {
  test.each<[string, readonly Sibling[], readonly ListedAttachment[], ListingVerdict]>([
    ['the other was attached a minute later; one file', [sibling(nine + minute)], [listed()], 'absent'],
    ['the other was attached a minute later; two files', [sibling(nine + minute)], [listed(), listed()], 'found'],
    ['the other was attached a minute later; no file yet', [sibling(nine + minute)], [], 'absent'],
    ['the other was attached a minute before; one file', [sibling(nine - minute)], [listed()], 'undecidable'],
    ['the other was attached a minute before; two files', [sibling(nine - minute)], [listed(), listed()], 'found'],
    ['the other was attached a minute before; no file', [sibling(nine - minute)], [], 'absent'],
    ['the other was attached an hour before; one file', [sibling(nine - hour)], [listed()], 'found'],
    [
      'the other was attached an hour before; its own file only',
      [sibling(nine - hour)],
      [listed({ createdAt: nine - hour })],
      'absent',
    ],
    ['the other is open too; one file', [open(nine + minute)], [listed()], 'undecidable'],
    ['the other is open too; two files', [open(nine + minute)], [listed(), listed()], 'found'],
    ['the other is open too; no file', [open(nine + minute)], [], 'absent'],
    ['the other is open since yesterday; one file', [open(nine - 24 * hour)], [listed()], 'undecidable'],
    [
      'one attached later, one open; two files',
      [sibling(nine + minute), open(nine + minute)],
      [listed(), listed()],
      'undecidable',
    ],
    [
      'one attached later, one open; three files',
      [sibling(nine + minute), open(nine + minute)],
      [listed(), listed(), listed()],
      'found',
    ],
    ['one attached later, one open; one file', [sibling(nine + minute), open(nine + minute)], [listed()], 'absent'],
    [
      'the other began before us and was found after us; one file',
      [sibling(nine - 10 * minute, { attachedAt: nine + minute })],
      [listed()],
      'undecidable',
    ],
  ])('%s', (_, siblings, listing, expected) => {
    expect(verdict(listing, { siblings })).toBe(expected);
  });

  test.each<[string, Sibling, readonly ListedAttachment[], ListingVerdict]>([
    ['under another name does not count', sibling(nine + minute, { name: 'Letter.pdf' }), [listed()], 'found'],
    [
      'in other letters of the same name counts',
      sibling(nine + minute, { name: 'frank doe cv.PDF' }),
      [listed()],
      'absent',
    ],
    ['of another type does not count', sibling(nine + minute, { type: 'OTHER' }), [listed()], 'found'],
    [
      'of another type explains its own file',
      sibling(nine + minute, { type: 'OTHER' }),
      [listed({ type: 'OTHER' })],
      'absent',
    ],
    [
      'of another type does not explain two files',
      sibling(nine + minute, { type: 'OTHER' }),
      [listed({ type: 'OTHER' }), listed({ type: 'OTHER' })],
      'undecidable',
    ],
    [
      'of another type that may not be there explains nothing',
      open(nine + minute, { type: 'OTHER' }),
      [listed({ type: 'OTHER' })],
      'undecidable',
    ],
    [
      'with a similar name explains its own file',
      sibling(nine + minute, { name: 'Frank_Doe_CV.pdf' }),
      [listed({ name: 'Frank_Doe_CV.pdf' })],
      'absent',
    ],
  ])('a sibling %s', (_, its, listing, expected) => {
    expect(verdict(listing, { siblings: [its] })).toBe(expected);
  });
});

describe('under a name that is a guess', () => {
  const other = listed({ name: 'Certificate.pdf' });
  test.each<[string, readonly ListedAttachment[], readonly Sibling[], ListingVerdict]>([
    ['nothing at all is no doubt', [], [], 'absent'],
    ['the name that was guessed is evidence', [listed()], [], 'found'],
    ['another name may be it', [other], [], 'undecidable'],
    [
      'another name from before the attempt is not',
      [listed({ name: other.name ?? '', createdAt: nine - hour })],
      [],
      'absent',
    ],
    ['another name of another type is not', [listed({ name: other.name ?? '', type: 'OTHER' })], [], 'absent'],
    [
      "another name that is a sibling's is not",
      [other],
      [sibling(nine + minute, { name: other.name ?? '' })],
      'absent',
    ],
    [
      'one more than the siblings account for may be it',
      [other, other],
      [sibling(nine + minute, { name: other.name ?? '' })],
      'undecidable',
    ],
    [
      'a sibling that may be there or not explains nothing',
      [other],
      [open(nine + minute, { name: other.name ?? '' })],
      'undecidable',
    ],
  ])('%s', (_, listing, siblings, expected) => {
    expect(verdict(listing, { nameGuessed: true, siblings })).toBe(expected);
  });
});

describe('with a token of the content in the name', () => {
  const token = '9b2cf535';
  const sent = { name: 'Frank Doe CV-9b2cf535.pdf', type: 'CV', contentType: 'application/pdf' } as const;
  const ours = listed({ name: sent.name });

  test.each<[string, readonly ListedAttachment[], readonly Sibling[], ListingVerdict]>([
    ['the file is found', [ours], [], 'found'],
    ['is found without a date', [without(ours, 'createdAt')], [], 'found'],
    ['is found under another type', [listed({ name: sent.name, type: 'OTHER' })], [], 'found'],
    ['is found under another name that bears it', [listed({ name: 'CV_9B2CF535 (1).pdf' })], [], 'found'],
    [
      'is not found in a file from before the attempt',
      [listed({ name: sent.name, createdAt: nine - hour })],
      [],
      'absent',
    ],
    ['is not found in a file of that name without it', [listed()], [], 'absent'],
    [
      'the same bytes under another name account for no file of ours',
      [ours],
      [open(nine + minute, { name: 'Copy-9b2cf535.pdf' })],
      'found',
    ],
    [
      'the same bytes under the same name account for one file',
      [ours],
      [open(nine + minute, { name: sent.name })],
      'undecidable',
    ],
    [
      'two files are more than the other accounts for',
      [ours, without(ours, 'createdAt')],
      [open(nine + minute, { name: sent.name })],
      'found',
    ],
    [
      'an old copy of the same bytes accounts for its old file only',
      [listed({ name: sent.name, createdAt: nine - hour }), ours],
      [sibling(nine - hour, { name: sent.name })],
      'found',
    ],
  ])('%s', (_, listing, siblings, expected) => {
    expect(verdict(listing, { sent, token, siblings })).toBe(expected);
  });

  test('an empty token proves nothing', () => {
    expect(verdict([listed({ name: 'Letter.pdf' })], { token: '' })).toBe('absent');
  });
});
