import type { FailureCode } from '../failures/failures.ts';
import { failureOf } from '../failures/failures.ts';
import { isObject, list, text } from '../json.ts';
import type { Answered } from '../kombo/client.ts';
import type { TargetKind } from '../upload/target.ts';
import type { Reading } from './pause.ts';

/**
 * Whether `GET /integrations/{id}` shows the cause of a pause. Fields may be missing and values undocumented, so
 * anything unknown says nothing. Neither does a response that another limit or a proxy may have caused.
 */
export const readingOf = (code: FailureCode, kind: TargetKind, answer: Answered<unknown>): Reading => {
  const { seenIn } = failureOf(code);
  if (!answer.ok) {
    const isSame = seenIn === 'call' && answer.failure.code === code;
    return isSame ? 'shows-cause' : 'says-nothing';
  }
  if (!isObject(answer.value)) return 'says-nothing';
  const { status, setup_status: setup } = answer.value;
  switch (seenIn) {
    case 'call':
      return 'shows-none';
    case 'status':
      return stateReading(text(status), ['ACTIVE'], ['INVALID', 'INACTIVE']);
    case 'setup-status':
      return stateReading(text(setup), ['COMPLETED'], ['INCOMPLETE', 'FINAL_SYNC_PENDING']);
    case 'write-actions':
      return actionReading(kind, list(answer.value.write_actions) ?? []);
    case 'nowhere':
      return 'says-nothing';
  }
};

const stateReading = (state: string | undefined, good: readonly string[], bad: readonly string[]): Reading => {
  if (state === undefined) return 'says-nothing';
  if (good.includes(state)) return 'shows-none';
  return bad.includes(state) ? 'shows-cause' : 'says-nothing';
};

const actionReading = (kind: TargetKind, actions: readonly unknown[]): Reading => {
  const action = actions.find((entry) => isObject(entry) && entry.id === `ats_add_${kind}_attachment`);
  if (!isObject(action)) return 'says-nothing';
  const isOff =
    action.is_available === false ||
    action.scope_config_setting === 'DISABLED' ||
    action.opted_out_by_customer === true ||
    action.coverage_status === 'UNSUPPORTED' ||
    action.coverage_status === 'NOT_IMPLEMENTED';
  if (isOff) return 'shows-cause';
  return action.is_available === true ? 'shows-none' : 'says-nothing';
};
