import * as v from 'valibot';
import type { Description } from './bucket-index.ts';
import { parseQuery } from './request.ts';
import { invalidArgument, S3Error } from './s3-error.ts';
import { repeated } from './xml.ts';

type Tags = Description['tags'];

/** @see Amazon S3 User Guide, "Categorizing your objects using tags" */
const keyForm = /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u;
const valueForm = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;

const checked = (tags: Tags): Tags => {
  if (tags.length > 10) throw new S3Error('BadRequest');
  const isRepeated = new Set(tags.map(([key]) => key)).size < tags.length;
  const isWrong = tags.some(([key, value]) => !keyForm.test(key) || !valueForm.test(value));
  if (isRepeated || isWrong) throw new S3Error('InvalidTag');
  return tags;
};

/** `x-amz-tagging: status=new&team=hr` */
export const tagsOfHeader = (header = ''): Tags => {
  const isEncoded = !/%(?![\da-f]{2})/i.test(header);
  const tags = parseQuery(isEncoded ? header : '');
  // Duplicate keys make the map smaller.
  if (tags.size === header.split('&').filter((pair) => pair !== '').length) return checked([...tags]);
  throw invalidArgument('x-amz-tagging', header, 'The tags must be URL-encoded, and no name may come twice.');
};

const tag = v.object({ Key: v.string(), Value: v.string() });

/** The `Tagging` document that PutObjectTagging and forms send. */
export const taggingDocument = v.object({
  Tagging: v.object({ TagSet: v.union([v.literal(''), v.object({ Tag: repeated(tag) })]) }),
});

export const tagsOfDocument = ({ Tagging: { TagSet } }: v.InferOutput<typeof taggingDocument>): Tags =>
  checked(TagSet === '' ? [] : TagSet.Tag.map(({ Key, Value }) => [Key, Value]));
