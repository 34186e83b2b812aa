import { describe, expect, test } from 'vitest';
import { komboErrorCodes, komboFailures } from '../../../lib/failures/kombo-failures.ts';
import { classify } from '../../../lib/kombo/classify-response.ts';
import type { HttpAnswer } from '../../../lib/kombo/transport.ts';

const nowMs = Date.UTC(2026, 5, 1, 12);

const answer = (status: number, body: unknown, more: Partial<HttpAnswer> = {}): HttpAnswer => ({
  status,
  headers: {},
  text: typeof body === 'string' ? body : JSON.stringify(body),
  complete: true,
  ...more,
});

const error = (code: unknown, more: object = {}) => ({
  status: 'error',
  error: {
    code,
    title: 'A title',
    message: 'A message',
    log_url: 'https://app.kombo.dev/x/logs?interactionId=1',
    ...more,
  },
});

const codeOf = (given: HttpAnswer): string => {
  const classified = classify(given, nowMs);
  return classified.ok ? 'delivered' : classified.failure.code;
};

/** Copied by hand from the error list: code, resulting status of the file, what is paused with it. */
const errorList: readonly [keyof typeof komboErrorCodes, string, string | undefined][] = [
  ['PLATFORM.RATE_LIMIT_EXCEEDED', 'waiting', undefined],
  ['PLATFORM.CONCURRENCY_LIMIT_EXCEEDED', 'waiting', undefined],
  ['REMOTE.RATE_LIMIT_EXCEEDED', 'waiting', undefined],
  ['REMOTE.SERVICE_UNAVAILABLE', 'unknown', undefined],
  ['INTEGRATION.SETUP_SYNC_PENDING', 'waiting', 'integration'],
  ['INTEGRATION.SETUP_INCOMPLETE', 'waiting', 'integration'],
  ['INTEGRATION.QA_FAILED', 'waiting', 'integration'],
  ['INTEGRATION.INACTIVE', 'waiting', 'integration'],
  ['INTEGRATION.AUTHENTICATION_INVALID', 'waiting', 'integration'],
  ['INTEGRATION.PERMISSION_MISSING', 'waiting', 'integration'],
  ['INTEGRATION.ACTION_NOT_AVAILABLE', 'waiting', 'integration'],
  ['INTEGRATION.ACTION_DISABLED', 'waiting', 'integration'],
  ['INTEGRATION.MODEL_NOT_AVAILABLE', 'waiting', 'integration'],
  ['INTEGRATION.MODEL_DISABLED', 'waiting', 'integration'],
  ['PLATFORM.AUTHENTICATION_INVALID', 'waiting', 'account'],
  ['PLATFORM.IP_NOT_WHITELISTED', 'waiting', 'account'],
  ['PLATFORM.INTEGRATION_NOT_FOUND', 'waiting', 'known-integration'],
  ['PLATFORM.INPUT_INVALID', 'rejected', undefined],
  ['REMOTE.INPUT_INVALID', 'rejected', undefined],
  ['REMOTE.UNKNOWN_HTTP_ERROR', 'unknown', undefined],
  ['PLATFORM.UNKNOWN_ERROR', 'unknown', undefined],
  ['PLATFORM.TASK_TIMED_OUT', 'unknown', undefined],
  ['ATS.JOB_CLOSED', 'rejected', undefined],
  ['ATS.APPLICATION_ALREADY_EXISTS', 'rejected', undefined],
];

test('the failure table has all 24 codes of the error list and no others', () => {
  expect(Object.keys(komboErrorCodes).sort()).toEqual(errorList.map(([code]) => code).sort());
  expect(errorList).toHaveLength(24);
});

describe.each(errorList)('%s', (code, status, pauses) => {
  test(`${code} means ${status}${pauses ? ` and pauses: ${pauses}` : ''}`, () => {
    expect(komboFailures[code]).toMatchObject({ status, pauses: pauses ?? 'nothing' });
  });

  test.each([200, 400, 401, 403, 404, 409, 429, 500, 502, 503])(`${code} is recognised under HTTP %i`, (httpStatus) => {
    const classified = classify(answer(httpStatus, error(code)), nowMs);
    expect(classified).toMatchObject({ ok: false, failure: { code, detail: `Kombo answered HTTP ${httpStatus}.` } });
  });
});

describe.each([
  ['null', error(null)],
  ['missing', error(undefined)],
  ['a number', error(42)],
  ['an empty text', error('')],
  ['the name of an object method', error('toString')],
  ['missing, with its error object', { status: 'error', message: 'No room.' }],
  ['known, but inside a list', error(['PLATFORM.INPUT_INVALID'])],
  ['in a JSON list', [error('PLATFORM.INPUT_INVALID')]],
  ['in HTML', '<html><body>503 Service Temporarily Unavailable</body></html>'],
  ['missing, in an empty answer', ''],
])('a code that is %s', (_, body) => {
  test.each([
    [199, 'KOMBO_FAULT'],
    [400, 'KOMBO_REFUSED'],
    [401, 'KOMBO_UNAUTHORIZED'],
    [403, 'KOMBO_FORBIDDEN'],
    [404, 'KOMBO_NOT_FOUND'],
    [408, 'KOMBO_FAULT'],
    [413, 'KOMBO_REFUSED'],
    [422, 'KOMBO_REFUSED'],
    [429, 'KOMBO_RATE_LIMITED'],
    [500, 'KOMBO_FAULT'],
    [502, 'KOMBO_FAULT'],
    [503, 'KOMBO_UNAVAILABLE'],
    [504, 'KOMBO_FAULT'],
    [300, 'KOMBO_REDIRECTED'],
    [301, 'KOMBO_REDIRECTED'],
    [302, 'KOMBO_REDIRECTED'],
    [307, 'KOMBO_REDIRECTED'],
  ])('an answer without a usable code is judged by HTTP %i', (status, code) => {
    expect(codeOf(answer(status, body))).toBe(code);
  });
});

test.each([
  ['KOMBO_REFUSED', 'rejected'],
  ['KOMBO_UNAUTHORIZED', 'waiting'],
  ['KOMBO_FORBIDDEN', 'held'],
  ['KOMBO_NOT_FOUND', 'held'],
  ['KOMBO_REDIRECTED', 'waiting'],
  ['KOMBO_RATE_LIMITED', 'waiting'],
  ['KOMBO_UNAVAILABLE', 'unknown'],
  ['KOMBO_FAULT', 'unknown'],
] as const)('%s gives the status %s', (code, status) => {
  expect(komboFailures[code].status).toBe(status);
});

test('a code that is not in the table is judged by the HTTP status, and kept for an alert', () => {
  const classified = classify(answer(409, error('INTEGRATION.QUITE_NEW')), nowMs);
  expect(classified).toMatchObject({
    ok: false,
    failure: { code: 'KOMBO_REFUSED', unlistedCode: 'INTEGRATION.QUITE_NEW' },
  });
  expect(codeOf(answer(500, error('PLATFORM.QUITE_NEW')))).toBe('KOMBO_FAULT');
});

test("Kombo's message is kept, cut to a maximum length, with the link to its log", () => {
  const classified = classify(answer(400, error('PLATFORM.INPUT_INVALID', { message: 'm'.repeat(10_000) })), nowMs);
  expect(classified).toStrictEqual({
    ok: false,
    failure: {
      code: 'PLATFORM.INPUT_INVALID',
      detail: 'Kombo answered HTTP 400.',
      komboMessage: 'm'.repeat(500),
      logUrl: 'https://app.kombo.dev/x/logs?interactionId=1',
    },
  });
});

test("Kombo's message is kept when it has no error object, with a link of the local stack", () => {
  const classify400 = (body: object) => classify(answer(400, body), nowMs);
  expect(classify400({ status: 'error', message: 'No room.' })).toMatchObject({
    failure: { komboMessage: 'No room.' },
  });
  const logUrl = 'http://127.0.0.1:4001/logs/1';
  expect(classify400(error('PLATFORM.INPUT_INVALID', { log_url: logUrl }))).toMatchObject({ failure: { logUrl } });
});

test.each([
  ['javascript:alert(1)'],
  ['see https://app.kombo.dev'],
  [['https://app.kombo.dev']],
  [''],
  [`https://app.kombo.dev/${'x'.repeat(2_000)}`],
])('a log_url that is not a link (%#) is left out', (logUrl) => {
  const classified = classify(answer(400, error('PLATFORM.INPUT_INVALID', { log_url: logUrl })), nowMs);
  expect(!classified.ok && classified.failure.logUrl).toBeUndefined();
});

test.each([[''], ['Frank Doe CV.pdf was refused'], ['X'.repeat(101)]])(
  'a code that cannot be a code (%#) is left out',
  (code) => {
    const classified = classify(answer(400, error(code)), nowMs);
    expect(!classified.ok && classified.failure.unlistedCode).toBeUndefined();
  },
);

test('error fields of undocumented types are left out', () => {
  const odd = { status: 'error', error: { code: null, title: 3, message: { text: 'no' }, log_url: 17 } };
  expect(classify(answer(500, odd), nowMs)).toEqual({
    ok: false,
    failure: { code: 'KOMBO_FAULT', detail: 'Kombo answered HTTP 500.' },
  });
});

test("the sentence for an operator quotes nothing of Kombo's answer", () => {
  const quoting = error('PLATFORM.INPUT_INVALID', { message: 'attachment "Frank Doe CV.pdf" is too big' });
  const classified = classify(answer(400, quoting), nowMs);
  expect(!classified.ok && classified.failure.detail).toBe('Kombo answered HTTP 400.');
});

test('the wait that Kombo asks for is part of the failure', () => {
  const headers = { 'ratelimit-remaining': '0', 'ratelimit-reset': '57' };
  const classified = classify(answer(429, error('PLATFORM.RATE_LIMIT_EXCEEDED'), { headers }), nowMs);
  expect(classified).toMatchObject({ failure: { retryAfterMs: 57_000 } });
});

describe('a success', () => {
  test.each([
    ['as documented', 200, { status: 'success', data: {}, warnings: [] }],
    ['as 201', 201, { status: 'success', data: {}, warnings: [] }],
    ['as 202', 202, { status: 'success' }],
    ['without warnings', 200, { status: 'success', data: {} }],
    ['without a status', 200, { data: {} }],
    ['with undocumented fields', 200, { status: 'success', data: { id: 1 }, meta: { a: 1 } }],
    ['with data null', 200, { status: 'success', data: null }],
    ['without any text', 200, ''],
    ['without any text, as 204', 204, ''],
    ['with white space alone', 200, ' \r\n'],
  ])('a success %s counts as delivered', (_, status, body) => {
    expect(classify(answer(status, body), nowMs)).toMatchObject({ ok: true, warnings: [] });
  });

  test('the warnings of a success that are texts are kept', () => {
    const warnings = [
      { message: 'Stored as other.' },
      null,
      'text',
      7,
      {},
      { message: 9 },
      { message: 'w'.repeat(600) },
    ];
    expect(classify(answer(200, { status: 'success', warnings }), nowMs)).toMatchObject({
      ok: true,
      warnings: ['Stored as other.', 'w'.repeat(500)],
    });
  });

  test.each([['a text'], [{ message: 'no list' }], [null], [3]])(
    'warnings that are not a list of texts (%j) are left out',
    (warnings) => {
      expect(classify(answer(200, { status: 'success', warnings }), nowMs)).toMatchObject({ ok: true, warnings: [] });
    },
  );
});

describe('a 2xx answer that may not come from Kombo', () => {
  test.each([
    ['HTML', '<html><body>Sign in to the Wi-Fi</body></html>'],
    ['truncated JSON', '{"status":"success","da'],
    ['a JSON list', '[]'],
    ['a JSON text', '"ok"'],
    ['JSON null', 'null'],
  ])('a 2xx answer with %s is ANSWER_UNREADABLE', (_, text) => {
    expect(codeOf(answer(200, text))).toBe('ANSWER_UNREADABLE');
  });

  test('a 2xx answer that broke off is ANSWER_UNREADABLE, even if its start is valid or missing', () => {
    expect(codeOf(answer(200, '', { complete: false }))).toBe('ANSWER_UNREADABLE');
    expect(codeOf(answer(200, '   ', { complete: false }))).toBe('ANSWER_UNREADABLE');
    expect(codeOf(answer(200, '{"status":"success"}', { complete: false }))).toBe('ANSWER_UNREADABLE');
  });
});

test('an error under HTTP 200 without a code may have come after the delivery', () => {
  expect(codeOf(answer(200, error(null)))).toBe('KOMBO_FAULT');
  expect(codeOf(answer(200, { status: 'error' }))).toBe('KOMBO_FAULT');
});

describe.each([200, 201, 202])('a JSON answer under HTTP %i that is not a success', (httpStatus) => {
  const coded = { code: 'REMOTE.INPUT_INVALID', message: 'The ATS rejected the content.' };

  test.each([
    ['an error beside the status success', { status: 'success', data: {}, error: coded }],
    ['an error without a status', { data: {}, error: coded }],
    ['an error beside a status that is null', { status: null, error: coded }],
    ['an error beside another status', { status: 'failed', error: coded }],
  ])('a 2xx answer is classified by its error code: %s', (_, body) => {
    expect(codeOf(answer(httpStatus, body))).toBe('REMOTE.INPUT_INVALID');
  });

  test.each([
    ['the status error', { status: 'error' }],
    ['the status failed', { status: 'failed', data: {} }],
    ['the status pending', { status: 'pending', data: {} }],
    ['the status Success, which Kombo does not spell this way', { status: 'Success' }],
    ['an empty status', { status: '' }],
    ['a status that is a number', { status: 200, data: {} }],
    ['a status that is a boolean', { status: true }],
    ['a status that is an object', { status: { code: 'success' } }],
    ['an empty error object', { status: 'success', error: {} }],
    ['an error object without a code', { status: 'success', error: { message: 'Something broke.' } }],
    ['an error with a code that is not in the table', { error: { code: 'REMOTE.QUITE_NEW' } }],
    ['an error that is a text', { status: 'success', error: 'Something broke.' }],
    ['an error that is a list', { error: [] }],
  ])('a 2xx answer that is not a clear success may have been delivered: %s', (_, body) => {
    expect(codeOf(answer(httpStatus, body))).toBe('KOMBO_FAULT');
    expect(komboFailures.KOMBO_FAULT.status).toBe('unknown');
  });

  test.each([
    ['an error that is null', { status: 'success', error: null }],
    ['a status that is null', { status: null, data: {} }],
  ])('a 2xx answer without a real error or status is a success: %s', (_, body) => {
    expect(codeOf(answer(httpStatus, body))).toBe('delivered');
  });
});

test('an error answer that broke off is judged by its HTTP status', () => {
  expect(codeOf(answer(503, '{"status":"error","error":{"co', { complete: false }))).toBe('KOMBO_UNAVAILABLE');
});
