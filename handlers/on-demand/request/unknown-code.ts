import { type FailureCode, failures } from '../../../lib/failures/failures.ts';
import { maxQuotedCode } from '../../limits.ts';

/** The sentence for a code that no row of the failure table has, with the code that was probably meant. */
export const unknownCode = (text: string): string => {
  const meant = (Object.keys(failures) as FailureCode[]).find((code) => isNear(plain(code), plain(text)));
  return `"code" is wrong: ${text.slice(0, maxQuotedCode)} is not a known code. ${meant ? `Did you mean ${meant}?` : 'docs/failures.md lists all codes, "status" those of held files and pauses.'}`;
};

const plain = (code: string): string => code.toUpperCase().replaceAll(/[^A-Z]/g, '');

/** Equal, or with one letter missing, added or wrong. */
const isNear = (a: string, b: string): boolean => {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (long.length - short.length > 1) return false;
  let same = 0;
  while (same < short.length && short[same] === long[same]) same += 1;
  return short.slice(short.length === long.length ? same + 1 : same) === long.slice(same + 1);
};
