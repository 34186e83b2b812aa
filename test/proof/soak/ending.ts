import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { Stack } from '../../../infra/local/stack.ts';
import { bareEtag, uploadId } from '../../../lib/upload/upload.ts';

/** An upload, and its target. No other upload has this target, so that its copies at Kombo can be counted. */
export interface Sent {
  readonly id: string;
  readonly candidateId: string;
}

/** The outcomes of all CVs. */
export interface Ending {
  readonly uploaded: number;
  readonly attached: number;
  /** `lost`: Kombo has no copy although it should have one. `doubled`: it has more than one. */
  readonly lost: number;
  readonly doubled: number;
  /** The number of CVs that are not attached, by status. */
  readonly others: Readonly<Record<string, number>>;
}

/** @returns the upload's id in the ledger */
export const put = async ({ s3, bucket }: Stack, key: string, body: string | Buffer): Promise<string> => {
  const { ETag = '' } = await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  return uploadId({ bucket, key, etag: bareEtag(ETag) });
};

export const statusesOf = async (stack: Stack, ids: readonly string[]): Promise<readonly string[]> => {
  const known = await stack.ledger.readMany(ids);
  return ids.map((id) => {
    const entry = known.get(id);
    if (!entry) return 'unseen';
    return entry.readable ? entry.record.state.status : 'unreadable';
  });
};

export const endingOf = async (stack: Stack, uploads: readonly Sent[]): Promise<Ending> => {
  const copies = Map.groupBy(stack.kombo.attachments(), ({ target }) => target.id);
  const ids = uploads.map(({ id }) => id);
  const statuses = await statusesOf(stack, ids);
  return judgeEnding(
    uploads.map(({ candidateId }, index) => ({
      status: statuses[index] ?? 'unseen',
      copies: copies.get(candidateId)?.length ?? 0,
    })),
  );
};

/** A CV is lost when it counts as attached, or is not in the ledger, and Kombo has no copy. A waiting CV is not lost. */
export const judgeEnding = (cvs: readonly { readonly status: string; readonly copies: number }[]): Ending => {
  const others = Map.groupBy(
    cvs.filter(({ status }) => status !== 'attached'),
    ({ status }) => status,
  );
  return {
    uploaded: cvs.length,
    attached: cvs.filter(({ status }) => status === 'attached').length,
    lost: cvs.filter(({ status, copies }) => copies === 0 && (status === 'attached' || status === 'unseen')).length,
    doubled: cvs.filter(({ copies }) => copies > 1).length,
    others: Object.fromEntries([...others].map(([status, all]) => [status, all.length])),
  };
};
