import type { ListedFile } from '../kombo/attachment-list.ts';
import { datedBeforeMs } from '../limits.ts';
import type { AttachmentType, Target } from '../upload/target.ts';
import type { ComparedFile } from './compare-content.ts';
import type { ToolKnowledge } from './learn-tool.ts';

/** The question: is the file of one upload among the files that its target lists? */
export interface Question {
  readonly target: Target;
  readonly type: AttachmentType;
  /** Milliseconds since the epoch. */
  readonly firstUnknownAttemptAt: number;
  /** An operator's `resend` sent it again although a copy may exist. */
  readonly resent: boolean;
  readonly tool: ToolKnowledge;
  /** Undefined when its length is not known. Only a file that is certainly different from ours is judged by it. */
  readonly sizeBytes: number | undefined;
  /** The listing is incomplete: Kombo refers to a next page. */
  readonly more: boolean;
}

/**
 * `found`: these bytes are at the target. `absent`: they are not. `doubt`: neither is certain. `passes`: a later check,
 * or more knowledge about the tool, may remove the doubt. `because` is a sentence for the operator, without names and
 * links.
 */
export type Verdict =
  | { readonly kind: 'found' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'doubt'; readonly passes: boolean; readonly because: string };

/** A doubt that remains with this knowledge cannot be removed by learning. */
const knownInFull: ToolKnowledge = { lists: true, keepsBytes: Number.POSITIVE_INFINITY };

/**
 * Decides by bytes. Names are ignored, and dates matter only if they are much too early. A file with different bytes may
 * still be ours, converted by the tool, unless something else explains it.
 */
export const verdictOn = (files: readonly ComparedFile[], question: Question): Verdict => {
  if (files.some(isProofFor(question))) {
    return question.resent ? doubt(false, reasons.resent) : { kind: 'found' };
  }
  if (files.some(({ comparison }) => comparison.kind === 'not-compared' && comparison.mayPass)) {
    return doubt(true, reasons.notCompared);
  }
  const lasting = question.more ? reasons.more : doubtIn(files, question, knownInFull);
  if (lasting !== undefined) return doubt(false, lasting);
  const forNow = doubtIn(files, question, question.tool);
  return forNow === undefined ? { kind: 'absent' } : doubt(true, forNow);
};

const doubt = (passes: boolean, because: string): Verdict => ({ kind: 'doubt', passes, because });

const reasons = {
  resent: "A file with the same bytes is there, but it may be the copy from before an operator's resend.",
  ours: 'A file with the same bytes is there, but with the attachment type of another upload of these bytes.',
  different:
    'A file with different bytes may be this one, converted: the tool is not known to store files of this type and length unchanged.',
  notCompared: 'A file that could not be compared may be this one.',
  more: 'It may be among files that the incomplete listing does not show.',
  unlisted:
    'It may be at the target without being listed: this tool is not yet known to list every file that it accepted.',
} as const;

/** Whether the entry has our bytes and does not belong to another upload. */
export const isProofFor =
  (question: Pick<Question, 'target' | 'type'>) =>
  (compared: ComparedFile): boolean =>
    compared.comparison.kind === 'ours' &&
    !isOfOtherApplication(compared, question) &&
    !isOfOtherType(compared, question);

/** An application's listing may cover all files of the candidate. */
const isOfOtherApplication = ({ file }: ComparedFile, { target }: Pick<Question, 'target'>): boolean =>
  target.kind === 'application' && file.applicationId !== undefined && file.applicationId !== target.id;

/** The same bytes were also uploaded to this target with the listed type, so the entry may belong to that upload. */
const isOfOtherType = ({ file, comparison }: ComparedFile, { type }: Pick<Question, 'type'>): boolean =>
  comparison.kind === 'ours' && file.type !== type && comparison.otherTypes.some((other) => other === file.type);

/** Why the file may be at the target although it was not found there. */
const doubtIn = (files: readonly ComparedFile[], question: Question, tool: ToolKnowledge): string | undefined => {
  const unexplained = files.find((compared) => !isExplained(compared, question, tool));
  switch (unexplained?.comparison.kind) {
    case 'ours':
      return reasons.ours;
    case 'different':
    case 'other-upload':
      return reasons.different;
    case 'not-compared':
      return reasons.notCompared;
    case undefined:
      return tool.lists ? undefined : reasons.unlisted;
  }
};

const isExplained = (compared: ComparedFile, question: Question, tool: ToolKnowledge): boolean => {
  switch (compared.comparison.kind) {
    case 'ours':
      return isOfOtherApplication(compared, question);
    case 'other-upload':
      return true;
    case 'different':
      return isDatedBefore(compared.file, question) || isKept(question, tool);
    case 'not-compared':
      return false;
  }
};

const isDatedBefore = ({ createdAt }: ListedFile, { firstUnknownAttemptAt }: Question): boolean =>
  createdAt !== undefined && createdAt < firstUnknownAttemptAt - datedBeforeMs;

/** The tool would have stored our bytes unchanged, so a file with different bytes is not ours. */
const isKept = ({ sizeBytes }: Question, { keepsBytes }: ToolKnowledge): boolean =>
  sizeBytes !== undefined && sizeBytes <= keepsBytes;
