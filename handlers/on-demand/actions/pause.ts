import * as v from 'valibot';
import { accountLane, paused } from '../../../lib/lane/lane.ts';
import { accountName, laneIdOf } from '../../../lib/lane/lane-name.ts';
import { closedBy, type LaneStore } from '../../../lib/lane/lane-store.ts';
import { maxNamedIntegrations } from '../../limits.ts';
import { action } from '../action.ts';
import { fields } from '../fields.ts';

export const pause = action({
  name: 'pause',
  does: 'pauses the deliveries of one integration or of all; files wait and are sent after you resume',
  example: {
    action: 'pause',
    integration_id: 'sandbox:CvCourierSandboxAAAAAAAA',
    reason: 'The ATS is being migrated tonight.',
  },
  changes: true,
  schema: v.strictObject({ integration_id: fields.integration_id.schema, reason: fields.reason.schema }),
  run: async ({ integration_id: name, reason }, { settings, lanes, clock }) => {
    const integrationId = laneIdOf(name);
    const before = await lanes.read(integrationId);
    const closed = closedBy(integrationId, before);
    if (before === 'unreadable' || before.pause?.by === 'operator') {
      return { ok: true, message: `It is already paused. ${closed?.sentence}` };
    }
    const isNew = before.version === 0 && name !== accountName && name !== settings.integrationId;
    const doubt = isNew ? ` ${await doubtAbout(name, lanes)}` : '';
    const asked = { code: 'INTEGRATION_PAUSED', by: 'operator', reason, since: clock.now() } as const;
    const after = await lanes.change(integrationId, (lane) => paused(lane, asked));
    if (after === 'unreadable') {
      return { ok: true, message: `It is already paused. ${closedBy(integrationId, after)?.sentence}` };
    }
    const what = name === accountName ? 'Everything is' : `${name} is`;
    return {
      ok: true,
      message: `${what} paused. Running functions notice it within 30 seconds; new files wait and nothing is lost. "next" ends the pause.${doubt}`,
      next: { action: 'resume', integration_id: name, code: asked.code, reason: '...' },
    };
  },
});

/** A mistyped id would pause nothing; an integration may also be paused before its first file. */
const doubtAbout = async (name: string, lanes: Pick<LaneStore, 'directory'>): Promise<string> => {
  const known: string[] = [];
  for (const part of ['open', 'paused'] as const) {
    for await (const { integrationId } of lanes.directory(part)) {
      if (known.length === maxNamedIntegrations) break;
      if (integrationId !== accountLane) known.push(integrationId);
    }
  }
  const others = known.length === 0 ? '' : ` Integrations with files now: ${known.join(', ')}.`;
  return `No file of ${name} is known so far, so check the id for a mistake.${others}`;
};
