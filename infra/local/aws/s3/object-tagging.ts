import { xmlAnswer } from './answer.ts';
import type { Description } from './bucket-index.ts';
import type { Call, Context, Headers, S3Request } from './call.ts';
import { receiveDocument } from './receive-body.ts';
import { taggingDocument, tagsOfDocument } from './tags.ts';
import { findVersion, versionHeader } from './versions.ts';

const target = ({ store: { index } }: Context, { bucket, key, query }: S3Request) => {
  const version = findVersion(index, bucket, key, query.get('versionId'));
  return { version, headers: versionHeader(index.bucket(bucket), version.id) };
};

export const getTagging: Call = (context, request) => {
  const { version, headers } = target(context, request);
  return xmlAnswer('Tagging', { TagSet: { Tag: version.tags.map(([Key, Value]) => ({ Key, Value })) } }, headers);
};

/** Tags are the only part of a version that can change. */
const retag = (context: Context, request: S3Request, tags: Description['tags']): Headers => {
  const { version, headers } = target(context, request);
  context.store.index.changeVersion(request.bucket, { ...version, tags });
  return headers;
};

export const putTagging: Call = async (context, request) => {
  target(context, request);
  const tags = tagsOfDocument(await receiveDocument(request, taggingDocument));
  return { status: 200, headers: retag(context, request, tags) };
};

export const deleteTagging: Call = (context, request) => ({ status: 204, headers: retag(context, request, []) });
