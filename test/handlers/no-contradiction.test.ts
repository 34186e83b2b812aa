import { expect, test } from 'vitest';
import { resultOf } from '../../handlers/on-batch/task-result.ts';
import { type FileAnswer, fileOfOutcome, fileOfRecord } from '../../handlers/on-demand/answer/file-answer.ts';
import { sentenceOf } from '../../handlers/on-demand/answer/file-sentence.ts';
import { withPause } from '../../handlers/on-demand/answer/paused-files.ts';
import type { FailureStatus } from '../../lib/failures/failure.ts';
import { type FailureCode, failureOf, failures, isScanCode } from '../../lib/failures/failures.ts';
import { newLane } from '../../lib/lane/lane.ts';
import type { State } from '../../lib/ledger/record.ts';
import type { Outcome } from '../../lib/outcome.ts';
import { observer } from '../../lib/telemetry/observe.ts';
import { uploadId } from '../../lib/upload/upload.ts';
import { nine, recordIn, target, upload } from '../fakes/ledger-samples.ts';
import { courierWorld } from '../worlds/courier-world.ts';

const codes = Object.keys(failures) as FailureCode[];
const statuses = ['waiting', 'unknown', 'held', 'rejected', 'superseded'] as const satisfies readonly FailureStatus[];
const cases = codes.flatMap((code) => statuses.map((status) => [code, status] as const));

const detail = 'Seen by the test.';
const failureWith = (code: FailureCode) => ({ code, detail });

const stateWith = (code: FailureCode, status: FailureStatus): State => {
  const failure = failureWith(code);
  switch (status) {
    case 'waiting':
      return { status, dueAt: nine, failure };
    case 'unknown':
      return { status, dueAt: nine, failure, absentLooks: 0, doubtfulLooks: 0, passingLooks: 0, unknownSince: nine };
    case 'held':
      return { status, heldAt: nine, failure, mayBeDelivered: false };
    case 'rejected':
      return { status, rejectedAt: nine, failure };
    case 'superseded':
      return { status, supersededAt: nine, failure };
  }
};

const about = { upload, target, attempt: 1 } as const;
const outcomesWith = (code: FailureCode, status: FailureStatus): readonly Outcome[] => {
  const failure = failureWith(code);
  const dueAt = new Date(nine);
  return [
    { ...about, status, failure, dueAt },
    { ...about, status: 'unchanged', as: status, failure, dueAt },
  ];
};

const fileIn = (code: FailureCode, status: FailureStatus): FileAnswer => {
  const record = recordIn(stateWith(code, status));
  return fileOfRecord({ id: uploadId(record.upload), readable: true, record });
};

/** Open lanes, or one that is paused for this cause. */
const lanesWith = (code?: FailureCode) => {
  const pause = code && ({ code, by: 'kombo', reason: detail, since: nine } as const);
  const read = async (id: string) => ({ ...newLane(id), ...(pause && id === target.integrationId && { pause }) });
  return { lanes: { read } as never };
};

/** Sentences that call an operator, and those that say that no action is needed. */
const actor = /an operator must act/;
const nobody = /\bNothing\b(?! at first)/;

/** No sentence may say both. Each status says one of them, or who must send what again. */
const expectNoContradiction = (said: string, status: FailureStatus): void => {
  const text = said.replaceAll(/\bif this persists[,:] [^.]*\./gi, '').replaceAll('retry budget', '');
  expect(actor.test(text) && nobody.test(text)).toBe(false);
  switch (status) {
    case 'held':
      expect(text).not.toMatch(/sent automatically|is read to see|\bNothing\b/);
      return;
    case 'rejected':
      expect(text).not.toMatch(/sent again automatically|is read to see|\bNothing\b|operator must act/);
      return;
    case 'waiting':
    case 'unknown':
      // A status that continues automatically asks no one to send, upload or retry anything.
      expect(text).not.toMatch(
        /operator must act|\bretry\b|[Aa]sk the uploader|[Uu]pload (?:it|the file) (?:again|under)/,
      );
      return;
    case 'superseded':
      expect(text).not.toMatch(/operator must act|sent again automatically/);
  }
};

test.each(cases)('an answer about a file with %s that is %s never contradicts itself', async (code, status) => {
  const open = await withPause(fileIn(code, status), lanesWith());
  const files = [
    open,
    ...(await Promise.all(outcomesWith(code, status).map((o) => withPause(fileOfOutcome(o), lanesWith())))),
  ];
  for (const file of files) {
    // A cause that pauses a lane asks for its fix; when the lane is open it asks for nothing.
    expectNoContradiction(sentenceOf(file), status);
    if ('nextStep' in file) expectNoContradiction(`${file.meaning} ${file.nextStep}`, status);
  }
});

test.each(codes)(
  'the answer about a file behind the pause %s says that it waits for the end, and names no time',
  async (code) => {
    for (const status of ['waiting', 'unknown'] as const) {
      const sentence = sentenceOf(await withPause(fileIn('INTEGRATION_PAUSED', status), lanesWith(code)));
      expect(sentence).toContain('when the pause ends');
      expect(sentence).not.toMatch(/ from \d{4}-/);
      expect(sentence).toContain(`: ${code}. ${detail}`);
    }
  },
);

test.each(codes.filter((code) => failureOf(code).atFault !== 'none'))(
  'the answer about a file rejected with %s says why, and not that it met the code before',
  (code) => {
    const sentence = sentenceOf(fileIn(code, 'rejected'));
    expect(sentence).toMatch(/^It is rejected .*\b(the file|its key|its target|its object)\b/);
    expect(sentence).not.toContain('Before that, it failed with');
  },
);

test.each(codes.filter((code) => failureOf(code).atFault === 'none'))(
  'the answer about a file given up by an operator because of %s says so, and how it can still be sent',
  (code) => {
    const sentence = sentenceOf(fileIn(code, 'rejected'));
    expect(sentence).toMatch(/^It was never delivered, and an operator decided not to send it\./);
    // Without "force" a retry of a file that was not found clean is refused, and of a found threat always.
    expect(sentence.includes('"force": true')).toBe(isScanCode(code) && code !== 'SCAN_THREAT_FOUND');
  },
);

test.each(cases)('the log line of %s, %s, never contradicts itself', (code, status) => {
  for (const outcome of outcomesWith(code, status)) {
    const lines: string[] = [];
    const line = (message: string, { nextStep }: Record<string, unknown>) => void lines.push(`${message} ${nextStep}`);
    observer({ info: line, warn: line, error: line }, () => undefined, [])(outcome, { totalMs: 1 });
    const [text = ''] = lines;
    // A failure that pauses a lane waits, and names the fix of its cause.
    if (!(status === 'waiting' && failureOf(code).pauses !== 'nothing')) expectNoContradiction(text, status);
    expect(text).not.toMatch(/nothing to do/);
  }
});

test.each(cases)('the result of a batch task with %s, %s, never contradicts itself', (code, status) => {
  for (const outcome of outcomesWith(code, status)) {
    const { resultCode, resultString } = resultOf(outcome);
    expectNoContradiction(resultString, status);
    if (status === 'held' || status === 'rejected') expect(resultCode).toBe('PermanentFailure');
  }
});

/** Sentences about the request itself, and about other files. */
const aboutFile = (message: unknown): string =>
  String(message).replaceAll(/Nothing (?:was (?:done|sent|changed)|waits for another attempt|is held)[^.]*\./g, '');

test.each(codes)(
  'every request about a file is answered without a contradiction, whatever its status: %s',
  async (code) => {
    for (const status of statuses) {
      const world = courierWorld();
      const { etag } = world.put(upload.key);
      world.store(recordIn(stateWith(code, status), { upload: { ...upload, etag } }));
      const requests = [
        { action: 'status', key: upload.key },
        { action: 'status', candidate_id: target.id },
        { action: 'status' },
        { action: 'status', list: 'rejected' },
        { action: 'dryRun', key: upload.key },
      ];
      for (const request of requests) {
        const answer = await world.ask(request);
        // The dry run of a waiting file is about the request: whether it would be sent, or why not.
        const isOfFile =
          'key' in request && (request.action === 'status' || !['waiting', 'superseded'].includes(status));
        if (isOfFile) expectNoContradiction(aboutFile(answer.message), status);
        for (const name of ['files', 'held', 'rejected', 'heldByCode']) {
          for (const its of (answer[name] ?? []) as { status?: string; meaning?: string; nextStep?: string }[]) {
            if (its.nextStep === undefined || (its.status ?? 'held') !== (name === 'heldByCode' ? 'held' : status))
              continue;
            expectNoContradiction(`${its.meaning} ${its.nextStep}`, name === 'heldByCode' ? 'held' : status);
          }
        }
      }
      if (status !== 'held' && status !== 'rejected') continue;
      // A refused decision quotes the status.
      const refused = await world.ask({ action: 'resolve', key: upload.key, reason: 'Seen in the ATS.' });
      // A file held here was never sent, so the operator decides not to send it; a rejected file with its code is
      // already decided.
      expect(refused.ok).toBe(status === 'held' || failureOf(code).atFault === 'none');
      if (!refused.ok) expectNoContradiction(aboutFile(refused.message), status);
    }
  },
);

test('every code that can reject says what is at fault, and no other code does', () => {
  const mustSay = codes.filter(
    (code) => failureOf(code).status === 'rejected' || failureOf(code).pauses === 'known-integration',
  );
  expect(codes.filter((code) => failureOf(code).atFault !== 'none').sort()).toEqual(mustSay.sort());
});

test.each([
  ['FILE_TOO_LARGE', 'It is rejected because of the file itself.'],
  ['FILE_HAS_PASSWORD', 'It is rejected because of the file itself.'],
  ['REMOTE.INPUT_INVALID', 'It is rejected because of the file itself.'],
  ['KEY_NOT_MATCHED', 'It is rejected because of its key.'],
  ['PLATFORM.INTEGRATION_NOT_FOUND', 'It is rejected because of its key.'],
  ['ATS.JOB_CLOSED', 'It is rejected because of its target, the candidate or application.'],
  ['PLATFORM.INPUT_INVALID', 'It is rejected because of the file or its key; Kombo does not say which.'],
] as const)('the answer about a file rejected with %s says so: %s', (code, begins) => {
  const sentence = sentenceOf(fileIn(code, 'rejected'));
  expect(sentence.startsWith(`${begins} ${code}: ${failures[code].meaning} ${detail} `)).toBe(true);
});
