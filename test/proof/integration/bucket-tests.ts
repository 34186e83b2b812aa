import { afterAll, beforeAll, expect, test } from 'vitest';
import { pdf } from '../../fakes/files.ts';
import { type Loopback, startLoopback } from '../../worlds/loopback.ts';
import { eventOf } from '../../worlds/s3-event.ts';

/** Promises for buckets with and without versions, tested over the real protocols. */
export const testBucket = (versioning: boolean): void => {
  let loopback: Loopback;
  beforeAll(async () => {
    process.env.TRANSFER = 'data_url';
    loopback = await startLoopback({ versioning });
  });
  afterAll(() => loopback.stop());
  const attachmentsOf = (id: string) => loopback.kombo.attachments({ target: { kind: 'candidate', id } });

  test(`an upload to a bucket ${versioning ? 'with' : 'without'} versions is attached byte for byte`, async () => {
    const object = await loopback.put('candidates/C1/CV.pdf');
    expect(object.versionId !== undefined).toBe(versioning);
    const answer = await loopback.invoke('on-upload', eventOf(object));
    expect(answer).toMatchObject({ outcomes: [{ status: 'attached', target: 'candidate/C1' }] });
    expect(attachmentsOf('C1')).toMatchObject([{ sizeBytes: pdf.length, transfer: versioning ? 'data_url' : 'data' }]);
  });

  test('of a replaced object only the newer one is attached, because S3 answers 412 for the older one', async () => {
    const older = await loopback.put('candidates/C2/CV.pdf');
    const newer = await loopback.put('candidates/C2/CV.pdf', Buffer.concat([pdf, Buffer.from('newer')]));
    const opened = await loopback.storage.open({ bucket: 'cv-inbox', ...older }, new AbortController().signal);
    expect(opened).toMatchObject({
      ok: false,
      error: { code: 'OBJECT_REPLACED', detail: 'S3 answered PreconditionFailed (HTTP 412).' },
    });
    const first = await loopback.invoke('on-upload', eventOf(older));
    expect(first).toMatchObject({ outcomes: [{ code: 'OBJECT_REPLACED' }] });
    expect(attachmentsOf('C2')).toEqual([]);
    await loopback.invoke('on-upload', eventOf(newer));
    expect(attachmentsOf('C2').map(({ sizeBytes }) => sizeBytes)).toEqual([pdf.length + 5]);
  });

  test('a rejected file that is uploaded again immediately with corrected metadata is attached on its own event', async () => {
    const wrong = await loopback.put('candidates/C6/CV.pdf', pdf, { 'kombo-remote-fields': 'no JSON' });
    const first = eventOf(wrong, { sequencer: '0066F7B2A1C3D4E5F6' });
    expect(await loopback.invoke('on-upload', first)).toMatchObject({
      outcomes: [{ status: 'rejected', code: 'REMOTE_FIELDS_INVALID' }],
    });
    const corrected = await loopback.put('candidates/C6/CV.pdf');
    expect(corrected.etag).toBe(wrong.etag);
    expect(await loopback.invoke('on-upload', first)).toMatchObject({ outcomes: [{ status: 'unchanged' }] });
    const second = eventOf(corrected, { sequencer: '0066F7B2A1C3D4E5F7' });
    expect(await loopback.invoke('on-upload', second)).toMatchObject({ outcomes: [{ status: 'attached' }] });
    expect(attachmentsOf('C6')).toHaveLength(1);
  });

  // The last test, because it damages every object of the bucket.
  test("bytes that do not match S3's CRC64NVME are not delivered", async () => {
    const object = await loopback.put('candidates/C4/CV.pdf');
    const opened = await loopback.storage.open({ bucket: 'cv-inbox', ...object }, new AbortController().signal);
    expect(opened).toMatchObject({ ok: true, value: { checksum: { algorithm: 'CRC64NVME' } } });
    if (opened.ok) opened.value.close();
    await loopback.damageObjects();
    const answer = await loopback.invoke('on-upload', eventOf(object));
    expect(answer).toMatchObject({ outcomes: [{ code: 'SOURCE_CORRUPT' }] });
    expect(attachmentsOf('C4')).toEqual([]);
  });
};
