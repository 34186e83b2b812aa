import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { activityOf, activityText } from '../../../../infra/local/terminal/activity.ts';

const textOf = (line: unknown): string | undefined => {
  const activity = activityOf(typeof line === 'string' ? line : JSON.stringify(line));
  return activity && stripVTControlCharacters(activityText('on-upload', activity));
};

test('the terminal prints a delivery as one line: state, time, key', () => {
  const line = {
    level: 'INFO',
    message: 'Attached.',
    status: 'attached',
    key: 'candidates/c1/Frank Doe CV.pdf',
    totalMs: 86.4,
  };
  expect(textOf(line)).toBe('  attached     86 ms  candidates/c1/Frank Doe CV.pdf');
});

test('the terminal prints a failure with its code and the next step', () => {
  const line = {
    level: 'WARN',
    message: 'Rejected.',
    status: 'rejected',
    key: 'candidates/c1/Frank Doe CV.pdf',
    totalMs: 27,
    code: 'FILE_EMPTY',
    nextStep: 'Ask the uploader for the file again.',
  };
  expect(textOf(line)).toBe(
    '  rejected     27 ms  candidates/c1/Frank Doe CV.pdf\n                      FILE_EMPTY. Ask the uploader for the file again.',
  );
});

test('the terminal prints the logUrl that the next step of a failure at Kombo asks for', () => {
  const line = {
    status: 'held',
    key: 'candidates/c1/Frank Doe CV.pdf',
    code: 'PLATFORM.UNKNOWN_ERROR',
    nextStep: 'Send the logUrl to Kombo support.',
    logUrl: 'http://127.0.0.1:4572/_emulator/requests/7',
  };
  expect(textOf(line)).toContain(
    'PLATFORM.UNKNOWN_ERROR. Send the logUrl to Kombo support.\n                      logUrl: http://127.0.0.1:4572/_emulator/requests/7',
  );
});

test('the terminal prints an error of a function with the name of the function', () => {
  const line = { level: 'ERROR', message: 'The event is refused.', detail: 'It is empty.' };
  expect(textOf(line)).toBe('  error               on-upload: The event is refused. It is empty.');
});

describe('lines that are only for the log', () => {
  test.each([
    ['metrics', { _aws: { Timestamp: 1 }, service: 'cv-courier', Attached: 1 }],
    ['a note', { level: 'INFO', message: 'Ignored.', reason: 'A folder marker.' }],
    ['a line of a library', 'Warning: something is deprecated'],
    ['half a line', '{"level":"ERROR"'],
    ['a number', '7'],
  ])('the terminal does not print %s', (_, line) => {
    expect(textOf(line)).toBeUndefined();
  });
});
