import { encodeEventKey } from '../../../../lib/upload/object-key.ts';
import { xmlAnswer } from './answer.ts';
import type { Description } from './bucket-index.ts';
import type { Answer, Call, Headers, S3Request } from './call.ts';
import { type Form, readForm } from './form-data.ts';
import { describe, writtenHeaders } from './object-headers.ts';
import { checkPolicy } from './post-policy.ts';
import { checkedKey } from './request.ts';
import { invalidArgument, S3Error } from './s3-error.ts';
import { sentDigests } from './sent-checksum.ts';
import { taggingDocument, tagsOfDocument } from './tags.ts';
import { type AddedObject, addObject } from './versions.ts';
import { parseDocument } from './xml.ts';

/**
 * An upload from an HTML form. Its policy is checked, but not its signature.
 * @see Amazon S3 API Reference, "POST Object"
 */
export const postForm: Call = async (context, request) => {
  const { bucket, headers, body } = request;
  const contentType = headers['content-type'] ?? '';
  if (!/^multipart\/form-data/i.test(contentType)) {
    const elements = { Condition: 'Bucket POST must be of the enclosure-type multipart/form-data' };
    throw new S3Error('PreconditionFailed', { elements });
  }
  context.store.index.bucket(bucket);
  return readForm(body(), contentType, async (form, bytes) => {
    const { algorithm = 'CRC64NVME', verify } = sentDigests(form.fields, new Map());
    const target = { bucket, key: keyOf(form), headers };
    const check: typeof verify = (content) => {
      checkPolicy({ ...form.fields, bucket, key: target.key }, content.sizeBytes);
      verify(content);
    };
    const source = { bytes, algorithm, verify: check };
    const added = await addObject(context, target, { source, description: descriptionOf(form), event: 'Post' });
    return formAnswer(request, form, added);
  });
};

const keyOf = ({ fields, filename }: Form): string => {
  const key = fields.key?.replaceAll('${filename}', () => filename) ?? '';
  if (key !== '') return checkedKey(key);
  const message =
    "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.";
  throw invalidArgument('key', '', message);
};

const descriptionOf = ({ fields: { tagging, ...fields } }: Form): Description => {
  // Form fields are UTF-8; headers hold bytes as Latin-1.
  const headers = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, Buffer.from(value).toString('latin1')]),
  );
  return {
    ...describe(headers),
    tags: tagging === undefined ? [] : tagsOfDocument(parseDocument(Buffer.from(tagging), taggingDocument)),
  };
};

const formAnswer = ({ bucket, headers: { host } }: S3Request, { fields }: Form, added: AddedObject): Answer => {
  const { key } = added.version;
  const location = `http://${host}/${bucket}/${encodeURIComponent(key)}`;
  const headers: Headers = { ...writtenHeaders(added), location };
  const { etag = '' } = headers;
  const redirect = URL.parse(fields.success_action_redirect ?? '');
  if (redirect) {
    const query = `bucket=${bucket}&key=${encodeEventKey(key)}&etag=${encodeURIComponent(etag)}`;
    redirect.search += `${redirect.search === '' ? '?' : '&'}${query}`;
    return { status: 303, headers: { ...headers, location: redirect.href } };
  }
  if (fields.success_action_status === '201') {
    const elements = { Location: location, Bucket: bucket, Key: key, ETag: etag };
    return { ...xmlAnswer('PostResponse', elements, headers), status: 201 };
  }
  return { status: fields.success_action_status === '200' ? 200 : 204, headers };
};
