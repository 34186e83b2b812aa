import * as v from 'valibot';
import { releasePaused } from '../../../lib/runs/release-paused.ts';
import { action } from '../action.ts';
import { count } from '../answer/answer.ts';
import { fields } from '../fields.ts';

export const resume = action({
  name: 'resume',
  does: 'ends a pause and releases its files; the next scheduled run sends them',
  example: { action: 'resume', integration_id: 'greenhouse:CBNMt7dSNCzBdnRTx87dev4E', reason: 'The key was renewed.' },
  schema: v.strictObject({ integration_id: fields.integration_id.schema, reason: fields.reason.schema }),
  run: async ({ integration_id: scope, reason }, courier) => {
    const ended = await courier.pauses.end(scope, { by: 'operator', reason });
    if (!ended) {
      const open = (await courier.pauses.list()).filter(({ state }) => state === 'open').map((other) => other.scope);
      const others = open.length === 0 ? 'Nothing is paused.' : `Paused are: ${open.join(', ')}.`;
      return { ok: false, message: `There is no open pause of ${scope}. ${others}`, paused: open };
    }
    const { released, finished } = await releasePaused(courier, courier.deadline);
    // The index may not show the end yet; then the schedule releases them.
    const files =
      released === 0
        ? 'The next scheduled run releases its files.'
        : `${count(released, 'file')} released: the next scheduled run sends them.`;
    const rest = finished ? '' : ' There are more; the schedule continues.';
    return { ok: true, message: `The pause of ${scope} has ended. ${files}${rest}`, released };
  },
});
