import { expect, test } from 'vitest';
import {
  becauseOf,
  endsAutomatically,
  explains,
  isGivenUp,
  nextStepFor,
  nextStepInLog,
  nextStepOfPause,
  nextStepOfRequest,
} from '../../../lib/failures/advice.ts';
import type { FailureStatus } from '../../../lib/failures/failure.ts';
import { type FailureCode, failureOf, isFailureCode, isScanCode } from '../../../lib/failures/failures.ts';

const nextStepIn = (code: FailureCode) => failureOf(code).nextStep;

test.each<[FailureCode, FailureStatus]>([
  ['FILE_EMPTY', 'rejected'],
  ['STORAGE_DENIED', 'held'],
  ['ANSWER_LOST', 'unknown'],
  ['OBJECT_DELETED', 'superseded'],
  // Its row says that files wait; a file whose id may be a mistake in its key is rejected.
  ['PLATFORM.INTEGRATION_NOT_FOUND', 'rejected'],
])('%s is why a file is %s, so the next step is that of the code', (code, status) => {
  expect(explains(code, status)).toBe(true);
  expect(nextStepFor(code, status)).toBe(nextStepIn(code));
});

test.each<[FailureCode, FailureStatus, string]>([
  ['STORAGE_DENIED', 'waiting', 'Nothing: it is sent automatically.'],
  ['STORAGE_DENIED', 'unknown', 'Nothing: the target is checked to see whether the file arrived.'],
  ['ANSWER_LOST', 'held', 'Read the detail, fix its cause, then retry.'],
  [
    'STORAGE_DENIED',
    'rejected',
    'An operator decided not to send it. "retry" reverses that; add "force": true if the malware scan has not found the file clean. If it found a threat, only a clean verdict of a new scan sends the file.',
  ],
  ['FILE_EMPTY', 'superseded', 'Nothing, unless the object was deleted by mistake: then upload it again.'],
])('%s is what a file met before it was %s, so the next step is that of the status', (code, status, step) => {
  expect(explains(code, status)).toBe(false);
  expect(nextStepFor(code, status)).toBe(step);
});

test('only a log line says how to see a key that matches no template, because only there it is masked', () => {
  expect(nextStepFor('KEY_NOT_MATCHED', 'rejected')).not.toContain('status');
  expect(nextStepInLog('KEY_NOT_MATCHED', 'rejected')).toMatch(
    / To see the key, send .*"rejected"\} .*ETag of this line\.$/,
  );
  expect(nextStepInLog('FILE_EMPTY', 'rejected')).toBe(nextStepFor('FILE_EMPTY', 'rejected'));
});

test('a rejected file whose code rejects no file was given up by an operator', () => {
  expect([isGivenUp('STORAGE_DENIED'), isGivenUp('FILE_EMPTY')]).toEqual([true, false]);
});

test('a request that met a temporary failure can be repeated in a minute; any other failure has its own next step', () => {
  const soon = 'Repeat the request in a minute.';
  expect([nextStepOfRequest('STORAGE_UNAVAILABLE'), nextStepOfRequest('ANSWER_LOST')]).toEqual([soon, soon]);
  for (const code of ['FILE_EMPTY', 'STORAGE_DENIED', 'INTEGRATION.INACTIVE'] as const)
    expect(nextStepOfRequest(code)).toBe(nextStepIn(code));
});

test('a pause by an operator is ended by an operator; any other has the next step of its cause', () => {
  expect(nextStepOfPause('INTEGRATION_PAUSED')).toBe('An operator ends it with "resume"; its files are then sent.');
  expect(nextStepOfPause('INTEGRATION.INACTIVE')).toBe(nextStepIn('INTEGRATION.INACTIVE'));
});

test.each<[FailureCode, string]>([
  ['KOMBO_FAULT', 'ask Kombo support.'],
  ['PLATFORM.RATE_LIMIT_EXCEEDED', 'find out what else uses this API key, or ask Kombo for a higher limit.'],
])('a pause by %s says what ends it, not what one file would need', (code, persists) => {
  expect(nextStepOfPause(code)).toBe(
    `Nothing to do: one call every 1 to 30 minutes tests whether it is over; then all waiting files are sent. If it lasts for more than an hour: ${persists}`,
  );
});

test('outages, throttling and a first sync end automatically, every other pause needs an operator', () => {
  const codes = ['KOMBO_FAULT', 'KOMBO_RATE_LIMITED', 'INTEGRATION.SETUP_SYNC_PENDING'] as const;
  expect(codes.map(endsAutomatically)).toEqual([true, true, true]);
  const others = ['INTEGRATION.INACTIVE', 'INTEGRATION.SETUP_INCOMPLETE', 'INTEGRATION_PAUSED'] as const;
  expect(others.map(endsAutomatically)).toEqual([false, false, false]);
});

test.each<[FailureCode, string]>([
  ['FILE_EMPTY', ' because of the file itself'],
  ['OBJECT_GONE', ' because its object was deleted'],
  ['KEY_NOT_MATCHED', ' because of its key'],
  ['ATS.JOB_CLOSED', ' because of its target, the candidate or application'],
  ['PLATFORM.INPUT_INVALID', ' because of the file or its key; Kombo does not say which'],
  ['STORAGE_DENIED', ' by an operator'],
])('the reason of a rejection with %s reads "%s"', (code, words) => {
  expect(becauseOf(code)).toBe(words);
});

test('only a code of the table is a failure code', () => {
  expect(['FILE_EMPTY', 'toString', '', 7, undefined, ['FILE_EMPTY']].map(isFailureCode)).toEqual([
    true,
    ...[false, false, false, false, false],
  ]);
});

test('the codes of the malware scan start with SCAN_', () => {
  expect(['SCAN_FAILED', 'FILE_EMPTY', 'NO_SCAN_'].map(isScanCode)).toEqual([true, false, false]);
});
