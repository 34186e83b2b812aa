import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseRemoteFields } from '../../lib/attachment/remote-fields.ts';
import { parseJson } from '../../lib/json.ts';

const page = readFileSync(path.join(import.meta.dirname, '../../docs/configuration.md'), 'utf8');
const rows = [...page.matchAll(/^\| (\w+)[^|]*\| `(\{[^`]+\})` \|/gm)].map(([, ats = '', json = '']) => [ats, json]);

test('the remote fields in the sample upload of docs/configuration.md are accepted', () => {
  const [, metadata = ''] = /--metadata \\\n +'(\{.*\})'/.exec(page) ?? [];
  const fields = parseJson(metadata) as Readonly<Record<string, string>> | undefined;
  expect(parseRemoteFields(fields?.['kombo-remote-fields'] ?? '')).toMatchObject({ ok: true });
});

describe('the remote fields that docs/configuration.md lists', () => {
  test('the remote fields that docs/configuration.md lists are those of three ATSs', () => {
    expect(new Set(rows.map(([ats]) => ats))).toEqual(new Set(['Greenhouse', 'Workable', 'Oracle']));
  });

  test.each(rows)(
    'the remote field that docs/configuration.md lists for %s, %s, is accepted and its type is checked',
    (_, json = '') => {
      expect(parseRemoteFields(json)).toMatchObject({ ok: true });
      expect(parseRemoteFields(json.replace(/"[^"]*"(?=\}+$)|true/, '7'))).toMatchObject({ ok: false });
    },
  );
});
