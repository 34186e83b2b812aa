import { readFileSync } from 'node:fs';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, expect, test } from 'vitest';
import { s3Notification } from '../../../infra/local/aws/events/s3-notification.ts';
import type { BusEvent } from '../../../infra/local/aws/pipes/pipe.ts';
import { isObject, type JsonObject } from '../../../lib/json.ts';
import { bareEtag, publicUploadId } from '../../../lib/upload/upload.ts';
import { exe, pdf } from '../../fakes/files.ts';
import { schemaFaults } from '../../fakes/schema-faults.ts';
import { ownStack, put } from '../../worlds/local-stack.ts';

/** The built functions with the local stack: the events that the user's application gets, and what they must never contain. */

const { stack, end } = await ownStack({ retryDelaysMs: [50, 50] });
afterAll(end);
const events: BusEvent[] = [];
stack.events.on('outcome', (event) => events.push(event));

const schema: JsonObject = JSON.parse(
  readFileSync(new URL('../../../docs/outcome-event.schema.json', import.meta.url), 'utf8'),
);

const detailsOf = (upload: string): readonly JsonObject[] =>
  events.flatMap(({ detail }) => (isObject(detail) && detail.upload === upload ? [detail] : []));

/** Marks everything that must stay in the bucket: in the name of the file, in metadata, in its content. */
const canary = 'Kanarienvogel';
const nameOf = (number: number): string => `${canary} ${number} Doe.pdf`;
const Metadata = { filename: `${canary} CV.pdf`, 'correlation-id': `Dr. ${canary}`, note: canary };
const content = (text: string): Buffer => Buffer.concat([pdf, Buffer.from(`\n% ${canary} ${text}\n`)]);

/** Uploads, waits for the function, and returns the id of the upload as its uploader computes it. */
const upload = async (key: string, body: Uint8Array, metadata: Record<string, string> = Metadata): Promise<string> => {
  const { object } = await put(stack, key, body, { Metadata: metadata });
  return publicUploadId({ bucket: stack.bucket, key, etag: object.etag ?? '' });
};

test('each outcome of a CV is reported once, and no event contains a key, a name, metadata or content', async () => {
  const attached = await upload(`candidates/Attached1/${nameOf(1)}`, content('attached'));
  const rejected = await upload(`candidates/Rejected1/${nameOf(2)}`, Buffer.concat([exe, Buffer.from(canary)]));
  const quoting = `No candidate for ${canary} CV.pdf`;
  const notFound = { kind: 'error', code: null, status: 404, stored: false, message: quoting } as const;
  stack.kombo.faults.arm(notFound, { target: { kind: 'candidate', id: 'Held1' }, times: 1 });
  const held = await upload(`candidates/Held1/${nameOf(3)}`, content('held'));
  const key = `candidates/Superseded1/${nameOf(4)}`;
  const { ETag = '' } = await stack.s3.send(
    new PutObjectCommand({ Bucket: stack.bucket, Key: `${key}.later`, Body: content('superseded') }),
  );
  await stack.s3.send(new DeleteObjectCommand({ Bucket: stack.bucket, Key: `${key}.later` }));
  const gone = { bucket: stack.bucket, key, etag: bareEtag(ETag) };
  await stack.functions
    .get('on-upload')
    ?.invoke(
      s3Notification(
        { ...gone, eventName: 'ObjectCreated:Put', eventTime: new Date().toISOString(), sizeBytes: 9, sequencer: '0A' },
        'eu-central-1',
      ),
    );

  const expected = { attached, rejected, held, superseded: publicUploadId(gone) };
  for (const [status, id] of Object.entries(expected)) {
    await expect.poll(() => detailsOf(id).map((detail) => detail.status), { timeout: 10_000 }).toEqual([status]);
    expect(detailsOf(id)[0]).toMatchObject({ correlationId: '' });
  }
  for (const event of events) expect(schemaFaults(schema, event)).toEqual([]);
  expect(JSON.stringify(events).toLowerCase()).not.toContain(canary.toLowerCase());
  expect(JSON.stringify(events)).not.toContain('Doe');
});

test('an uploader recognizes its upload in the event by the correlation id that it set', async () => {
  const id = await upload('candidates/Correlated1/CV.pdf', content('correlated'), {
    'correlation-id': 'application-4711',
  });
  await expect
    .poll(() => detailsOf(id), { timeout: 10_000 })
    .toMatchObject([{ status: 'attached', correlationId: 'application-4711', target: 'candidate/Correlated1' }]);
});
