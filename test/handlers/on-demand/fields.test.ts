import { expect, test } from 'vitest';
import { actions } from '../../../handlers/on-demand/actions.ts';
import { answerRequest } from '../../../handlers/on-demand/answer-request.ts';

/** A request with a mistake must be answered before any call. */
const never = () => {
  throw new Error('The request was taken as right.');
};

/** Fields of examples that may be left out: their action then means something else. */
const optional = new Set(['status candidate_id', 'resume code']);

const given = actions.flatMap(({ name, example }) =>
  Object.keys(example).map((field) => ({ name, field, example: { ...example } })),
);
const required = given.filter(({ name, field }) => !optional.has(`${name} ${field}`));

/** Every request is answered with a sentence that names the field in quotes. */
const named = async (request: object, field: string): Promise<void> => {
  const answer = await answerRequest(request, never);
  expect(answer.ok).toBe(false);
  expect(answer.message).toContain(`"${field}"`);
};

test('the examples have the fields that each action requires', () => {
  const fieldsOf = (action: string) => required.filter(({ name }) => name === action).map(({ field }) => field);
  expect(Object.fromEntries(actions.map(({ name }) => [name, fieldsOf(name)]))).toMatchObject({
    status: ['action'],
    check: ['action'],
    attach: ['action', 'key'],
    dryRun: ['action', 'key'],
    retry: ['action', 'key', 'reason'],
    resend: ['action', 'key', 'force', 'reason'],
    resolve: ['action', 'key', 'reason'],
    pause: ['action', 'integration_id', 'reason'],
    resume: ['action', 'integration_id', 'reason'],
    forget: ['action', 'candidate_id'],
    replay: ['action', 'event'],
    restored: ['action', 'since', 'reason'],
  });
});

test.each(required)('the message about a missing field names it: $name without $field', async ({ field, example }) => {
  const { [field]: _, ...rest } = example;
  await named(rest, field);
});

test.each(given)(
  'the message about a field with an empty object names it: $field of $name',
  async ({ field, example }) => {
    await named({ ...example, [field]: {} }, field);
  },
);

test.each(actions)('the message about an unknown field names it: zzz of $name', async ({ example }) => {
  await named({ ...example, zzz: 1 }, 'zzz');
});
