import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { at, text } from '../../lib/json.ts';
import { invokeDeployed, regionOf } from '../invoke/deployed.ts';
import { InvokeError } from '../invoke/errors.ts';
import type { Place } from '../invoke/place.ts';
import { readService } from '../invoke/service.ts';

export interface UploadedObject {
  /** Only where the bucket keeps versions. */
  readonly versionId?: string | undefined;
}

/** What a smoke test asks of a deployment: its bucket takes an object, and its on-demand function answers. */
export interface Deployment {
  readonly region: string;
  /** @throws {InvokeError} */
  ask(request: object): Promise<unknown>;
  /** @throws {InvokeError} */
  upload(bucket: string, key: string, bytes: Uint8Array): Promise<UploadedObject>;
}

/** The deployed stack, under the credentials of the caller. */
export const deployedStack = async (place: Place, givenRegion: string | undefined): Promise<Deployment> => {
  const { defaultRegion, stackName, timeoutSeconds } = readService();
  const region = await regionOf({ region: givenRegion, defaultRegion });
  const name = 'on-demand';
  const onDemand = {
    functionName: `${stackName(place)}-${name}`,
    region,
    defaultRegion,
    functionTimeoutSeconds: timeoutSeconds(name),
  };
  return {
    region,
    ask: (request) => invokeDeployed(onDemand, JSON.stringify(request)),
    async upload(bucket, key, bytes) {
      const s3 = new S3Client({ region });
      try {
        const put = new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, ContentType: 'application/pdf' });
        const { VersionId } = await s3.send(put);
        return { versionId: VersionId };
      } catch (error) {
        throw new InvokeError(
          `The upload to s3://${bucket}/${key} failed. ${text(at(error, 'name')) ?? ''}: ${text(at(error, 'message')) ?? ''} It takes s3:PutObject there: infra/README.md, "Smoke test".`,
        );
      } finally {
        s3.destroy();
      }
    },
  };
};
