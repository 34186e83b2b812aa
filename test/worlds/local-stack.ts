import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { Dispatch } from '../../infra/local/aws/events/bucket-trigger.ts';
import { type Stack, type StackOptions, startStack } from '../../infra/local/stack.ts';
import type { LedgerRecord } from '../../lib/ledger/record.ts';
import { uploadId } from '../../lib/upload/upload.ts';
import { newFolder, remove } from '../fakes/temporary-folder.ts';

/** A stack for one test: its own folder, free ports and, by default, the built on-upload. */
export const ownStack = async (
  options: Partial<StackOptions> = {},
): Promise<{ readonly stack: Stack; readonly end: () => Promise<void> }> => {
  const stateDir = options.stateDir ?? (await newFolder());
  const stack = await startStack({ handlers: { names: ['on-upload'] }, ...options, stateDir });
  return {
    stack,
    async end() {
      await stack.close();
      if (options.stateDir === undefined) await remove(stateDir);
    },
  };
};

/** Runs an action that creates one object with this key, and waits until the function has handled its event. */
export const waitForDispatch = async (stack: Stack, key: string, cause: () => Promise<unknown>): Promise<Dispatch> => {
  const found = Promise.withResolvers<Dispatch>();
  const note = (dispatch: Dispatch) => {
    if (dispatch.object.key === key) found.resolve(dispatch);
  };
  stack.events.on('dispatched', note);
  try {
    await cause();
    const dispatch = await found.promise;
    await dispatch.result;
    return dispatch;
  } finally {
    stack.events.off('dispatched', note);
  }
};

export const put = (
  stack: Stack,
  key: string,
  body: Uint8Array,
  extra: { readonly Metadata?: Record<string, string> } = {},
): Promise<Dispatch> =>
  waitForDispatch(stack, key, () =>
    stack.s3.send(new PutObjectCommand({ Bucket: stack.bucket, Key: key, Body: body, ...extra })),
  );

/** The ledger record of an upload. */
export const recordOf = async (stack: Stack, key: string, etag: string): Promise<LedgerRecord | undefined> => {
  const known = await stack.ledger.read(uploadId({ bucket: stack.bucket, key, etag }));
  return known?.readable ? known.record : undefined;
};

/** Files that Kombo stores for a candidate, as name and bytes. */
export const storedFilesOf = (stack: Stack, candidateId: string): Promise<readonly { name: string; bytes: Buffer }[]> =>
  Promise.all(
    stack.kombo
      .attachments({ target: { kind: 'candidate', id: candidateId } })
      .map(async (attachment) => ({ name: attachment.name, bytes: await attachment.bytes() })),
  );
