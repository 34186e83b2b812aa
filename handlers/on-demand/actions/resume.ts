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
    integration_id: 'kombo-sandbox:CvCourierSandboxAAAAAAAA',
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
      const message = `The unreadable record of ${name} was replaced: its files follow with the next run.`;
      return { ok: true, message: `${message}${await stillPaused(integrationId, courier)}` };
    }
    const { pause } = before;
    if (!pause) return notPaused(name, before, courier);
    if (code !== undefined && code !== pause.code) {
      const message = `Nothing was done: ${name} is paused for another cause by now, ${pause.code}. "next" ends that pause.`;
      return { ok: false, message, next: { action: 'resume', integration_id: name, code: pause.code, reason: '...' } };
    }
    const isMeant = (lane: Lane): boolean => lane.pause?.since === pause.since && lane.pause.code === pause.code;
    const after = await lanes.change(integrationId, (lane) => (isMeant(lane) ? opened(lane, clock.now()) : lane));
    const other = closedBy(integrationId, after);
    if (other)
      return { ok: false, message: `Nothing was done: ${name} was paused anew in the meantime. ${other.sentence}` };
    const waits = (before.counts?.waiting ?? 0) + (before.counts?.unknown ?? 0);
    const files = waits === 0 ? 'Its files follow' : `${count(waits, 'file')} or more follow`;
    return {
      ok: true,
      message: `The pause of ${name} (${pause.code}) has ended. ${files} with the next scheduled runs.${await stillPaused(integrationId, courier)}`,
    };
  },
});

/** A second pause keeps files waiting: that of everything those of an integration, and that of an integration its own. */
const stillPaused = async (integrationId: string, courier: ActionCourier): Promise<string> => {
  const pauses = (await listPauses(courier)).filter((pause) =>
    integrationId === accountLane ? true : pause.integrationId === accountLane,
  );
  if (pauses.length === 0) return '';
  return integrationId === accountLane
    ? ` But these are paused themselves, and their files wait: ${pauses.map((pause) => laneNameOf(pause.integrationId)).join(', ')}.`
    : ` But everything is paused, so they wait until that ends, too: {"action":"resume","integration_id":"${accountName}","reason":"..."}.`;
};

/** Callers repeat a request whose answer they did not hear, and a run may have ended the pause first: both are what was asked for. */
const notPaused = async (name: string, lane: Lane, courier: ActionCourier): Promise<Answer> => {
  const paused = (await listPauses(courier)).map(({ integrationId }) => laneNameOf(integrationId));
  const others = paused.length === 0 ? 'Nothing is paused.' : `Paused are: ${paused.join(', ')}.`;
  const isKnown = lane.integrationId === accountLane || lane.version > 0;
  if (!isKnown) return { ok: false, message: `No integration ${name} is known. ${others}`, paused };
  return { ok: !paused.includes(accountName), message: `There is no pause of ${name} any more. ${others}`, paused };
};
