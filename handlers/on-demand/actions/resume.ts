import * as v from 'valibot';
import { releasePaused } from '../../../lib/runs/pause-rounds.ts';
import { action } from '../action.ts';
import { count } from '../answer/answer.ts';
import { fields } from '../fields.ts';

export const resume = action({
  name: 'resume',
  does: 'ends a pause and lets its files go; the next scheduled run sends them',
  example: { action: 'resume', integration_id: 'greenhouse:CBNMt7dSNCzBdnRTx87dev4E', reason: 'The key was renewed.' },
  schema: v.strictObject({ integration_id: fields.integration_id.schema, reason: fields.reason.schema }),
  run: async ({ integration_id: scope, reason }, deps) => {
    const ended = await deps.pauses.end(scope, { by: 'operator', reason });
    if (!ended) {
      const open = (await deps.pauses.list()).filter(({ state }) => state === 'open').map((other) => other.scope);
      const others = open.length === 0 ? 'Nothing is paused.' : `Paused are: ${open.join(', ')}.`;
      return { ok: false, message: `There is no open pause of ${scope}. ${others}`, paused: open };
    }
    const { released, finished } = await releasePaused(deps, deps.deadline);
    // The index may not show the end yet; then the schedule lets them go.
    const files =
      released === 0
        ? 'What it held is let go by the next scheduled run.'
        : `${count(released, 'file')} let go: the next scheduled run sends them.`;
    const rest = finished ? '' : ' There are more; the schedule goes on.';
    return { ok: true, message: `The pause of ${scope} has ended. ${files}${rest}`, released };
  },
});
