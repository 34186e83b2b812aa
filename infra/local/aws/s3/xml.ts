import { parseXML } from '@aws-sdk/xml-builder';
import * as v from 'valibot';
import { S3Error } from './s3-error.ts';

export interface Elements {
  readonly [name: string]: Value | readonly Value[];
}
type Value = string | number | boolean | undefined | Elements;

/** A complete document: absent values are omitted, and an array repeats its element. */
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

/** Control characters become references, as in S3; XML 1.0 parsers accept only some of them. */
const escaped = (text: string): string =>
  text.replace(/[&<>"\x00-\x1f]/g, (character) => entities[character] ?? `&#x${character.charCodeAt(0).toString(16)};`);

export type DocumentSchema = v.GenericSchema<unknown, unknown>;

/** Comments, processing instructions and CDATA with their ends; without an end, the rest of the text. */
const notText = /<!--(?:(?!--).)*(-->|$)|<\?.*?(\?>|$)|<!\[CDATA\[.*?(\]\]>|$)/gs;
const tag = /<(\/?)[^\s<>/=&"']+((?:\s+[^\s<>/=&"']+\s*=\s*(?:"[^<"]*"|'[^<']*'))*)\s*(\/?)>/g;
const attribute = /(\S+?)\s*=\s*(?:"[^"]*"|'[^']*')/g;
const bareAmpersand = /&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-f]{1,6});)/i;

/**
 * The SDK's parser accepts much that is not XML, so the structure is checked here. A DOCTYPE is valid XML, but is
 * refused: S3 documents never have one.
 */
const isWellFormed = (text: string): boolean => {
  let depth = 0;
  let isRepeated = false;
  const withTags = text.replace(notText, (_, comment, instruction, data) =>
    comment || instruction ? '' : data ? '-' : '<',
  );
  const withoutTags = withTags.replace(tag, (_, end: string, attributes: string, empty: string) => {
    const names = [...attributes.matchAll(attribute)].map(([, name]) => name);
    isRepeated ||= new Set(names).size < names.length;
    if (empty === '') depth += end === '' ? 1 : -1;
    // After the end of the root, only blanks may follow.
    return depth === 0 ? '\0' : '';
  });
  return (
    !isRepeated &&
    !/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/.test(text) &&
    !bareAmpersand.test(withTags) &&
    /^[^<\0]*\0\s*$/.test(withoutTags)
  );
};

/**
 * The parser would truncate characters beyond 16 bits.
 * @throws {RangeError} for a number that is no character
 */
const decodeLong = (text: string): string =>
  text.replace(/&#(?:x([\da-f]+)|(\d+));/gi, (reference, hex: string | undefined, decimal: string) => {
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    if (code === 0 || (code >= 0xd800 && code <= 0xdfff)) throw new RangeError(`${reference} is no character`);
    return code > 0xffff ? String.fromCodePoint(code) : reference;
  });

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** @throws {S3Error} MalformedXML, also for XML that does not match the schema */
export const parseDocument = <S extends DocumentSchema>(bytes: Buffer, schema: S): v.InferOutput<S> => {
  try {
    const text = utf8.decode(bytes);
    if (isWellFormed(text)) return v.parse(schema, parseXML(decodeLong(text)));
  } catch {}
  throw new S3Error('MalformedXML');
};

/** The elements with one name: the parser returns a single one as itself, several as an array. */
export const repeated = <S extends DocumentSchema>(schema: S) =>
  v.pipe(
    v.optional(v.unknown(), []),
    v.transform((found) => [found].flat()),
    v.array(schema),
  );
