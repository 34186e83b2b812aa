import { parseXML } from '@aws-sdk/xml-builder';
import { S3Error } from './s3-error.ts';

export interface Elements {
  readonly [name: string]: Value | readonly Value[];
}
type Value = string | number | boolean | undefined | Elements;

/** A whole document: absent values are left out, and an array repeats its element. */
export const xmlDocument = (root: string, content: Elements | string, attributes = ''): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${`${root} ${attributes}`.trim()}>${written(content)}</${root}>`;

const written = (value: Value): string =>
  typeof value === 'object'
    ? Object.entries(value)
        .flatMap(([name, one]) => [one].flat().map((each) => element(name, each as Value)))
        .join('')
    : escaped(String(value));

const element = (name: string, value: Value): string =>
  value === undefined ? '' : `<${name}>${written(value)}</${name}>`;

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Control characters become references, as S3 writes them; XML 1.0 parsers accept only some of these. */
const escaped = (text: string): string =>
  text.replace(/[&<>"\x00-\x1f]/g, (character) => entities[character] ?? `&#x${character.charCodeAt(0).toString(16)};`);

/**
 * The children of the root element.
 * @throws {S3Error} MalformedXML
 */
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
