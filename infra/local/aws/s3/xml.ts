import { parseXML } from '@aws-sdk/xml-builder';
import { S3Error } from './s3-error.ts';

export interface Elements {
  readonly [name: string]: Value | readonly Value[];
}
type Value = string | number | boolean | undefined | Elements;

const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** A whole document: absent values are left out, and an array repeats its element. */
export const xmlDocument = (root: string, elements: Elements): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${namespace}">${content(elements)}</${root}>`;

/** Errors have no namespace. */
export const xmlError = (elements: Elements): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${content(elements)}</Error>`;

const content = (elements: Elements): string =>
  Object.entries(elements)
    .flatMap(([name, value]) =>
      Array.isArray(value) ? value.map((one) => element(name, one)) : element(name, value as Value),
    )
    .join('');

const element = (name: string, value: Value): string => {
  if (value === undefined) return '';
  return `<${name}>${typeof value === 'object' ? content(value) : escaped(String(value))}</${name}>`;
};

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Control characters become references, as S3 writes them; XML 1.0 parsers accept only some of these. */
const escaped = (text: string): string =>
  text.replace(/[&<>"\x00-\x1f]/g, (character) => entities[character] ?? `&#x${character.charCodeAt(0).toString(16)};`);

/** Larger than the longest list of parts or keys that S3 takes. */
const maxDocumentBytes = 4 * 1024 * 1024;

/**
 * The children of the root element of a request's body.
 * @throws {S3Error} MalformedXML
 */
export const readXml = async (
  body: AsyncIterable<Uint8Array>,
  root: string,
): Promise<Readonly<Record<string, unknown>>> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxDocumentBytes) throw new S3Error('MalformedXML');
    chunks.push(chunk);
  }
  return parseDocument(Buffer.concat(chunks).toString('utf8'), root);
};

export const parseDocument = (text: string, root: string): Readonly<Record<string, unknown>> => {
  let found: unknown;
  try {
    found = parseXML(text)[root];
  } catch {
    throw new S3Error('MalformedXML');
  }
  if (found === '') return {};
  if (!isElements(found)) throw new S3Error('MalformedXML');
  return found;
};

const isElements = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The elements of one name: the reader gives one as itself and several as an array. */
export const repeated = (value: unknown): readonly Readonly<Record<string, unknown>>[] => {
  const all = value === undefined ? [] : [value].flat();
  if (!all.every(isElements)) throw new S3Error('MalformedXML');
  return all;
};

export const textOf = (value: unknown): string | undefined => {
  if (value === undefined || typeof value === 'string') return value;
  throw new S3Error('MalformedXML');
};
