import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { at, text } from '../../lib/json.ts';
import { invokeDeployed } from '../invoke/deployed.ts';
import { InvokeError } from '../invoke/errors.ts';
import type { Place } from '../invoke/place.ts';
import { regionOf } from '../invoke/region.ts';
import { readService } from '../invoke/service.ts';

export interface UploadedObject {
  /** Present only if the bucket keeps versions. */
  readonly versionId?: string | undefined;
}

/** The parts of a deployment that a smoke test needs: its bucket and its on-demand function. */
export interface Deployment {
  readonly region: string;
  /** @throws {InvokeError} */
  ask(request: object): Promise<unknown>;
  /** @throws {InvokeError} */
  upload(bucket: string, key: string, bytes: Uint8Array): Promise<UploadedObject>;
}

/** The deployed stack, with the caller's credentials. */
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
          `The upload to s3://${bucket}/${key} failed. ${text(at(error, 'name')) ?? ''}: ${text(at(error, 'message')) ?? ''} It needs the permission s3:PutObject: infra/README.md, "Smoke test".`,
        );
      } finally {
        s3.destroy();
      }
    },
  };
};
