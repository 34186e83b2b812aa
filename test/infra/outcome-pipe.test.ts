import { expect, test } from 'vitest';
import { deployed } from './template/deployed.ts';
import { at, type Template } from './template/template.ts';

const ofOutcomes = ({ Resources, Outputs = {} }: Template): readonly string[] =>
  [...Object.keys(Resources), ...Object.keys(Outputs)].filter((id) => id.startsWith('Outcome')).sort();

test('by default there is no pipe, but the stream is always on, because a pipe cannot follow a new stream', async () => {
  const template = await deployed();
  expect(ofOutcomes(template)).toEqual([]);
  expect(template.Resources.LedgerTable?.Properties?.StreamSpecification).toEqual({ StreamViewType: 'NEW_IMAGE' });
});

test('the pipe leads from the stream of the ledger to the configured bus, and what it gives up goes to a queue', async () => {
  const bus = 'arn:aws:events:eu-central-1:111122223333:event-bus/hiring';
  const template = await deployed({ outcomeBus: bus });
  expect(ofOutcomes(template)).toEqual([
    'OutcomePipe',
    'OutcomePipeFailedAlarm',
    'OutcomePipeName',
    'OutcomePipeRole',
    'OutcomeQueue',
    'OutcomeQueueAlarm',
    'OutcomeQueuePolicy',
    'OutcomeQueueUrl',
    'OutcomesNotToldAlarm',
  ]);
  const pipe = template.Resources.OutcomePipe?.Properties;
  expect(pipe).toMatchObject({
    Name: 'cv-courier-dev-outcomes',
    Source: 'arn:aws:dynamodb:eu-central-1:111122223333:table/LedgerTable/stream/2026-01-05T09:00:00.000',
    Target: bus,
    TargetParameters: { EventBridgeEventBusParameters: { Source: 'cv-courier-dev', DetailType: 'CV Outcome' } },
  });
  expect(at(pipe, 'SourceParameters', 'DynamoDBStreamParameters')).toEqual({
    StartingPosition: 'TRIM_HORIZON',
    BatchSize: 10,
    OnPartialBatchItemFailure: 'AUTOMATIC_BISECT',
    MaximumRetryAttempts: -1,
    MaximumRecordAgeInSeconds: 79_200,
    DeadLetterConfig: { Arn: 'arn:aws:sqs:eu-central-1:111122223333:cv-courier-dev-outcome-failures' },
  });
});

test('outcomeBus "default" is the default bus of the account', async () => {
  const { Resources } = await deployed({ outcomeBus: 'default' });
  const bus = 'arn:aws:events:eu-central-1:111122223333:event-bus/default';
  expect(Resources.OutcomePipe?.Properties?.Target).toBe(bus);
  expect(JSON.stringify(Resources.OutcomePipeRole)).toContain(`"${bus}"`);
});
