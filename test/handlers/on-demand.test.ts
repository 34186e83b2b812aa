import { beforeEach, describe, expect, test } from 'vitest';
import { actions } from '../../handlers/on-demand/actions.ts';
import { answerRequest } from '../../handlers/on-demand/answer-request.ts';
import { LedgerTableError } from '../../lib/aws/table-error.ts';
import { ConfigurationError } from '../../lib/config/config.ts';
import { integrationId } from '../fakes/ledger-samples.ts';
import { type CourierWorld, courierWorld, key, reason } from '../worlds/courier-world.ts';
import { sample } from './events/sample.ts';

let world: CourierWorld;
beforeEach(() => {
  world = courierWorld();
});

const never = () => {
  throw new Error('No deps are needed to read this.');
};

describe('input that is not a request', () => {
  test.each([
    ['null', null, 'The field "action" is missing; it says what to do.'],
    ['nothing', undefined, 'The field "action" is missing; it says what to do.'],
    ['an empty object', {}, 'The field "action" is missing; it says what to do.'],
    ['a text', 'attach', 'The input is plain text, not JSON.'],
    ['a number', 7, 'The input is a number.'],
    ['a list', [1], 'The input is a bare list.'],
    ['an object of another kind', { key }, 'The input is an object without any field of an upload event.'],
    ['an unknown action', { action: 'explode' }, '"action" must be one of status, check, attach, dryRun,'],
    ['an action that is a number', { action: 7 }, '"action" must be one of status, check, attach, dryRun,'],
    [
      "the console's hello-world template",
      sample('console-hello-world'),
      "This is the console's hello-world template.",
    ],
    ["the console's S3 Put template", sample('console-s3-put'), "This is the console's S3 Put template."],
    ['an event of EventBridge', sample('eventbridge-created'), 'This is an AWS event.'],
    ['a message of the failure queue', sample('failure-record'), 'This is an AWS event.'],
  ])('%s as the input of on-demand is answered with the usage and three examples', async (_name, event, begins) => {
    const answer = await answerRequest(event, never);
    expect(answer.message.startsWith(begins)).toBe(true);
    expect(answer.message.endsWith('Nothing was done.')).toBe(true);
    expect(answer).toMatchObject({
      ok: false,
      examples: [{ action: 'status' }, { action: 'attach' }, { action: 'check' }],
    });
    expect(Object.keys(answer.actions as object)).toEqual(actions.map(({ name }) => name));
  });

  test('a real notification is answered with the request that sends its object', async () => {
    const answer = await answerRequest(sample('s3-put'), never);
    expect(answer.next).toEqual({
      action: 'attach',
      key: 's3://acme-cv-inbox/candidates/8Xi6iZrwusZqJmDGXs49GBmJ/Frank Doe CV.pdf',
    });
  });
});

describe('a request with a mistake', () => {
  const wrong: readonly (readonly [object, string])[] = [
    [{ action: 'attach' }, 'Give exactly one of "key", "keys" and "prefix".'],
    [{ action: 'attach', key, prefix: 'candidates/' }, 'Give exactly one of "key", "keys" and "prefix".'],
    [{ action: 'attach', key, limit: 5 }, '"limit" and "cursor" are allowed only with "prefix".'],
    [
      { action: 'attach', key: 7 },
      '"key" is wrong; it must be an object key as text, for example "candidates/GRKwT7dMvcuqBnsZ5xHe4pYa/Frank Doe CV.pdf".',
    ],
    [{ action: 'attach', key: '' }, '"key" is wrong;'],
    [{ action: 'attach', keys: key }, '"keys" is wrong; it must be a list of 1 to 100 object keys,'],
    [{ action: 'attach', keys: [] }, '"keys" is wrong;'],
    [{ action: 'attach', keys: [7] }, '"keys" is wrong;'],
    [{ action: 'attach', prefix: '' }, '"prefix" is wrong; it must be the beginning of object keys'],
    [{ action: 'attach', prefix: 'a/', limit: 0 }, '"limit" is wrong; it must be a whole number from 1 to 1000,'],
    [{ action: 'attach', prefix: 'a/', limit: '5' }, '"limit" is wrong;'],
    [{ action: 'attach', prefix: 'a/', cursor: 5 }, '"cursor" is wrong;'],
    [{ action: 'attach', key, reasn: 'x' }, '"attach" has no field "reasn".'],
    [{ action: 'dryRun', key, force: true }, '"dryRun" has no field "force".'],
    [
      { action: 'retry', candidate_id: 'GRK123', force: true, reason: 'x' },
      '"force" is allowed only with "key": a file without a clean scan verdict is never released among many.',
    ],
    [{ action: 'dryRun' }, 'Give exactly one of "key", "keys" and "prefix".'],
    [
      { action: 'status', key, candidate_id: 'GRK123' },
      'Give at most one of "key", "candidate_id" and "application_id".',
    ],
    [{ action: 'status', etag: 'abc' }, '"etag" is allowed only with "key".'],
    [{ action: 'status', key, cursor: 'x' }, '"limit" and "cursor" are not allowed with "key".'],
    [{ action: 'status', candidate_id: '../GRK' }, '"candidate_id" is wrong;'],
    [{ action: 'retry', key }, '"reason" is missing; it is a text of 3 to 500 characters'],
    [{ action: 'retry', key, reason: ' ' }, '"reason" is wrong;'],
    [{ action: 'retry', reason }, 'Give exactly one of "key", "candidate_id", "application_id" and "code".'],
    [
      { action: 'retry', code: 'NO_SUCH', reason },
      '"code" is wrong: NO_SUCH is not a known code. docs/failures.md lists all codes',
    ],
    [{ action: 'retry', code: 'KOMBO_NOTFOUND', reason }, 'Did you mean KOMBO_NOT_FOUND?'],
    [{ action: 'retry', code: 'RETRIES_EXHAUSTD', reason }, 'Did you mean RETRIES_EXHAUSTED?'],
    [{ action: 'retry', code: 7, reason }, '"code" is wrong; it must be a failure code as text'],
    [{ action: 'retry', key, limit: 5, reason }, '"limit" is not allowed with "key".'],
    [{ action: 'retry', key, dry_run: true, reason }, '"dry_run" is not allowed with "key"'],
    [{ action: 'retry', code: 'KOMBO_NOT_FOUND', dry_run: false }, '"reason" is missing; it is a text'],
    [{ action: 'status', list: 'attached' }, '"list" is wrong; it must be "held" (the default) or "rejected".'],
    [{ action: 'status', list: 'rejected', key }, '"list" is about all files: it is not allowed with "key",'],
    [{ action: 'status', list: 'held', candidate_id: 'GRK123' }, '"list" is about all files'],
    [{ action: 'status', list: 'held', application_id: 'GRK123' }, '"list" is about all files'],
    [{ action: 'resend', key, reason }, 'Add "force": true to accept that the ATS may then have the file twice.'],
    [{ action: 'resend', key, force: 'yes', reason }, '"force" is wrong; it must be true: with'],
    [{ action: 'resend', force: true, reason }, '"key" is missing; it is an object key as text,'],
    [{ action: 'pause', reason }, '"integration_id" is missing; it is <tool>:<id> as text,'],
    [{ action: 'pause', integration_id: 'greenhouse', reason }, '"integration_id" is wrong;'],
    [{ action: 'forget' }, 'Give exactly one of "candidate_id", "application_id" and "key".'],
    [{ action: 'forget', candidate_id: 'A', application_id: 'B' }, 'Give exactly one of'],
    [{ action: 'replay' }, '"event" is missing; it is the whole message of the failure queue,'],
  ];

  test.each(wrong)('the request %j is answered with its mistake and an example', async (event, begins) => {
    const answer = await answerRequest(event, never);
    expect(answer).toMatchObject({ ok: false, example: { action: (event as { action: string }).action } });
    expect(answer.problems).toContainEqual(expect.stringContaining(begins));
    expect(answer.message).toContain(begins);
  });

  test('all mistakes of a request are reported together', async () => {
    const answer = await answerRequest({ action: 'resend', force: false, foo: 1 }, never);
    expect(answer.problems).toHaveLength(4);
  });
});

describe('the environment of on-demand', () => {
  const broken = () => {
    throw new ConfigurationError(['BUCKET is not set. The bucket that is watched.']);
  };

  test.each(actions.map(({ name, example }) => [name, example]))(
    '"%s" with a wrong configuration answers with its problems',
    async (_name, example) => {
      const answer = await answerRequest(example, broken);
      expect(answer).toMatchObject({ ok: false, problems: ['BUCKET is not set. The bucket that is watched.'] });
    },
  );

  test('a table that does not answer is reported in an answer with the next step', async () => {
    const runtime = world.newFunction();
    const ledger = {
      ...runtime.ledger,
      read: async () => {
        throw new LedgerTableError('There is no DynamoDB table "ledger".');
      },
    };
    world.put(key);
    const answer = await world.ask({ action: 'attach', key }, { ledger });
    expect(answer).toMatchObject({ ok: false, next: { action: 'check' } });
    expect(answer.message).toContain('There is no DynamoDB table "ledger".');
  });

  test.each([
    { action: 'attach', key },
    { action: 'pause', integration_id: integrationId, reason },
    { action: 'tell', since: '2020-01-01T00:00:00Z' },
  ])('a table that others never stop writing to is reported in an answer: $action', async (request) => {
    world.put(key);
    if (request.action === 'tell') await world.ask({ action: 'attach', key });
    world.env.OUTCOME_BUS = 'default';
    world.table.put = async () => ({ written: false });
    const answer = await world.ask(request);
    expect(answer).toMatchObject({ ok: false, detail: expect.stringContaining('Too many conflicting writes') });
    expect(answer.message).toContain('Nothing was lost: repeat the request in a minute.');
  });

  test('a defect of on-demand is thrown, so that Lambda counts it', async () => {
    world.put(key);
    const broken = { ...world.newFunction().ledger, read: () => Promise.reject(new TypeError('x is not a function')) };
    await expect(world.ask({ action: 'attach', key }, { ledger: broken })).rejects.toThrow('x is not a function');
  });

  test('names of actions may be spelled in any usual way', async () => {
    world.put(key);
    expect(await world.ask({ action: 'Dry-Run', key })).toMatchObject({ ok: true });
  });
});
