import { beforeEach, expect, test } from 'vitest';
import { parseBatchEvent } from '../../../handlers/events/batch-event.ts';
import { parseUploadEvent } from '../../../handlers/events/upload-event.ts';
import { runTask } from '../../../handlers/on-batch/run-task.ts';
import { usageFor } from '../../../handlers/on-demand/usage.ts';
import { deliverEntries } from '../../../handlers/on-upload/deliver-entries.ts';
import { eventFailures } from '../../../lib/failures/event-failures.ts';
import { fieldsOf } from '../../../lib/telemetry/observe.ts';
import { type CourierWorld, courierWorld } from '../../worlds/courier-world.ts';

const encodedKey = 'candidates/GRK123/100%.pdf';
const event = {
  Records: [
    {
      eventSource: 'aws:s3',
      eventName: 'ObjectCreated:Put',
      s3: { bucket: { name: 'cv-inbox' }, object: { key: encodedKey, size: 3, eTag: 'e1' } },
    },
  ],
};
const { nextStep } = eventFailures.KEY_MALFORMED;
const detail = 'The key in the event has a stray "%" or is not UTF-8 after percent-decoding.';

let world: CourierWorld;
beforeEach(() => {
  world = courierWorld();
});

test('a key that cannot be decoded is refused as KEY_MALFORMED in the answer and in the log of on-upload', async () => {
  const courier = world.newFunction();
  const lines: unknown[] = [];
  const log = { ...courier.log, error: (message: string, fields: object) => void lines.push({ message, ...fields }) };
  const { entries } = parseUploadEvent(event, courier.settings);
  const { outcomes, unfinished } = await deliverEntries(entries, world.deadline(), { ...courier, log });
  expect(outcomes.map((outcome) => fieldsOf(outcome, courier.settings.keyTemplates))).toEqual([
    { status: 'refused', code: 'KEY_MALFORMED', detail, nextStep },
  ]);
  expect(lines).toEqual([{ message: 'The event is refused.', code: 'KEY_MALFORMED', detail, nextStep }]);
  expect(unfinished).toEqual([]);
});

test('replay refuses a key that cannot be decoded with the same code, sentence and next step', async () => {
  expect(await world.ask({ action: 'replay', event })).toMatchObject({
    ok: false,
    message: `The event is refused. KEY_MALFORMED: ${detail} ${nextStep}`,
    files: [{ status: 'refused', code: 'KEY_MALFORMED', detail, nextStep }],
  });
});

test('a request that is an event with a malformed key is refused as that, not as a template of the console', () => {
  expect(usageFor(event).message).toBe(
    `This is an S3 notification that every function refuses. KEY_MALFORMED: ${detail} ${nextStep} Nothing was done.`,
  );
});

test('a notification without a key is EVENT_INCOMPLETE for on-demand, too', () => {
  const [record] = event.Records;
  const without = { Records: [{ ...record, s3: { bucket: { name: 'cv-inbox' }, object: { size: 3 } } }] };
  expect(usageFor(without).message).toContain('EVENT_INCOMPLETE: The event names no key.');
});

test('the report of a batch job names a malformed key as well', async () => {
  const batch = parseBatchEvent(
    {
      invocationSchemaVersion: '1.0',
      invocationId: 'i',
      job: { id: 'j' },
      tasks: [{ taskId: 't', s3Key: encodedKey, s3VersionId: null, s3BucketArn: 'arn:aws:s3:::cv-inbox' }],
    },
    'cv-inbox',
  );
  const [task] = batch?.tasks ?? [];
  if (!task) throw new Error('The task was not read.');
  const { resultCode, resultString } = await runTask(task, world.deadline(), world.newFunction());
  expect(resultCode).toBe('PermanentFailure');
  expect(resultString).toMatch(/^REFUSED KEY_MALFORMED: The key in the manifest has a stray "%"/);
  expect(resultString.endsWith(nextStep)).toBe(true);
});
