import type * as v from 'valibot';
import { type OutcomeDetail, outcomeDetail, outcomeEvent } from '../outcome-event.ts';
import { jsonSchemaOf } from './json-schema.ts';
import { cell, table } from './tables.ts';

export const outcomeSchemaPage = (): string =>
  `${JSON.stringify(
    {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'CV Outcome',
      description: 'The outcome of one CV. Every value of "detail" is text; a missing value is an empty text.',
      ...jsonSchemaOf(outcomeEvent),
    },
    null,
    2,
  )}\n`;

/** Every field of the event's detail. */
export const outcomeTable = (): string =>
  table(
    ['field', 'meaning'],
    Object.entries(outcomeDetail.entries).map(([name, entry]) => [`\`${name}\``, cell(descriptionOf(entry))]),
  );

const descriptionOf = (entry: v.GenericSchema): string => String(jsonSchemaOf(entry).description);

/** An invented CV that was attached. */
export const exampleDetail: OutcomeDetail = {
  upload: 'e8a1f0d2b7c94d5fa6038b1c2d3e4f50',
  version: '2',
  status: 'attached',
  code: '',
  target: 'candidate/8Xi6iZrwusZqJmDGXs49GBmJ',
  integrationId: 'greenhouse:CBNMt7dSNCzBdnRTx87dev4E',
  type: 'CV',
  sizeBytes: '48211',
  etag: '9b2cf535f27731c974343645a3985328',
  attempts: '1',
  receivedAtMs: '1767603600123',
  endedAtMs: '1767603603580',
  correlationId: 'application-4711',
};

export const outcomeExample = (): string => {
  const event = {
    version: '0',
    id: '6f0d4b1e-2f57-4f0e-9d3c-0a1b2c3d4e5f',
    'detail-type': 'CV Outcome',
    source: 'cv-courier-prod',
    account: '111122223333',
    time: '2026-01-05T09:00:04Z',
    region: 'eu-central-1',
    resources: [],
    detail: exampleDetail,
  };
  return `\`\`\`json\n${JSON.stringify(event, null, 2)}\n\`\`\``;
};
