import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Step } from '../../../../infra/local/terminal/step.ts';
import { stepText } from '../../../../infra/local/terminal/step-text.ts';

const startedAtMs = Date.parse('2026-03-01T10:00:00.000Z');
const key = 'candidates/c1/Frank Doe CV.pdf';

describe('steps of an upload', () => {
  const steps: readonly (readonly [Step, string])[] = [
    [
      { step: 'uploaded', atMs: startedAtMs, bucket: 'cvs', key, sizeBytes: 2135 },
      '  uploaded            s3://cvs/candidates/c1/Frank Doe CV.pdf, 2.1 kB',
    ],
    [
      { step: 'event', atMs: startedAtMs + 12, eventName: 'ObjectCreated:Put', requestId: 'r1' },
      '  event       +12 ms  ObjectCreated:Put starts on-upload',
    ],
    [{ step: 'claimed', atMs: startedAtMs + 310, attempt: 1 }, '  claimed    +310 ms  in the ledger, attempt 1'],
    [
      {
        step: 'sent',
        atMs: startedAtMs + 1350,
        path: '/v1/ats/candidates/c1/attachments',
        status: 200,
        bodyBytes: 2945,
      },
      '  sent      +1350 ms  POST /v1/ats/candidates/c1/attachments, 2.9 kB: 200',
    ],
    [
      { step: 'sent', atMs: startedAtMs + 9, path: '/v1/ats/candidates/c1/attachments', status: null, bodyBytes: 7 },
      '  sent         +9 ms  POST /v1/ats/candidates/c1/attachments, 7 B: no answer',
    ],
    [
      {
        step: 'waiting',
        atMs: startedAtMs + 400,
        status: 'waiting',
        why: 'KOMBO_UNAVAILABLE',
        untilMs: startedAtMs + 2400,
      },
      '  waiting    +400 ms  waiting: KOMBO_UNAVAILABLE; until 2026-03-01T10:00:02.400Z',
    ],
    [
      { step: 'waiting', atMs: startedAtMs + 400, status: 'waiting', why: 'The integration has been paused.' },
      '  waiting    +400 ms  waiting: The integration has been paused.',
    ],
    [
      { step: 'attached', atMs: startedAtMs + 360, target: 'candidate/c1', name: 'Frank Doe CV.pdf', sizeBytes: 2135 },
      '  attached   +360 ms  to candidate/c1 as "Frank Doe CV.pdf", byte for byte',
    ],
    [
      {
        step: 'already-attached',
        atMs: startedAtMs - 1000,
        target: 'candidate/c1',
        name: 'Frank Doe CV.pdf',
        sizeBytes: 2135,
      },
      '  attached            to candidate/c1 since 2026-03-01T09:59:59.000Z; nothing was sent again (to see it sent again, add -- --fresh)',
    ],
    [
      {
        step: 'failed',
        atMs: startedAtMs + 41,
        status: 'rejected',
        reason: 'FILE_EMPTY: No bytes.',
        nextStep: 'Ask again.',
      },
      '  failed      +41 ms  rejected: FILE_EMPTY: No bytes.\n                      Ask again.',
    ],
  ];
  test.each(steps)('the terminal prints a step of an upload as one aligned line: $step', (step, line) => {
    expect(stripVTControlCharacters(stepText(step, startedAtMs))).toBe(line);
  });
});
