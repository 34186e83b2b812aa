import type { Action } from './action.ts';
import { attach } from './attach.ts';
import { check } from './check.ts';
import { dryRun } from './dry-run.ts';
import { forget } from './forget.ts';
import { pause } from './pause.ts';
import { replay } from './replay.ts';
import { resend } from './resend.ts';
import { resolve } from './resolve.ts';
import { resume } from './resume.ts';
import { retry } from './retry.ts';
import { status } from './status.ts';

/** All that one can ask for, in the order of the usage text. */
export const actions: readonly Action[] = [
  status,
  check,
  attach,
  dryRun,
  retry,
  resend,
  resolve,
  pause,
  resume,
  forget,
  replay,
];

/** `dry-run` and `DRYRUN` are meant well. */
export const actionNamed = (name: string): Action | undefined => {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[-_ ]/g, '');
  return actions.find((action) => plain(action.name) === plain(name));
};
