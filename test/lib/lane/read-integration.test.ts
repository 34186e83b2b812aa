import { describe, expect, test } from 'vitest';
import { type FailureCode, failureOf, failures } from '../../../lib/failures/failures.ts';
import type { Answered } from '../../../lib/kombo/client.ts';
import type { Reading } from '../../../lib/lane/pause.ts';
import { readingOf } from '../../../lib/lane/read-integration.ts';

const says = (value: unknown): Answered<unknown> => ({ ok: true, value, concurrency: {} });
const fails = (code: Parameters<typeof failureOf>[0]): Answered<unknown> =>
  ({ ok: false, failure: { code, detail: 'Kombo answered.' }, concurrency: {} }) as Answered<unknown>;
const action = (change: object, id = 'ats_add_candidate_attachment') =>
  says({
    write_actions: [
      { id: 'ats_create_candidate', is_available: false },
      { id, ...change },
    ],
  });

describe('the state of an integration shows', () => {
  test.each<[FailureCode, object, Reading]>([
    ['INTEGRATION.AUTHENTICATION_INVALID', { status: 'INVALID' }, 'shows-cause'],
    ['INTEGRATION.AUTHENTICATION_INVALID', { status: 'INACTIVE' }, 'shows-cause'],
    ['INTEGRATION.AUTHENTICATION_INVALID', { status: 'ACTIVE' }, 'shows-none'],
    ['INTEGRATION.INACTIVE', { status: 'INACTIVE' }, 'shows-cause'],
    ['INTEGRATION.INACTIVE', { status: 'ACTIVE' }, 'shows-none'],
    ['INTEGRATION.INACTIVE', { status: 'ACTIVE', setup_status: 'INCOMPLETE' }, 'shows-none'],
    ['INTEGRATION.INACTIVE', { status: 'HIBERNATING' }, 'says-nothing'],
    ['INTEGRATION.INACTIVE', { status: 17 }, 'says-nothing'],
    ['INTEGRATION.INACTIVE', {}, 'says-nothing'],
    ['INTEGRATION.SETUP_SYNC_PENDING', { setup_status: 'FINAL_SYNC_PENDING' }, 'shows-cause'],
    ['INTEGRATION.SETUP_INCOMPLETE', { setup_status: 'INCOMPLETE' }, 'shows-cause'],
    ['INTEGRATION.SETUP_INCOMPLETE', { setup_status: 'COMPLETED', status: 'INVALID' }, 'shows-none'],
    ['INTEGRATION.SETUP_INCOMPLETE', { setup_status: 'HALF' }, 'says-nothing'],
    ['INTEGRATION.SETUP_INCOMPLETE', { status: 'ACTIVE' }, 'says-nothing'],
    ['INTEGRATION.SETUP_INCOMPLETE', { setup_status: null }, 'says-nothing'],
  ])('the state of an integration paused because of %s, by %j, gives "%s"', (code, value, reading) => {
    expect(readingOf(code, 'candidate', says(value))).toBe(reading);
  });
});

describe('our entry among the write actions', () => {
  test.each<[object, Reading]>([
    [{ is_available: true }, 'shows-none'],
    [{ is_available: false }, 'shows-cause'],
    [{ is_available: true, scope_config_setting: 'DISABLED' }, 'shows-cause'],
    [{ is_available: true, scope_config_setting: 'ENABLED' }, 'shows-none'],
    [{ is_available: true, opted_out_by_customer: true }, 'shows-cause'],
    [{ is_available: true, coverage_status: 'UNSUPPORTED' }, 'shows-cause'],
    [{ is_available: true, coverage_status: 'NOT_IMPLEMENTED' }, 'shows-cause'],
    [{}, 'says-nothing'],
    [{ is_available: 'yes' }, 'says-nothing'],
  ])('our entry %j among the write actions gives "%s"', (entry, reading) => {
    for (const code of ['INTEGRATION.ACTION_DISABLED', 'INTEGRATION.ACTION_NOT_AVAILABLE'] as const)
      expect(readingOf(code, 'candidate', action(entry))).toBe(reading);
  });

  test('the write actions give nothing when only the entry of the other kind of target exists', () => {
    const answer = action({ is_available: false });
    expect(readingOf('INTEGRATION.ACTION_DISABLED', 'application', answer)).toBe('says-nothing');
    const own = action({ is_available: false }, 'ats_add_application_attachment');
    expect(readingOf('INTEGRATION.ACTION_DISABLED', 'application', own)).toBe('shows-cause');
  });

  test.each<[string, unknown]>([
    ['there is no list', {}],
    ['the list is text', { write_actions: 'all' }],
    ['the list is empty', { write_actions: [] }],
    ['its entries are malformed', { write_actions: [null, 3, 'x'] }],
  ])('the write actions give nothing when %s', (_, value) => {
    expect(readingOf('INTEGRATION.ACTION_DISABLED', 'candidate', says(value))).toBe('says-nothing');
  });
});

const codes = Object.keys(failures) as FailureCode[];
const seenIn = (...columns: readonly string[]) => codes.filter((code) => columns.includes(failureOf(code).seenIn));

describe('a failed reading of the integration', () => {
  test.each(seenIn('call'))(
    'a reading of the integration that fails with the code of the pause shows that the cause still exists: %s',
    (code) => {
      expect(readingOf(code, 'candidate', fails(code))).toBe('shows-cause');
      expect(readingOf(code, 'candidate', says({}))).toBe('shows-none');
    },
  );

  // The codes of 404, 403, 429, 500, 503, HTML and a broken connection.
  test.each([
    'KOMBO_NOT_FOUND',
    'KOMBO_FORBIDDEN',
    'PLATFORM.RATE_LIMIT_EXCEEDED',
    'KOMBO_FAULT',
    'KOMBO_UNAVAILABLE',
    'ANSWER_UNREADABLE',
    'KOMBO_UNREACHABLE',
  ] as const)('a reading of the integration that fails for another reason gives nothing: %s', (code) => {
    for (const cause of seenIn('call', 'status', 'setup-status', 'write-actions'))
      expect(readingOf(cause, 'candidate', fails(code))).toBe('says-nothing');
  });

  test('a failed reading gives nothing about a cause that a state would show, even with the code of that cause', () => {
    expect(readingOf('INTEGRATION.INACTIVE', 'candidate', fails('INTEGRATION.INACTIVE'))).toBe('says-nothing');
  });
});

test.each([
  ['an HTML page', '<html>'],
  ['a list', []],
  ['nothing', undefined],
  ['null', null],
] as const)('a reading of the integration that is %s gives nothing', (_, value) => {
  for (const code of seenIn('call', 'status', 'setup-status', 'write-actions'))
    expect(readingOf(code, 'candidate', says(value))).toBe('says-nothing');
});

test('a cause that no reading can show is never read from an answer', () => {
  const healthy = says({ status: 'ACTIVE', setup_status: 'COMPLETED', write_actions: [] });
  for (const code of seenIn('nowhere')) expect(readingOf(code, 'candidate', healthy)).toBe('says-nothing');
});

test('each state in which Kombo can stop an integration is read from where Kombo shows it', () => {
  const visible = codes
    .filter((code) => failureOf(code).seenIn !== 'nowhere')
    .map((code) => [code, failureOf(code).seenIn]);
  expect(Object.fromEntries(visible)).toEqual({
    'INTEGRATION.SETUP_SYNC_PENDING': 'setup-status',
    'INTEGRATION.SETUP_INCOMPLETE': 'setup-status',
    'INTEGRATION.INACTIVE': 'status',
    'INTEGRATION.AUTHENTICATION_INVALID': 'status',
    'INTEGRATION.ACTION_NOT_AVAILABLE': 'write-actions',
    'INTEGRATION.ACTION_DISABLED': 'write-actions',
    'PLATFORM.AUTHENTICATION_INVALID': 'call',
    'PLATFORM.IP_NOT_WHITELISTED': 'call',
    'PLATFORM.INTEGRATION_NOT_FOUND': 'call',
    KOMBO_UNAUTHORIZED: 'call',
    KOMBO_REDIRECTED: 'call',
    API_KEY_UNREADABLE: 'call',
  });
});
