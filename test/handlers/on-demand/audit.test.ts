import { beforeEach, describe, expect, test } from 'vitest';
import { actions } from '../../../handlers/on-demand/actions.ts';
import { answerRequest } from '../../../handlers/on-demand/answer-request.ts';
import { statedOperator } from '../../../handlers/on-demand/audit.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { type CourierWorld, courierWorld, setup } from '../../worlds/courier-world.ts';

const operator = 'arn:aws:sts::111122223333:assumed-role/on-call/kim';

const key = 'candidates/8Xi6iZrwusZqJmDGXs49GBmJ/Frank Doe CV.pdf';

let world: CourierWorld;
beforeEach(() => {
  world = courierWorld();
  world.put(key);
});

const ask = (request: JsonObject) =>
  answerRequest(request, () => ({ ...world.newFunction(), setup, deadline: world.deadline() }), operator);

const auditLines = () =>
  world.logged.filter((line) => (line as JsonObject).message === 'An operator asked for a change.');

const reason = 'Asked for by the customer.';
const of = (action: string, scope: string, more: object = {}) => [
  { message: 'An operator asked for a change.', action, operator, scope, ...more },
];

describe('the audit line in the log says who asked for which change, and of what', () => {
  const target = 'candidate/8Xi6iZrwusZqJmDGXs49GBmJ';
  const masked = 'key candidates/8Xi6iZrwusZqJmDGXs49GBmJ/•••.pdf';
  const requests: readonly (readonly [JsonObject, readonly object[]])[] = [
    [{ action: 'attach', key, reason }, of('attach', masked, { target })],
    [{ action: 'attach', key }, of('attach', masked, { target })],
    [{ action: 'attach', key: `s3://cv-inbox/${key}` }, of('attach', masked, { target })],
    [
      { action: 'attach', keys: [key, 'inbox/Frank Doe.pdf'] },
      of('attach', '2 keys: candidates/8Xi6iZrwusZqJmDGXs49GBmJ/•••.pdf, •••/•••.pdf'),
    ],
    [{ action: 'attach', prefix: 'candidates/Frank Doe/' }, of('attach', 'prefix candidates/•••', {})],
    [{ action: 'attach', prefix: 'candidates/' }, of('attach', 'prefix candidates/', {})],
    [{ action: 'attach', prefix: 'Frank Doe/' }, of('attach', 'prefix •••', {})],
    [{ action: 'retry', key, reason }, of('retry', masked, { target })],
    [
      { action: 'retry', candidate_id: '8Xi6iZrwusZqJmDGXs49GBmJ', reason },
      of('retry', 'candidate/8Xi6iZrwusZqJmDGXs49GBmJ'),
    ],
    [
      { action: 'retry', application_id: '26vafvWSRmbhNcxJYqjCzuJg', reason },
      of('retry', 'application/26vafvWSRmbhNcxJYqjCzuJg'),
    ],
    [{ action: 'retry', code: 'RETRIES_EXHAUSTED', reason }, of('retry', 'code RETRIES_EXHAUSTED')],
    [{ action: 'resend', key, force: true, reason }, of('resend', masked, { target })],
    [{ action: 'resolve', key, reason }, of('resolve', masked, { target })],
    [{ action: 'pause', integration_id: 'account', reason }, of('pause', 'integration account')],
    [
      { action: 'resume', integration_id: 'greenhouse:CBNMt7dSNCzBdnRTx87dev4E', code: 'INTEGRATION_PAUSED', reason },
      of('resume', 'integration greenhouse:CBNMt7dSNCzBdnRTx87dev4E'),
    ],
    [
      { action: 'forget', candidate_id: '8Xi6iZrwusZqJmDGXs49GBmJ', reason },
      of('forget', 'candidate/8Xi6iZrwusZqJmDGXs49GBmJ'),
    ],
    [{ action: 'replay', event: 'Frank Doe' }, of('replay', 'one event', {})],
    [{ action: 'restored', since: '2026-01-01T00:00:00Z', reason }, of('restored', 'since 2026-01-01T00:00:00Z')],
    [{ action: 'tell', since: '2026-01-01T00:00:00Z', reason }, of('tell', 'since 2026-01-01T00:00:00Z')],
  ];

  test.each(requests.map(([request, lines]) => [JSON.stringify(request), request, lines] as const))(
    'the request %s has an audit line',
    async (_shown, request, lines) => {
      await ask(request);
      expect(auditLines()).toEqual(lines);
      expect(JSON.stringify(world.logged)).not.toMatch(/Frank|Doe/);
    },
  );

  test('every action that changes something has an audit line', () => {
    const tried = new Set(requests.map(([{ action }]) => action));
    expect(actions.filter(({ changes }) => changes).map(({ name }) => name)).toEqual([...tried]);
  });
});

test("an id in an audit line that is not in Kombo's form is masked, because a folder may be named after a person", async () => {
  await ask({ action: 'forget', candidate_id: 'Frank-Doe', reason });
  await ask({ action: 'pause', integration_id: 'greenhouse:Frank', reason });
  expect(auditLines()).toMatchObject([{ scope: 'candidate/•••' }, { scope: 'integration •••' }]);
});

test('the words of a reason are in no log line, also not in those of the files that a pause keeps waiting', async () => {
  const words = 'Petra Probemann asked for it';
  await ask({ action: 'resend', key, force: true, reason: words });
  await ask({ action: 'pause', integration_id: 'account', reason: words });
  await ask({ action: 'attach', key, reason: words });
  expect(world.observed).toMatchObject([{ outcome: { status: 'waiting', failure: { code: 'INTEGRATION_PAUSED' } } }]);
  expect(JSON.stringify([world.logged, world.observed])).not.toContain('Probemann');
  const answer = await ask({ action: 'status', key });
  expect(answer.message).toContain(words);
});

test.each([
  [{ action: 'status' }],
  [{ action: 'check' }],
  [{ action: 'dryRun', key }],
  [{ action: 'retry', code: 'RETRIES_EXHAUSTED', dry_run: true, reason }],
  [{ action: 'retry', key }],
])('the request %j changes nothing, so it has no audit line', async (request) => {
  await ask(request);
  expect(auditLines()).toEqual([]);
});

test('the audit line is written even when the table does not answer', async () => {
  const broken = { ...world.newFunction().ledger, readMany: () => Promise.reject(new TypeError('a defect')) };
  const courierOf = () => ({ ...world.newFunction(), setup, deadline: world.deadline(), ledger: broken as never });
  await expect(answerRequest({ action: 'retry', key, reason }, courierOf, operator)).rejects.toThrow();
  expect(auditLines()).toHaveLength(1);
});

test.each([
  [undefined, 'not stated'],
  [{}, 'not stated'],
  [{ custom: { operator: 7 } }, 'not stated'],
  [{ custom: { operator } }, operator],
  [{ Custom: { operator } }, operator],
  [{ custom: { operator: 'kim@example.com' } }, 'kim@example.com'],
  [{ custom: { operator: 'x'.repeat(257) } }, 'not readable'],
  [{ custom: { operator: '{"forged":"\n line"}' } }, 'not readable'],
])('the operator in the audit line is the one that the caller states: %j', (clientContext, expected) => {
  expect(statedOperator(clientContext)).toBe(expected);
});
