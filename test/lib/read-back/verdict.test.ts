import { describe, expect, test } from 'vitest';
import type { ListedFile } from '../../../lib/kombo/attachment-list.ts';
import type { ComparedFile, Comparison } from '../../../lib/read-back/compare-content.ts';
import type { ToolKnowledge } from '../../../lib/read-back/learn-tool.ts';
import { type Question, verdictOn } from '../../../lib/read-back/verdict.ts';
import { day, hour, integrationId, nine } from '../../fakes/ledger-samples.ts';

const ours: Comparison = { kind: 'ours', otherTypes: [] };
const different: Comparison = { kind: 'different' };
const otherUpload: Comparison = { kind: 'other-upload' };
const noLinkYet: Comparison = { kind: 'not-compared', reason: 'No link.', mayPass: true };
const loginPage: Comparison = { kind: 'not-compared', reason: 'A page.', mayPass: false };

const nothing: ToolKnowledge = { lists: false, keepsBytes: 0 };
const lists: ToolKnowledge = { lists: true, keepsBytes: 0 };
/** It keeps files byte for byte, at least up to the length of ours. */
const keeps: ToolKnowledge = { lists: true, keepsBytes: 1_000 };

const question: Question = {
  target: { kind: 'candidate', id: 'GRK123', integrationId },
  type: 'CV',
  firstUnknownAttemptAt: nine,
  resent: false,
  tool: keeps,
  sizeBytes: 1_000,
  more: false,
};

const listed = (comparison: Comparison, file: ListedFile = { type: 'CV' }): ComparedFile => ({ file, comparison });

const verdict = (files: readonly ComparedFile[], change: Partial<Question> = {}): string => {
  const { kind, ...more } = verdictOn(files, { ...question, ...change });
  if ('passes' in more) return more.passes ? 'doubt that passes' : 'doubt that stays';
  return kind;
};

/** Line by line as in section 3.4 of the design. */
describe('same bytes: found, whatever its name, type and date', () => {
  test.each<[string, ListedFile]>([
    ['another name', { name: 'CV_1.docx', type: 'CV' }],
    ['no name', { type: 'CV' }],
    ['another type', { type: 'OTHER' }],
    ['a type that is not documented', { type: 'PORTRAIT' }],
    ['an old date', { type: 'CV', createdAt: nine - 400 * day }],
    ['a date in the future', { type: 'CV', createdAt: nine + day }],
  ])('same bytes under %s are found', (_, file) => {
    expect(verdict([listed(ours, file)], { tool: nothing })).toBe('found');
  });

  test('same bytes are found beside anything else: files without a link, other files, a next page', () => {
    const others = [listed(noLinkYet), listed(loginPage), listed(different), listed(ours)];
    expect(verdict(others, { tool: nothing, more: true })).toBe('found');
  });

  test('same bytes are found in the candidate listing, also as the file of an application', () => {
    expect(verdict([listed(ours, { type: 'CV', applicationId: 'A1' })])).toBe('found');
  });
});

describe('same bytes that prove nothing', () => {
  const application = { target: { kind: 'application', id: 'A1', integrationId } } as const;

  test('for an application, same bytes in an entry that names another application are the file of that one', () => {
    expect(verdict([listed(ours, { type: 'CV', applicationId: 'A2' })], application)).toBe('absent');
    expect(verdict([listed(ours, { type: 'CV', applicationId: 'A1' })], application)).toBe('found');
    expect(verdict([listed(ours, { type: 'CV' })], application)).toBe('found');
  });

  test('same bytes in an entry of another type prove nothing when the ledger has them for this target under that type', () => {
    const both: Comparison = { kind: 'ours', otherTypes: ['OTHER'] };
    expect(verdict([listed(both, { type: 'OTHER' })])).toBe('doubt that stays');
    expect(verdict([listed(both, { type: 'CV' })])).toBe('found');
    expect(verdict([listed(both, { type: 'COVER_LETTER' })])).toBe('found');
  });

  test('after a forced resend same bytes prove nothing, because the copy may be the earlier one', () => {
    expect(verdict([listed(ours)], { resent: true })).toBe('doubt that stays');
    expect(verdict([], { resent: true })).toBe('absent');
  });
});

describe('different bytes', () => {
  test('different bytes are explained when they are those of another upload of the target', () => {
    expect(verdict([listed(otherUpload)], { tool: lists })).toBe('absent');
  });

  test('different bytes are explained when dated more than a day before the first unknown attempt, and by no other date', () => {
    const dated = (createdAt: number) => verdict([listed(different, { createdAt })], { tool: lists });
    expect(dated(nine - day - 1)).toBe('absent');
    expect(dated(nine - day)).toBe('doubt that passes');
    expect(dated(nine + hour)).toBe('doubt that passes');
  });

  test('different bytes are explained when this tool keeps such files byte for byte, up to the known length', () => {
    expect(verdict([listed(different)], { tool: keeps })).toBe('absent');
    expect(verdict([listed(different)], { tool: keeps, sizeBytes: 1_001 })).toBe('doubt that passes');
    expect(verdict([listed(different)], { tool: keeps, sizeBytes: undefined })).toBe('doubt that stays');
  });

  test('different bytes are a doubt otherwise, until the tool is known', () => {
    expect(verdict([listed(different)], { tool: lists })).toBe('doubt that passes');
    expect(verdict([listed(otherUpload), listed(different)], { tool: lists })).toBe('doubt that passes');
  });
});

describe('a file that was not compared', () => {
  test('a file that was not compared is a doubt; one that a later look may remove decides for the whole look', () => {
    expect(verdict([listed(noLinkYet)])).toBe('doubt that passes');
    expect(verdict([listed(loginPage)])).toBe('doubt that stays');
    expect(verdict([listed(loginPage), listed(noLinkYet)])).toBe('doubt that passes');
  });

  test('a file that was not compared is not explained by its date, because its content is unknown', () => {
    expect(verdict([listed(loginPage, { createdAt: nine - 400 * day })])).toBe('doubt that stays');
  });
});

describe('no file found and no doubt', () => {
  test('a listing without the file is an absence when the tool is known to list what it accepted', () => {
    expect(verdict([], { tool: lists })).toBe('absent');
  });

  test('a listing without the file is a doubt when the tool is not known to list what it accepted', () => {
    expect(verdict([], { tool: nothing })).toBe('doubt that passes');
  });

  test('a listing without the file is a doubt when it says that there is more', () => {
    expect(verdict([], { more: true })).toBe('doubt that stays');
    expect(verdict([], { more: true, tool: nothing })).toBe('doubt that stays');
  });
});

describe('the reason for a doubt', () => {
  const because = (files: readonly ComparedFile[], change: Partial<Question> = {}): string => {
    const given = verdictOn(files, { ...question, ...change });
    return given.kind === 'doubt' ? given.because : given.kind;
  };

  test.each<[string, readonly ComparedFile[], Partial<Question>]>([
    ["it may be the copy from before an operator's resend", [listed(ours)], { resent: true }],
    [
      'with the attachment type of another upload',
      [listed({ kind: 'ours', otherTypes: ['OTHER'] }, { type: 'OTHER' })],
      {},
    ],
    ['A file with different bytes may be this one, converted', [listed(different)], { tool: lists }],
    ['A file that could not be compared may be this one', [listed(loginPage)], {}],
    ['A file that could not be compared may be this one', [listed(different), listed(noLinkYet)], { tool: nothing }],
    ['among files that the incomplete listing does not show', [], { more: true }],
    ['this tool is not yet known to list every file that it accepted', [], { tool: nothing }],
    ['this tool is not yet known to list every file that it accepted', [listed(otherUpload)], { tool: nothing }],
  ])('the operator reads the reason for a doubt: %s', (words, files, change) => {
    expect(because(files, change)).toContain(words);
  });
});
