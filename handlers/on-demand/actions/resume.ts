import * as v from 'valibot';
import { accountLane, type Lane, opened } from '../../../lib/lane/lane.ts';
import { accountName, laneIdOf, laneNameOf } from '../../../lib/lane/lane-name.ts';
import { closedBy } from '../../../lib/lane/lane-store.ts';
import { listPauses } from '../../../lib/operator/list-pauses.ts';
import { type ActionCourier, action } from '../action.ts';
import { type Answer, count } from '../answer/answer.ts';
import { fields } from '../fields.ts';

export const resume = action({
  name: 'resume',
  does: 'ends a pause; scheduled runs then send the files that waited. "code" names the pause that you mean',
  example: {
    action: 'resume',
    integration_id: 'sandbox:CvCourierSandboxAAAAAAAA',
    code: 'INTEGRATION_PAUSED',
    reason: 'The ATS has moved.',
  },
  changes: true,
  schema: v.strictObject({
    integration_id: fields.integration_id.schema,
    code: v.optional(fields.code.schema),
    reason: fields.reason.schema,
  }),
  run: async ({ integration_id: name, code }, courier) => {
    const { lanes, clock } = courier;
    const integrationId = laneIdOf(name);
    const before = await lanes.read(integrationId);
    if (before === 'unreadable') {
      await lanes.replaceUnreadable(integrationId);
      const after = closedBy(integrationId, await lanes.read(integrationId));
      if (after) return { ok: false, message: `Nothing was done: ${name} changed in the meantime. ${after.sentence}` };
      const message = `The unreadable record of ${name} was replaced: its files are sent by the next run.`;
      return { ok: true, message: `${message}${await stillPaused(integrationId, courier)}` };
    }
    const { pause } = before;
    if (!pause) return notPaused(name, before, courier);
    if (code !== undefined && code !== pause.code) {
      const message = `Nothing was done: ${name} is now paused for another cause, ${pause.code}. "next" ends that pause.`;
      return { ok: false, message, next: { action: 'resume', integration_id: name, code: pause.code, reason: '...' } };
    }
    const isMeant = (lane: Lane): boolean => lane.pause?.since === pause.since && lane.pause.code === pause.code;
    const after = await lanes.change(integrationId, (lane) => (isMeant(lane) ? opened(lane, clock.now()) : lane));
    const other = closedBy(integrationId, after);
    if (other)
      return { ok: false, message: `Nothing was done: ${name} was paused again in the meantime. ${other.sentence}` };
    const waits = (before.counts?.waiting ?? 0) + (before.counts?.unknown ?? 0);
    const files = waits === 0 ? 'Its files are sent' : `At least ${count(waits, 'file')} will be sent`;
    return {
      ok: true,
      message: `The pause of ${name} (${pause.code}) has ended. ${files} by the next scheduled runs.${await stillPaused(integrationId, courier)}`,
    };
  },
});

/**
 * Names any other pause that still makes these files wait: the account's pause for one integration, and the
 * integrations' own pauses for the account.
 */
const stillPaused = async (integrationId: string, courier: ActionCourier): Promise<string> => {
  const pauses = (await listPauses(courier)).filter((pause) =>
    integrationId === accountLane ? true : pause.integrationId === accountLane,
  );
  if (pauses.length === 0) return '';
  return integrationId === accountLane
    ? ` But these integrations are also paused on their own, so their files still wait: ${pauses.map((pause) => laneNameOf(pause.integrationId)).join(', ')}.`
    : ` But everything is paused as well, so they wait until that pause ends: {"action":"resume","integration_id":"${accountName}","reason":"..."}.`;
};

/** Not an error: a client may repeat a request whose response it lost, or a run may have ended the pause already. */
const notPaused = async (name: string, lane: Lane, courier: ActionCourier): Promise<Answer> => {
  const paused = (await listPauses(courier)).map(({ integrationId }) => laneNameOf(integrationId));
  const others = paused.length === 0 ? 'Nothing is paused.' : `Paused are: ${paused.join(', ')}.`;
  const isKnown = lane.integrationId === accountLane || lane.version > 0;
  if (!isKnown) return { ok: false, message: `The integration ${name} is not known. ${others}`, paused };
  return { ok: !paused.includes(accountName), message: `${name} is not paused any more. ${others}`, paused };
};
