import * as v from 'valibot';
import { accountScope, pausedSentence } from '../../../lib/lane/pause.ts';
import { action } from '../action.ts';
import { fields } from '../fields.ts';

export const pause = action({
  name: 'pause',
  does: 'pauses the deliveries of an integration, or of all; files are held and follow when you resume',
  example: { action: 'pause', integration_id: 'greenhouse:CBNMt7dSNCzBdnRTx87dev4E', reason: 'The ATS moves tonight.' },
  schema: v.strictObject({ integration_id: fields.integration_id.schema, reason: fields.reason.schema }),
  run: async ({ integration_id: scope, reason }, { pauses }) => {
    const before = (await pauses.list()).find((known) => known.scope === scope && known.state === 'open');
    if (before?.by === 'operator') return { ok: true, message: `It is paused already. ${pausedSentence(before)}` };
    await pauses.begin({ scope, code: 'INTEGRATION_PAUSED', by: 'operator', reason, selfHealing: false });
    const what = scope === accountScope ? 'Everything is' : `${scope} is`;
    return {
      ok: true,
      message: `${what} paused. Running functions notice it within 30 seconds; new files are held and nothing is lost. "next" ends the pause.`,
      next: { action: 'resume', integration_id: scope, reason: '...' },
    };
  },
});
