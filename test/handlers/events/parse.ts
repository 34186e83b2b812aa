import type { ParsedEvent, UploadRequest } from '../../../handlers/events/entry.ts';
import { parseUploadEvent } from '../../../handlers/events/upload-event.ts';

export const unscanned = { bucket: 'acme-cv-inbox', requireScan: false };
export const scanned = { bucket: 'acme-cv-inbox', requireScan: true };

export const parse = (event: unknown): ParsedEvent => parseUploadEvent(event, unscanned);

/** For events that contain exactly one record. */
export const onlyRequest = (event: unknown, options = unscanned): UploadRequest => {
  const [entry, ...others] = parseUploadEvent(event, options).entries;
  if (entry === undefined || others.length > 0) throw new Error(`Expected one entry, got ${others.length + 1}.`);
  return entry.request;
};

export const refusalOf = (event: unknown, options = unscanned) => {
  const item = onlyRequest(event, options);
  if (item.kind !== 'refused') throw new Error(`Expected a refusal, got ${item.kind}.`);
  return item;
};

/** The time and the sequencer of the samples that have them. */
export const sampleDate = { sequencer: '0066F7B2A1C3D4E5F6', modifiedAt: Date.UTC(2026, 2, 2, 8, 15, 30) };

/** The upload that the samples with Frank's CV stand for. */
export const franksUpload = {
  bucket: 'acme-cv-inbox',
  key: 'candidates/8Xi6iZrwusZqJmDGXs49GBmJ/Frank Doe CV.pdf',
  etag: '9b2cf535f27731c974343645a3985328',
  sizeBytes: 48213,
  versionId: 'IYV3p45BT0ac8hjHg1houSdS1a.Mro8e',
  ...sampleDate,
};

/** A native notification of one created object. */
export const notification = (object: object, record: object = {}) => ({
  Records: [
    {
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      eventName: 'ObjectCreated:Put',
      s3: { bucket: { name: 'acme-cv-inbox' }, object },
      ...record,
    },
  ],
});
