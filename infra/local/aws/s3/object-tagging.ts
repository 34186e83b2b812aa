import { buffer } from 'node:stream/consumers';
import { type Answer, xmlAnswer } from './answer.ts';
import type { Bucket, Version } from './bucket-index.ts';
import type { Context } from './context.ts';
import { versionHeader } from './object-headers.ts';
import { receiveBody } from './receive-body.ts';
import type { S3Request } from './request.ts';
import { tagsOfXml } from './tags.ts';
import { findVersion } from './versions.ts';

const target = ({ store }: Context, { bucket: name, key, query }: S3Request) => {
  const bucket = store.bucket(name);
  return { bucket, version: findVersion(bucket, key, query.get('versionId')) };
};

export const getTagging = async (context: Context, request: S3Request): Promise<Answer> => {
  const { bucket, version } = target(context, request);
  return xmlAnswer(
    'Tagging',
    { TagSet: { Tag: version.tags.map(([Key, Value]) => ({ Key, Value })) } },
    versionHeader(bucket, version.id),
  );
};

/** Tags can be changed while everything else of a version stays. */
const retag = async ({ store }: Context, bucket: Bucket, key: string, version: Version, tags: Version['tags']) => {
  await store.commit({ type: 'version', bucket: bucket.name, key, version: { ...version, tags } });
  return versionHeader(bucket, version.id);
};

export const putTagging = async (context: Context, request: S3Request): Promise<Answer> => {
  target(context, request);
  const { file } = await receiveBody(context, request);
  const text = (await buffer(context.store.read(file))).toString('utf8');
  context.store.discard(file);
  const tags = tagsOfXml(text);
  const { bucket, version } = target(context, request);
  return { status: 200, headers: await retag(context, bucket, request.key, version, tags) };
};

export const deleteTagging = async (context: Context, request: S3Request): Promise<Answer> => {
  const { bucket, version } = target(context, request);
  return { status: 204, headers: await retag(context, bucket, request.key, version, []) };
};
