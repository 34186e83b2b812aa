import * as v from 'valibot';
import { failures } from '../failures/failures.ts';
import { parseJson } from '../json.ts';
import type { Item } from '../ledger/table.ts';
import { timestamp } from '../ledger/timestamp.ts';
import type { Pause } from './pause.ts';

/** Where index `work` lists the pauses that are not closed. */
export const pauseShard = 'pauses';

/** `pause#account`, or `pause#<integration id>`. No upload has such a key: bucket names hold no `#`. */
export const pauseKey = (scope: string): string => `pause#${scope}`;

export const toPauseItem = (pause: Pause): Item => ({
  pk: pauseKey(pause.scope),
  version: pause.version,
  status: `pause ${pause.state}`,
  code: pause.code,
  ...(pause.state !== 'closed' && { workShard: pauseShard, workAt: pause.since }),
  document: JSON.stringify(pause),
});

/**
 * A pause that this version cannot read still applies: sending despite a pause is worse than waiting.
 * An operator's resume replaces it.
 */
export const fromPauseItem = (item: Item): Pause => {
  const scope = item.pk.slice(pauseKey('').length);
  const parsed = v.safeParse(pauseSchema, parseJson(item.document));
  if (parsed.success && parsed.output.scope === scope) {
    return { ...(parsed.output as Omit<Pause, 'version'>), version: item.version };
  }
  return {
    scope,
    state: item.workShard === undefined ? 'closed' : 'open',
    code: 'INTEGRATION_PAUSED',
    by: 'operator',
    reason: 'The record of this pause cannot be read.',
    since: v.is(timestamp, item.workAt) ? item.workAt : 0,
    version: item.version,
  };
};

const pauseSchema = v.object({
  scope: v.string(),
  state: v.picklist(['open', 'releasing', 'closed']),
  code: v.picklist(Object.keys(failures)),
  by: v.picklist(['kombo', 'operator']),
  reason: v.string(),
  since: timestamp,
  probeAt: v.optional(timestamp),
  ended: v.optional(v.object({ by: v.picklist(['probe', 'operator']), reason: v.string(), at: timestamp })),
});
