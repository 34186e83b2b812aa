import * as v from 'valibot';
import { expect, test } from 'vitest';
import { jsonSchemaOf } from '../../infra/docs/json-schema.ts';
import { exampleDetail, outcomeSchemaPage } from '../../infra/docs/outcome-event.ts';
import { outcomeDetail } from '../../infra/outcome-event.ts';
import { failures } from '../../lib/failures/failures.ts';
import type { JsonObject } from '../../lib/json.ts';
import { schemaFaults } from '../fakes/schema-faults.ts';

const schema: JsonObject = JSON.parse(outcomeSchemaPage());
const event = { source: 'cv-courier-prod', 'detail-type': 'CV Outcome', detail: exampleDetail };
const withDetail = (change: object) => ({ ...event, detail: { ...exampleDetail, ...change } });

test('the example event of the documentation fits the schema, and has every field', () => {
  expect(schemaFaults(schema, event)).toEqual([]);
  expect(v.safeParse(outcomeDetail, exampleDetail).success).toBe(true);
});

test('the schema of outcome events accepts later versions with more fields', () => {
  expect(schemaFaults(schema, withDetail({ addedLater: 'x' }))).toEqual([]);
});

test('the schema of outcome events contains every failure code', () => {
  for (const code of Object.keys(failures))
    expect(schemaFaults(schema, withDetail({ status: 'held', code }))).toEqual([]);
});

test.each([
  [{ status: 'waiting' }, '$.detail.status is not one of attached,held,rejected,superseded'],
  [{ upload: 'E8A1' }, '$.detail.upload does not match ^[0-9a-f]{32}$'],
  [{ version: 2 }, '$.detail.version is not of type string'],
  [{ version: '0' }, '$.detail.version does not match ^[1-9]\\d*$'],
  [{ correlationId: 'Frank Doe' }, '$.detail.correlationId does not match ^[A-Za-z0-9._:-]{0,64}$'],
  [{ target: 'candidate/' }, '$.detail.target does not match ^((candidate|application)/[A-Za-z0-9_-]{1,64})?$'],
  [{ endedAtMs: undefined }, '$.detail.endedAtMs is missing'],
])('the schema of outcome events refuses %o', (change, fault) => {
  expect(schemaFaults(schema, withDetail(change))).toContain(fault);
});

test('the generator of JSON Schema refuses unsupported types and rules', () => {
  expect(() => jsonSchemaOf(v.strictObject({ a: v.number() }))).toThrow('does not support schemas of type number');
  expect(() => jsonSchemaOf(v.pipe(v.string(), v.email()))).toThrow('does not support rules of type email');
});
