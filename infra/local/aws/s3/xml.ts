import { parseXML } from '@aws-sdk/xml-builder';
import * as v from 'valibot';
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

export type DocumentSchema = v.GenericSchema<unknown, unknown>;

/** @throws {S3Error} MalformedXML, also for XML that the schema does not fit */
export const parseDocument = <S extends DocumentSchema>(text: string, schema: S): v.InferOutput<S> => {
  try {
    return v.parse(schema, parseXML(text));
  } catch {
    throw new S3Error('MalformedXML');
  }
};

/** The elements of one name: the parser gives one as itself and several as an array. */
export const repeated = <S extends DocumentSchema>(schema: S) =>
  v.pipe(
    v.optional(v.unknown(), []),
    v.transform((found) => [found].flat()),
    v.array(schema),
  );
