import { encodeEventKey } from '../../../../lib/upload/object-key.ts';
import { type Answer, quoted, xmlAnswer } from './answer.ts';
import type { Bucket } from './bucket-index.ts';
import type { Context } from './context.ts';
import { type Form, readForm } from './form-data.ts';
import { describe, newVersionHeader } from './object-headers.ts';
import { checkPolicy } from './post-policy.ts';
import { beforeIdle } from './receive-body.ts';
import { checkedKey, type S3Request } from './request.ts';
import { S3Error } from './s3-error.ts';
import { checkMd5, checkSent, sentChecksum, sentMd5 } from './sent-checksum.ts';
import { tagsOfXml } from './tags.ts';
import { addVersion, type StoredVersion } from './versions.ts';

/**
 * An upload from the form of a web page. Its signature is not checked, its policy is.
 * @see Amazon S3 API Reference, "POST Object"
 */
export const postForm = async (context: Context, request: S3Request): Promise<Answer> => {
  const { bucket: name, headers } = request;
  const contentType = headers['content-type'] ?? '';
  if (!/^multipart\/form-data/i.test(contentType)) {
    const elements = { Condition: 'Bucket POST must be of the enclosure-type multipart/form-data' };
    throw new S3Error('PreconditionFailed', { elements });
  }
  context.store.bucket(name);
  const { form, key, description, checkSize, sent, algorithm, staged } = await beforeIdle(context, request, (body) =>
    readForm(body, contentType, async (form, bytes) => {
      const key = keyOf(form);
      const description = descriptionOf(form);
      const checkSize = checkPolicy(name, key, form.fields);
      const sent = sentChecksum(form.fields);
      const algorithm = sent?.algorithm ?? 'CRC64NVME';
      const staged = await context.store.stage(bytes, [algorithm]);
      return { form, key, description, checkSize, sent, algorithm, staged };
    }),
  );
  const { md5: etag, checksums, ...file } = staged;
  const value = checksums.get(algorithm) ?? '';
  const stored = await addVersion(context, name, key, {
    ...file,
    etag,
    checksum: { algorithm, value, type: 'FULL_OBJECT' },
    description,
    event: 'Post',
    check: () => {
      checkSize(file.sizeBytes);
      checkMd5(sentMd5(form.fields), etag);
      if (sent) checkSent(algorithm, sent.value, value);
    },
  });
  return formAnswer(request, form, key, stored);
};

const keyOf = ({ fields, filename }: Form): string => {
  const key = fields.key?.replaceAll('${filename}', () => filename) ?? '';
  if (key !== '') return checkedKey(key);
  throw new S3Error('InvalidArgument', {
    message: "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
    elements: { ArgumentName: 'key', ArgumentValue: '' },
  });
};

const descriptionOf = ({ fields: { tagging, ...fields } }: Form) => {
  // Fields are UTF-8; headers are bytes as Latin-1.
  const headers = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, Buffer.from(value).toString('latin1')]),
  );
  return { ...describe(headers), tags: tagging === undefined ? [] : tagsOfXml(tagging) };
};

const formAnswer = (
  { bucket: name, headers: { host } }: S3Request,
  { fields }: Form,
  key: string,
  { bucket, version }: { readonly bucket: Bucket; readonly version: StoredVersion },
): Answer => {
  const { etag } = version;
  const location = `http://${host}/${name}/${encodeURIComponent(key)}`;
  const headers = { etag: quoted(etag), location, ...newVersionHeader(bucket, version.id) };
  const redirect = URL.parse(fields.success_action_redirect ?? '');
  if (redirect) {
    const query = `bucket=${name}&key=${encodeEventKey(key)}&etag=${encodeURIComponent(quoted(etag))}`;
    redirect.search += `${redirect.search === '' ? '?' : '&'}${query}`;
    return { status: 303, headers: { ...headers, location: redirect.href } };
  }
  if (fields.success_action_status === '201') {
    const elements = { Location: location, Bucket: name, Key: key, ETag: quoted(etag) };
    return { ...xmlAnswer('PostResponse', elements, headers), status: 201 };
  }
  return { status: fields.success_action_status === '200' ? 200 : 204, headers };
};
