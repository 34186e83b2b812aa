import * as v from 'valibot';
import { paused } from '../../../lib/lane/lane.ts';
import { laneIdOf } from '../../../lib/lane/lane-name.ts';
import { closedBy } from '../../../lib/lane/lane-store.ts';
import { action } from '../action.ts';
import { fields } from '../fields.ts';

export const pause = action({
  name: 'pause',
  does: 'pauses the deliveries of one integration or of all; files wait and are sent after you resume',
  example: {
    action: 'pause',
    integration_id: 'kombo-sandbox:CvCourierSandboxAAAAAAAA',
    reason: 'The ATS is being migrated tonight.',
  },
  changes: true,
  schema: v.strictObject({ integration_id: fields.integration_id.schema, reason: fields.reason.schema }),
  run: async ({ integration_id: name, reason }, { lanes, clock }) => {
    const integrationId = laneIdOf(name);
    const before = await lanes.read(integrationId);
    const closed = closedBy(integrationId, before);
    if (before === 'unreadable' || before.pause?.by === 'operator') {
      return { ok: true, message: `It is already paused. ${closed?.sentence}` };
    }
    const asked = { code: 'INTEGRATION_PAUSED', by: 'operator', reason, since: clock.now() } as const;
    const after = await lanes.change(integrationId, (lane) => paused(lane, asked));
    if (after === 'unreadable') {
      return { ok: true, message: `It is already paused. ${closedBy(integrationId, after)?.sentence}` };
    }
    const what = name === 'account' ? 'Everything is' : `${name} is`;
    return {
      ok: true,
      message: `${what} paused. Running functions notice it within 30 seconds; new files wait and nothing is lost. "next" ends the pause.`,
      next: { action: 'resume', integration_id: name, code: asked.code, reason: '...' },
    };
  },
});
