import { Readable } from 'node:stream';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import type { Settings } from '../../../../lib/config/config.ts';
import { ok, type Result } from '../../../../lib/result.ts';
import { targetKey, targetKinds } from '../../../../lib/upload/target.ts';
import { bareEtag, uploadId } from '../../../../lib/upload/upload.ts';
import type { IncomingUploads } from './incoming-uploads.ts';
import { uploadKey } from './upload-key.ts';

/**
 * Protects the disk of a laptop. Smaller files above MAX_BYTES are uploaded, so that the page shows their rejection.
 */
const maxUploadBytes = 1_000_000_000;

const uploadFields = v.object({
  kind: v.picklist(targetKinds),
  id: v.string(),
  name: v.string(),
  sizeBytes: v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number)),
});

export interface UploadDeps {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly settings: Pick<Settings, 'keyTemplates' | 'integrationId'>;
  readonly uploads: IncomingUploads;
  /** Called when a row has changed. */
  readonly onChange: () => void;
}

/**
 * Streams one dropped file to S3, so the whole file is never in memory.
 * @returns a sentence for the user when the upload is refused or fails
 */
export const forwardUpload = async (
  { s3, bucket, settings, uploads, onChange }: UploadDeps,
  fields: Readonly<Record<string, unknown>>,
  body: ReadableStream<Uint8Array> | null,
): Promise<Result<null, string>> => {
  const parsed = v.safeParse(uploadFields, fields);
  if (!parsed.success) return { ok: false, error: 'The upload must have kind, id, name and length.' };
  const { kind, id, name, sizeBytes } = parsed.output;
  if (sizeBytes > maxUploadBytes) {
    return { ok: false, error: 'The local console accepts files up to 1 GB.' };
  }
  const key = uploadKey(settings.keyTemplates, { kind, id, filename: name, integrationId: settings.integrationId });
  if (!key.ok) return key;

  const upload = uploads.open({ key: key.value, target: targetKey({ kind, id }), sizeBytes });
  onChange();
  try {
    const { ETag = '' } = await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key.value,
        Body: body && sizeBytes > 0 ? countBytes(body, upload.received) : new Uint8Array(),
        ContentLength: sizeBytes,
      }),
    );
    upload.stored(uploadId({ bucket, key: key.value, etag: bareEtag(ETag) }));
    return ok(null);
  } catch {
    // The reason may quote the key, and the next step is the same for every reason.
    const sentence = 'The upload ended before the last byte.';
    upload.broken(sentence);
    return { ok: false, error: sentence };
  } finally {
    onChange();
  }
};

const countBytes = (body: ReadableStream<Uint8Array>, onBytes: (bytes: number) => void): Readable => {
  const chunks = async function* () {
    for await (const chunk of body) {
      onBytes(chunk.length);
      yield chunk;
    }
  };
  return Readable.from(chunks(), { objectMode: false });
};
