import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { S3Event } from 'aws-lambda';

/** What most developers would write first: the whole file in memory, as bytes, as text and as JSON. No ledger. */
const s3 = new S3Client({});

export const handler = async (event: S3Event): Promise<void> => {
  for (const record of event.Records) {
    const key = decodeURIComponent(record.s3.object.key.replaceAll('+', ' '));
    const [, candidateId = '', name = ''] = key.split('/');
    const object = await s3.send(new GetObjectCommand({ Bucket: record.s3.bucket.name, Key: key }));
    const bytes = (await object.Body?.transformToByteArray()) ?? new Uint8Array();
    const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
    const response = await fetch(`${process.env.KOMBO_BASE_URL}/ats/candidates/${candidateId}/attachments`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${process.env.KOMBO_API_KEY}`,
        'x-integration-id': process.env.KOMBO_INTEGRATION_ID ?? '',
        'content-type': 'application/json',
      },
      body: JSON.stringify({ attachment: { name, type: 'CV', content_type: object.ContentType, data } }),
    });
    if (!response.ok) throw new Error(`Kombo answered ${response.status}: ${await response.text()}`);
    await response.json();
  }
};
