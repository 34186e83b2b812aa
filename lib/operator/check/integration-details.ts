import { isObject, list, text } from '../../json.ts';
import { type TargetKind, targetIdName, targetKinds } from '../../upload/target.ts';
import { type CheckLine, fine, notTested, wrong } from './check-line.ts';

/**
 * Reports what `GET /integrations/{id}` shows about an integration. Fields may be missing and values may be
 * undocumented, so anything unknown is reported as not tested, never as wrong.
 */
export const integrationLines = (id: string, data: unknown, kinds: readonly TargetKind[]): readonly CheckLine[] => {
  if (!isObject(data)) return [notTested(`integration ${id}`, "This version cannot read Kombo's description of it.")];
  return [statusLine(id, data), ...kinds.map((kind) => actionLine(id, kind, data))];
};

const statusLine = (id: string, data: Record<string, unknown>): CheckLine => {
  const what = `integration ${id}`;
  const status = text(data.status);
  const setup = text(data.setup_status);
  if (status === 'INACTIVE') {
    return wrong(what, 'It is switched off.', 'Enable the integration in the Kombo dashboard, then resume it.');
  }
  if (status === 'INVALID') {
    const found = 'The ATS no longer accepts its credentials.';
    return wrong(what, found, 'Ask the customer to reconnect the integration in Kombo, then resume it.');
  }
  if (setup === 'INCOMPLETE') {
    return wrong(what, 'Its setup is not finished.', 'Ask the customer to finish the setup in Kombo, then resume it.');
  }
  if (setup === 'FINAL_SYNC_PENDING') {
    return wrong(
      what,
      'Its first sync is still running.',
      'Wait for the sync; waiting files are then sent automatically.',
    );
  }
  if (status === 'ACTIVE') return fine(what, 'It is active.');
  return notTested(
    what,
    status === undefined
      ? 'Kombo does not report its status.'
      : `Its status is ${status}, which this version does not know.`,
  );
};

const actionLine = (id: string, kind: TargetKind, data: Record<string, unknown>): CheckLine => {
  const what = `attaching to ${kind}s of ${id}`;
  const name = `ats_add_${kind}_attachment`;
  const action = (list(data.write_actions) ?? []).find((entry) => isObject(entry) && entry.id === name);
  if (!isObject(action)) return notTested(what, `Kombo does not report the action ${name}.`);
  if (action.coverage_status === 'UNSUPPORTED' || action.coverage_status === 'NOT_IMPLEMENTED') {
    const others = targetKinds.filter((other) => other !== kind).map((other) => `{${targetIdName(other)}}`);
    return wrong(
      what,
      'Kombo does not offer this action for this ATS.',
      `Try ${others.join(' or ')} in KEY_TEMPLATES, or ask Kombo.`,
    );
  }
  if (action.scope_config_setting === 'DISABLED') {
    const todo = 'Enable "Add attachments" in the Kombo scope config, then resume the integration.';
    return wrong(what, 'It is switched off in the scope config.', todo);
  }
  if (action.opted_out_by_customer === true) {
    return wrong(what, 'The customer has opted out of it.', 'Ask the customer to allow it in Kombo, then resume.');
  }
  if (action.is_available === false) {
    return wrong(what, 'Kombo reports that it is not available.', 'Check the integration in the Kombo dashboard.');
  }
  return action.is_available === true
    ? fine(what, 'The action is enabled.')
    : notTested(what, 'Kombo does not report whether the action is available.');
};
