import fc from 'fast-check';
import { matchKey, parseKeyTemplates } from '../../../lib/key-template/match-key.ts';
import { decodeBatchKey, decodeEventKey, encodeEventKey } from '../../../lib/upload/object-key.ts';
import { junkText } from './mutated.ts';

const part = fc.oneof(
  fc.constantFrom(
    'candidates',
    '{candidate_id}',
    '{application_id}',
    '{integration_id}',
    '{type}',
    '{any}',
    '{filename}',
  ),
  fc.constantFrom(
    '',
    '.',
    '..',
    '{',
    '}',
    '{{candidate_id}}',
    '{filename}{any}',
    '|',
    ' ',
    '*',
    '?',
    '+',
    'životopisy',
  ),
  junkText,
);
const path = fc.array(part, { maxLength: 8 }).map((parts) => parts.join('/'));

export const keyTemplates = {
  name: 'key templates are parsed or refused, and match a key or do not',
  input: fc.record({ templates: fc.array(path, { maxLength: 4 }).map((all) => all.join('|')), key: path }),
  give: ({ templates, key }: { templates: string; key: string }): void => {
    const parsed = parseKeyTemplates(templates);
    if (!parsed.ok) return;
    const match = matchKey(parsed.value, key, 'greenhouse:CBNMt7dSNCzBdnRTx87dev4E');
    if (!match.ok) return;
    const { target, filename } = match.value;
    if (!/^[\w-]{1,64}$/.test(target.id)) throw new Error(`This is not the id of a target: ${target.id}`);
    if (filename === '' || !key.endsWith(filename))
      throw new Error(`This is not the file name of the key: ${filename}`);
  },
};

export const objectKeys = {
  name: 'an encoded key is decoded, or refused without quoting it',
  input: fc.oneof(path, path.map(encodeEventKey), fc.string({ unit: 'binary', maxLength: 1200 })),
  give: (encoded: string): void => {
    for (const decode of [decodeEventKey, decodeBatchKey]) {
      const key = decode(encoded);
      if (!key.ok && encoded.length > 20 && key.error.includes(encoded)) throw new Error('The refusal quotes the key.');
    }
  },
};
