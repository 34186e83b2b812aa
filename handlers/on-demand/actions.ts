import type { Action } from './action.ts';
import { attach } from './actions/attach.ts';
import { check } from './actions/check.ts';
import { dryRun } from './actions/dry-run.ts';
import { forget } from './actions/forget.ts';
import { pause } from './actions/pause.ts';
import { replay } from './actions/replay.ts';
import { resend } from './actions/resend.ts';
import { resolve } from './actions/resolve.ts';
import { restored } from './actions/restored.ts';
import { resume } from './actions/resume.ts';
import { retry } from './actions/retry.ts';
import { status } from './actions/status.ts';
import { tell } from './actions/tell.ts';

/** Every action, in the order of the usage text. */
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
  restored,
  tell,
];

/** Also accepts `dry-run` and `DRYRUN`. */
export const findAction = (name: string): Action | undefined => {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[-_ ]/g, '');
  return actions.find((action) => plain(action.name) === plain(name));
};
