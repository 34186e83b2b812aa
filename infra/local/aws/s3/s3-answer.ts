import type { S3rverMiddleware } from '@20minutes/s3rver';
import { encodeEventKey } from '../../../../lib/upload/object-key.ts';

/**
 * Answers as S3 writes them: each value escaped once, and the keys of a listing encoded where that was asked for.
 * The package escapes twice, so "R&D" becomes "R&amp;D" for whoever reads it, and it does not know `encoding-type`.
 */
export const s3Answers: S3rverMiddleware = async (context, next) => {
  await next();
  if (!isElements(context.body)) return;
  const encoded = context.query['encoding-type'] === 'url';
  context.type = 'application/xml';
  context.body = `<?xml version="1.0" encoding="UTF-8"?>\n${xml(encoded ? urlEncoded(context.body) : context.body)}`;
};

type Elements = Readonly<Record<string, unknown>>;

/** What is to become XML, as opposed to streams, buffers and finished text. */
const isElements = (body: unknown): body is Elements =>
  typeof body === 'object' && body !== null && Object.getPrototypeOf(body) === Object.prototype;

/** @see Amazon S3 API Reference, ListObjectsV2 and ListObjects: "EncodingType" names what is encoded */
const encodedElements = new Set(['Key', 'Prefix', 'Delimiter', 'StartAfter', 'Marker', 'NextMarker']);

/** Other answers have no encoding, whatever was asked for. */
const urlEncoded = (answer: Elements): Elements => {
  const { ListBucketResult: listing } = answer;
  if (!isElements(listing)) return answer;
  return { ListBucketResult: { ...withEncodedKeys(listing), EncodingType: 'url' } };
};

const withEncodedKeys = (elements: Elements): Elements =>
  Object.fromEntries(
    Object.entries(elements).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(withEncodedKeys) : encodedValue(name, value),
    ]),
  );

const encodedValue = (name: string, value: unknown): unknown =>
  encodedElements.has(name) && typeof value === 'string' ? encodeEventKey(value) : value;

/** Attributes stand under "@"; an element that repeats is a list. */
const xml = (elements: Elements): string =>
  Object.entries(elements)
    .filter(([name, value]) => name !== '@' && value !== undefined && value !== null)
    .flatMap(([name, value]) => (Array.isArray(value) ? value.map((one) => element(name, one)) : element(name, value)))
    .join('');

const element = (name: string, value: unknown): string => {
  if (!isElements(value)) return `<${name}>${escaped(value)}</${name}>`;
  const attributes = isElements(value['@']) ? Object.entries(value['@']) : [];
  const head = attributes.map(([attribute, text]) => ` ${attribute}="${escaped(text)}"`).join('');
  return `<${name}${head}>${xml(value)}</${name}>`;
};

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escaped = (value: unknown): string =>
  String(value).replace(/[&<>"]/g, (character) => entities[character] ?? character);
