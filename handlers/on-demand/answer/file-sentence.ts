import { becauseOf, explains, isGivenUp } from '../../../lib/failures/advice.ts';
import type { FailureStatus } from '../../../lib/failures/failure.ts';
import { type FailureCode, isScanCode } from '../../../lib/failures/failures.ts';
import type { FileAnswer, FileFacts } from './file-answer.ts';
import { listedSentence, verdictSentence } from './scan-answer.ts';

/** The state of one file as a sentence. */
export const sentenceOf = (file: FileAnswer): string => {
  switch (file.status) {
    case 'attached':
      return `It is attached to${targetName(file)}, since ${file.attachedAt}.${listedSentence(file)}`;
    case 'already-attached':
      return `It has been attached to${targetName(file)} since ${file.attachedAt}; nothing was sent.${listedSentence(file)}`;
    case 'sending':
      return `It is being sent at this moment.${verdictSentence(file)}`;
    case 'waiting': {
      const waits = file.resent
        ? 'It will be sent again automatically'
        : 'It is not delivered yet and will be sent automatically';
      return file.paused === undefined
        ? `${waits}${from(file.dueAt)}.${explain(file)}`
        : `${waits} when the pause ends. ${file.paused}`;
    }
    case 'unknown':
      return `It may have been delivered; the target is checked automatically${file.paused === undefined ? from(file.dueAt) : ' when the pause ends'}.${file.lastLook === undefined ? '' : ` ${file.lastLook}`}${file.paused === undefined ? '' : ` ${file.paused}`}${verdictSentence(file)}`;
    case 'held':
      return `It is held: an operator must act.${explain(file)}`;
    case 'rejected':
      if (file.code !== undefined && isGivenUp(file.code)) return givenUpSentence(file.code, file.meaning);
      return `It is rejected${file.code === undefined ? '' : becauseOf(file.code)}.${explain(file)}`;
    case 'superseded':
      return `It was not sent, because the object is no longer there.${explain(file)}`;
    case 'ignored':
      return file.reason;
    case 'refused':
      return `The event is refused. ${file.code}: ${file.detail} ${file.nextStep}`;
    case 'not there':
    case 'not read':
      return `${file.meaning} ${file.nextStep}`;
  }
};

const targetName = ({ target }: FileFacts): string => (target === undefined ? '' : ` ${target.replace('/', ' ')}`);

const from = (dueAt: string | undefined): string => (dueAt === undefined ? '' : ` after ${dueAt}`);

/**
 * The code, its meaning and what to do. The detail has the values: a size and its limit, the allowed types, or what a
 * look showed.
 */
const explain = (file: Extract<FileAnswer, { readonly status: FailureStatus }>): string => {
  const { status, code, meaning = '', detail = '', nextStep = '' } = file;
  if (code === undefined) return '';
  const isFinal = status === 'held' || status === 'rejected';
  const values = isFinal && detail !== '' && !repeats(detail, meaning) ? ` ${detail}` : '';
  const before = explains(code, status) ? '' : 'Before that, it failed with ';
  return ` ${before}${code}: ${meaning}${values} ${nextStep}`;
};

/** "Kombo answered HTTP 403." adds nothing to "Kombo answered 403 without a known code." */
const repeats = (detail: string, meaning: string): boolean => {
  const [, status] = /^Kombo answered HTTP (\d{3})\.$/.exec(detail) ?? [];
  return detail === meaning || (status !== undefined && meaning.startsWith(`Kombo answered ${status} `));
};

/** The code says why it was held; its next step no longer applies. */
const givenUpSentence = (code: FailureCode, meaning = ''): string => {
  const sends =
    code === 'SCAN_THREAT_FOUND'
      ? 'a later clean scan of it'
      : isScanCode(code)
        ? 'a later clean scan of it or "retry" by its key with "force": true'
        : 'uploading it again or "retry"';
  return `It was never delivered, and an operator decided not to send it. Only ${sends} can still send it. Before that, it failed with ${code}: ${meaning}`;
};
