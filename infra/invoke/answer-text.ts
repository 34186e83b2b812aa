import { isObject, type JsonObject, text } from '../../lib/json.ts';

/**
 * Formats an answer for a terminal: its sentence, then the other fields as plain lines, and requests as commands to
 * copy. An answer without a sentence is meant for AWS and is printed as JSON.
 */
export const answerText = (answer: unknown, command: string): string => {
  const sentence = isObject(answer) ? text(answer.message ?? answer.summary) : undefined;
  if (!isObject(answer) || sentence === undefined) return JSON.stringify(answer, null, 2);
  const { ok: _, message: __, summary: ___, ...rest } = answer;
  const lines = linesOf(rest, '', command);
  return [printable(sentence), ...(lines.length > 0 ? ['', ...lines] : [])].join('\n');
};

const linesOf = (fields: JsonObject, indent: string, command: string): readonly string[] =>
  Object.entries(fields).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (isObject(value)) {
      return text(value.action) === undefined || !requests.has(name)
        ? [`${indent}${name}:`, ...linesOf(value, `${indent}  `, command)]
        : [`${indent}${name}: ${command} ${quoted(JSON.stringify(value))}`];
    }
    if (!Array.isArray(value)) return [`${indent}${name}: ${plain(value)}`];
    if (value.length === 0) return [`${indent}${name}: none`];
    return [`${indent}${name}:`, ...value.flatMap((item) => itemLines(item, indent, command))];
  });

/** Fields of answers that contain a request to on-demand. */
const requests: ReadonlySet<string> = new Set(['next', 'example']);

const itemLines = (item: unknown, indent: string, command: string): readonly string[] => {
  if (!isObject(item)) return [`${indent}  - ${plain(item)}`];
  const [first = '{}', ...rest] = linesOf(item, `${indent}    `, command);
  return [`${indent}  - ${first.trimStart()}`, ...rest];
};

const plain = (value: unknown): string => printable(typeof value === 'string' ? value : JSON.stringify(value));

/** Uploaders choose keys, so no character of a key may control the terminal or reverse the text. */
const printable = (value: string): string =>
  value.replaceAll(
    /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

const quoted = (json: string): string => `'${printable(json).replaceAll("'", `'\\''`)}'`;
