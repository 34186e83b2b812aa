import { expect, test } from 'vitest';
import { settings } from '../../../lib/config/settings.ts';
import { nextStepIfItPersists, nextStepOfPause } from '../../../lib/failures/advice.ts';
import type { Failure } from '../../../lib/failures/failure.ts';
import {
  countsAsAttempt,
  everyFailure,
  type FailureCode,
  failureOf,
  failures,
  saysOutage,
} from '../../../lib/failures/failures.ts';

const codes = Object.keys(failures) as FailureCode[];
const codesWhere = (fits: (failure: Failure) => boolean): readonly FailureCode[] =>
  codes.filter((code) => fits(failureOf(code))).sort();

test('a code that holds or rejects a file names who acts; one that recovers automatically or is final names nobody', () => {
  expect(codesWhere(({ status, acts }) => (status === 'held' || status === 'rejected') && acts === 'nobody')).toEqual(
    [],
  );
  expect(
    codesWhere(({ status, acts }) => (status === 'unknown' || status === 'superseded') && acts !== 'nobody'),
  ).toEqual([]);
  const pausing = codesWhere(({ status, pauses }) => status === 'waiting' && pauses !== 'nothing');
  expect(pausing.filter((code) => failureOf(code).acts === 'nobody')).toEqual(['INTEGRATION.SETUP_SYNC_PENDING']);
});

test('texts for operators contain no identifiers of the source code', () => {
  const texts = [
    ...Object.values(everyFailure).flatMap(({ meaning, nextStep }) => [meaning, nextStep]),
    ...Object.values(settings).map(({ meaning }) => meaning.replaceAll(/`[^`]*`/g, '')),
  ];
  const brands = /GuardDuty|logUrl|komboMessage|memoryMb|komboTimeoutSeconds|CVs?|ATSs?|JSON|reservedConcurrency/g;
  for (const text of texts) expect(text.replaceAll(brands, '')).not.toMatch(/\b[a-z]+[A-Z]/);
});

test('texts for operators name the fields of an answer as it has them, and none asks for a check that only repeats it', () => {
  for (const { meaning, nextStep } of Object.values(everyFailure))
    expect(`${meaning} ${nextStep}`).not.toMatch(/log_url|kombo_message|Kombo's message|action "check"/);
});

test('every code that can use up the retry budget of a file has a next step for when it persists', () => {
  // No attempt ends with these.
  const before = ['EVENT_MISSED', 'INTEGRATION_PAUSED', 'LANE_BUSY', 'RESEND_ASKED', 'SAME_BYTES_UNDECIDED'];
  const without = codes.filter((code) => countsAsAttempt(code) && failureOf(code).status === 'waiting');
  expect(without.filter((code) => nextStepIfItPersists(code) === undefined).sort()).toEqual(before);
  expect(nextStepIfItPersists('SOURCE_CORRUPT')).toBe('The object is damaged: upload it again.');
});

test('every code of a pause, which pages when it lasts, has a next step for then', () => {
  const ofPauses = codes.filter((code) => {
    const { pauses, throttled } = failureOf(code);
    return pauses !== 'nothing' || saysOutage(code) || throttled === 'rate-limit';
  });
  expect(ofPauses).toEqual(expect.arrayContaining(['KOMBO_BROKE_OFF', 'INTEGRATION.INACTIVE', 'KOMBO_RATE_LIMITED']));
  const saysNothing = ofPauses.filter((code) => nextStepOfPause(code).startsWith('Nothing'));
  expect(saysNothing.filter((code) => !/If (it lasts|this persists)/.test(nextStepOfPause(code)))).toEqual([]);
});

test('the meaning and the next step of every code are sentences', () => {
  for (const { meaning, nextStep } of Object.values(everyFailure)) {
    expect(meaning).toMatch(/^[A-Z].*\.$/s);
    expect(nextStep).toMatch(/^[A-Z].*\.$/s);
  }
});

test('a code of a refused event is never a code of an upload', () => {
  expect(Object.keys(everyFailure)).toHaveLength(codes.length + 11);
});

test('only a file that is known not to be delivered is sent again without another step', () => {
  expect(codesWhere(({ retry }) => retry !== 'never')).toEqual(codesWhere(({ status }) => status === 'waiting'));
});

test('Kombo throttles with these codes', () => {
  expect(codesWhere(({ throttled }) => throttled === 'concurrency-limit')).toEqual([
    'PLATFORM.CONCURRENCY_LIMIT_EXCEEDED',
  ]);
  expect(codesWhere(({ throttled }) => throttled === 'rate-limit')).toEqual([
    'KOMBO_RATE_LIMITED',
    'PLATFORM.RATE_LIMIT_EXCEEDED',
  ]);
});

test('Kombo refuses the API key with these codes', () => {
  expect(codesWhere(({ keyRefused }) => keyRefused)).toEqual(['KOMBO_UNAUTHORIZED', 'PLATFORM.AUTHENTICATION_INVALID']);
});

test('these codes, in answer to a listing, say that the API key lacks a right', () => {
  expect(codesWhere(({ asListing }) => asListing === 'forbidden')).toEqual([
    'INTEGRATION.ACTION_DISABLED',
    'INTEGRATION.MODEL_DISABLED',
    'INTEGRATION.PERMISSION_MISSING',
    'KOMBO_FORBIDDEN',
  ]);
});

test('these codes, in answer to a listing, ask an operator to look at the target', () => {
  expect(codesWhere(({ asListing }) => asListing === 'hold')).toEqual([
    'KOMBO_NOT_FOUND',
    'KOMBO_REFUSED',
    'PLATFORM.INPUT_INVALID',
    'REMOTE.INPUT_INVALID',
  ]);
});

test('these codes say that a tool cannot list files at all, which no right of the API key can change', () => {
  expect(codesWhere(({ asListing }) => asListing === 'cannot-list')).toEqual([
    'INTEGRATION.ACTION_NOT_AVAILABLE',
    'INTEGRATION.MODEL_NOT_AVAILABLE',
  ]);
});

test('these codes may mean delivered, and Kombo calls a repeat safe', () => {
  const codes = codesWhere(({ vendorRepeats }) => vendorRepeats);
  expect(codes).toEqual(['KOMBO_UNAVAILABLE', 'REMOTE.SERVICE_UNAVAILABLE']);
  expect(codes.map((code) => failureOf(code).status)).toEqual(['unknown', 'unknown']);
});

test('these codes mean that the other side is down or full: the integration, or everything behind the key', () => {
  expect(codesWhere(({ outage }) => outage === 'integration')).toEqual([
    'ANSWER_LOST',
    'ANSWER_TIMED_OUT',
    'ANSWER_UNREADABLE',
    'KOMBO_BROKE_OFF',
    'KOMBO_FAULT',
    'PLATFORM.TASK_TIMED_OUT',
    'PLATFORM.UNKNOWN_ERROR',
    'REMOTE.RATE_LIMIT_EXCEEDED',
    'REMOTE.SERVICE_UNAVAILABLE',
    'REMOTE.UNKNOWN_HTTP_ERROR',
  ]);
  expect(codesWhere(({ outage }) => outage === 'account')).toEqual([
    'KOMBO_CONNECTION_LOST',
    'KOMBO_UNAVAILABLE',
    'KOMBO_UNREACHABLE',
  ]);
});

test('these codes report an outage; the other outage codes are lost answers, which may concern one file', () => {
  expect(codes.filter(saysOutage).sort()).toEqual([
    'KOMBO_BROKE_OFF',
    'KOMBO_CONNECTION_LOST',
    'KOMBO_UNAVAILABLE',
    'KOMBO_UNREACHABLE',
    'REMOTE.RATE_LIMIT_EXCEEDED',
    'REMOTE.SERVICE_UNAVAILABLE',
  ]);
  const lost = codesWhere(({ outage }) => outage !== 'no').filter((code) => !saysOutage(code));
  expect(lost.filter((code) => failureOf(code).status !== 'unknown')).toEqual([]);
});

test('these codes pause everything behind the key', () => {
  expect(codesWhere(({ pauses }) => pauses === 'account')).toEqual([
    'API_KEY_UNREADABLE',
    'KOMBO_REDIRECTED',
    'KOMBO_UNAUTHORIZED',
    'PLATFORM.AUTHENTICATION_INVALID',
    'PLATFORM.IP_NOT_WHITELISTED',
  ]);
});

test('these codes pause an integration; one of them only where the id is not a mistake in the key', () => {
  expect(codesWhere(({ pauses }) => pauses === 'integration')).toEqual([
    'INTEGRATION.ACTION_DISABLED',
    'INTEGRATION.ACTION_NOT_AVAILABLE',
    'INTEGRATION.AUTHENTICATION_INVALID',
    'INTEGRATION.INACTIVE',
    'INTEGRATION.MODEL_DISABLED',
    'INTEGRATION.MODEL_NOT_AVAILABLE',
    'INTEGRATION.PERMISSION_MISSING',
    'INTEGRATION.QA_FAILED',
    'INTEGRATION.SETUP_INCOMPLETE',
    'INTEGRATION.SETUP_SYNC_PENDING',
  ]);
  expect(codesWhere(({ pauses }) => pauses === 'known-integration')).toEqual(['PLATFORM.INTEGRATION_NOT_FOUND']);
});

test('a failure that every file would meet makes the file wait or be looked up: no operator must act on it', () => {
  const held = codesWhere(
    ({ pauses, outage, throttled, status }) =>
      (pauses !== 'nothing' || outage !== 'no' || throttled !== 'no') && status !== 'waiting' && status !== 'unknown',
  );
  expect(held).toEqual([]);
  expect(failureOf('INTEGRATION_PAUSED').status).toBe('waiting');
});

test('a file that causes a pause is known not to be delivered', () => {
  expect(codesWhere(({ pauses, status }) => pauses !== 'nothing' && status !== 'waiting')).toEqual([]);
});

test.each<[FailureCode, boolean]>([
  ['INTEGRATION.INACTIVE', false],
  ['PLATFORM.INTEGRATION_NOT_FOUND', false],
  ['KOMBO_REDIRECTED', false],
  ['KOMBO_FAULT', false],
  ['KOMBO_UNREACHABLE', false],
  ['KOMBO_RATE_LIMITED', false],
  ['PLATFORM.CONCURRENCY_LIMIT_EXCEEDED', false],
  ['STORAGE_UNAVAILABLE', true],
  ['KOMBO_NOT_FOUND', true],
])(
  '%s uses up the retry budget: %s; what pauses, reports an outage or throttles, every file would meet',
  (code, counts) => {
    expect(countsAsAttempt(code)).toBe(counts);
  },
);

test.each([
  ['status', ['INTEGRATION.AUTHENTICATION_INVALID', 'INTEGRATION.INACTIVE']],
  ['setup-status', ['INTEGRATION.SETUP_INCOMPLETE', 'INTEGRATION.SETUP_SYNC_PENDING']],
  ['write-actions', ['INTEGRATION.ACTION_DISABLED', 'INTEGRATION.ACTION_NOT_AVAILABLE']],
  [
    'call',
    [
      'API_KEY_UNREADABLE',
      'KOMBO_REDIRECTED',
      'KOMBO_UNAUTHORIZED',
      'PLATFORM.AUTHENTICATION_INVALID',
      'PLATFORM.INTEGRATION_NOT_FOUND',
      'PLATFORM.IP_NOT_WHITELISTED',
    ],
  ],
] as const)(
  "the cause of a pause shows in Kombo's description of the integration (%s) for these codes",
  (where, expected) => {
    expect(codesWhere(({ seenIn }) => seenIn === where)).toEqual(expected);
  },
);

test('these codes show that Kombo judged the file, so no pause applies any longer', () => {
  expect(codesWhere(({ judges }) => judges === 'file')).toEqual([
    'PLATFORM.INPUT_INVALID',
    'REMOTE.INPUT_INVALID',
    'REMOTE.RATE_LIMIT_EXCEEDED',
    'REMOTE.SERVICE_UNAVAILABLE',
    'REMOTE.UNKNOWN_HTTP_ERROR',
  ]);
});
