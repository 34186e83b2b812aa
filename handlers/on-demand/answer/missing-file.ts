import { nextStepOfRequest } from '../../../lib/failures/advice.ts';
import { type FailureDetail, failures } from '../../../lib/failures/failures.ts';
import type { FileAnswer } from './file-answer.ts';

/** An object that a request names and that does not exist or cannot be read. */
export const missingFile = ({ key, code, detail }: FailureDetail & { readonly key: string }): FileAnswer => {
  if (code !== 'OBJECT_DELETED') {
    return {
      status: 'not read',
      key,
      code,
      detail,
      meaning: failures[code].meaning,
      nextStep: nextStepOfRequest(code),
    };
  }
  const meaning = 'The object does not exist in the bucket.';
  const nextStep = 'Compare the key with the bucket: upper case, lower case and spaces matter.';
  return { status: 'not there', key, code, detail, meaning, nextStep };
};
