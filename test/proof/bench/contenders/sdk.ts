import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Kombo } from '@kombo-api/sdk';
import type { S3Event } from 'aws-lambda';

/** The same with the official Kombo SDK. */
const s3 = new S3Client({});
const kombo = new Kombo({
  api_key: process.env.KOMBO_API_KEY ?? '',
  integration_id: process.env.KOMBO_INTEGRATION_ID ?? '',
  server_url: process.env.KOMBO_BASE_URL ?? '',
});

export const handler = async (event: S3Event): Promise<void> => {
  for (const record of event.Records) {
    const key = decodeURIComponent(record.s3.object.key.replaceAll('+', ' '));
    const [, candidateId = '', name = ''] = key.split('/');
    const object = await s3.send(new GetObjectCommand({ Bucket: record.s3.bucket.name, Key: key }));
    const data = (await object.Body?.transformToString('base64')) ?? '';
    await kombo.ats.addCandidateAttachment({
      candidate_id: candidateId,
      body: { attachment: { name, type: 'CV', content_type: object.ContentType ?? '', data } },
    });
  }
};
