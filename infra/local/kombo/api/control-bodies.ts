import * as v from 'valibot';
import { targetKinds } from '../../../../lib/upload/target.ts';
import { atsHabits, type Habit, isHabit } from '../faults/ats-habits.ts';
import { attachmentActions, callKinds } from './calls.ts';

const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const positive = v.pipe(v.number(), v.integer(), v.minValue(1));

/** `candidate/<id>` or `application/<id>`. */
const target = v.pipe(
  v.string(),
  v.regex(
    new RegExp(`^(${targetKinds.join('|')})/[\\w-]{1,64}$`),
    `target must be ${targetKinds.map((kind) => `${kind}/<id>`).join(' or ')}`,
  ),
  v.transform((written) => {
    const [kind, id = ''] = written.split('/');
    return { kind: targetKinds.find((known) => known === kind) ?? 'candidate', id };
  }),
);

/** Drops undefined fields: the types of the emulator do not allow them. */
const withoutUndefined = <T extends object>(value: T) =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as {
    [Field in keyof T]?: Exclude<T[Field], undefined>;
  };

/** Always strict: a misspelt field would otherwise arm a fault for the wrong calls. */
export const armFault = v.pipe(
  v.strictObject({
    fault: v.string(),
    on: v.optional(v.pipe(v.array(v.picklist(callKinds)), v.minLength(1))),
    target: v.optional(target),
    integration_id: v.optional(v.string()),
    times: v.optional(positive),
    delay_ms: v.optional(whole),
    headers: v.optional(v.record(v.string(), v.string())),
  }),
  v.transform(({ fault, integration_id, delay_ms, ...rest }) => ({
    fault,
    scope: withoutUndefined({ ...rest, integrationId: integration_id, delayMs: delay_ms }),
  })),
);

const restriction = v.variant('is_supported', [
  v.strictObject({ is_supported: v.literal(false) }),
  v.strictObject({
    is_supported: v.literal(true),
    max_file_size_bytes: v.nullable(whole),
    accepted_mime_types: v.nullable(v.array(v.string())),
  }),
]);
const restrictions = v.nullable(
  v.strictObject({ types: v.strictObject({ CV: restriction, COVER_LETTER: restriction, OTHER: restriction }) }),
);
const availability = v.picklist(['ENABLED', 'DISABLED', 'UNSUPPORTED']);

const perAction = <Schema extends v.GenericSchema>(schema: Schema) =>
  v.record(v.picklist(attachmentActions, `must be one of ${attachmentActions.join(', ')}`), schema);

const habit = v.custom<Habit>(
  (name) => typeof name === 'string' && isHabit(name),
  `must be one of ${Object.keys(atsHabits).join(', ')}`,
);

export const integrationChange = v.pipe(
  v.strictObject({
    status: v.optional(v.picklist(['ACTIVE', 'INVALID', 'INACTIVE'])),
    setup_status: v.optional(v.picklist(['INCOMPLETE', 'FINAL_SYNC_PENDING', 'COMPLETED'])),
    actions: v.optional(perAction(availability)),
    reading: v.optional(availability),
    tool_down: v.optional(v.boolean()),
    restrictions: v.optional(perAction(restrictions)),
    habits: v.optional(v.array(habit)),
    warnings: v.optional(v.array(v.string())),
    concurrency_limit: v.optional(positive),
  }),
  v.transform(({ setup_status, tool_down, concurrency_limit, ...rest }) =>
    withoutUndefined({ ...rest, setupStatus: setup_status, toolDown: tool_down, concurrencyLimit: concurrency_limit }),
  ),
);

export const limitsChange = v.pipe(
  v.strictObject({
    concurrency: v.optional(whole),
    rate_per_window: v.optional(whole),
    window_seconds: v.optional(positive),
  }),
  v.transform(({ concurrency, rate_per_window, window_seconds }) =>
    withoutUndefined({ concurrency, ratePerWindow: rate_per_window, windowSeconds: window_seconds }),
  ),
);

export const keyChoice = v.strictObject({ api_key: v.optional(v.string()) });

export const applicationLink = v.pipe(
  v.strictObject({ integration_id: v.string(), application_id: v.string(), candidate_id: v.string() }),
  v.transform(({ integration_id, application_id, candidate_id }) => ({
    integrationId: integration_id,
    applicationId: application_id,
    candidateId: candidate_id,
  })),
);

export const attachmentQuery = v.pipe(
  v.strictObject({ target: v.optional(target), integration_id: v.optional(v.string()) }),
  v.transform(({ target: of, integration_id }) => withoutUndefined({ target: of, integrationId: integration_id })),
);
