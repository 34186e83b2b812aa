import { describe, expect, test } from 'vitest';
import { uploadKey } from '../../../../../infra/local/console/server/upload-key.ts';
import { parseKeyTemplates } from '../../../../../lib/key-template/match-key.ts';

const templates = (text: string) => {
  const parsed = parseKeyTemplates(text);
  if (!parsed.ok) throw new Error(parsed.error.join(' '));
  return parsed.value;
};

const both = templates('candidates/{candidate_id}/{filename}|applications/{application_id}/{filename}');
const place = { id: 'Jane1', filename: 'CV.pdf', integrationId: 'greenhouse:A1' } as const;

test('every other placeholder of the key template gets a valid value', () => {
  const rich = templates('in/{integration_id}/{any}/{type}/{candidate_id}/{filename}');
  expect(uploadKey(rich, { ...place, kind: 'candidate' })).toEqual({
    ok: true,
    value: 'in/greenhouse:A1/console/cv/Jane1/CV.pdf',
  });
});

test('an upload to a kind of target without a key template is refused with what to add', () => {
  const one = templates('candidates/{candidate_id}/{filename}');
  expect(uploadKey(one, { ...place, kind: 'application' })).toEqual({
    ok: false,
    error: 'KEY_TEMPLATES has no template for applications. Add one with {application_id}, then restart.',
  });
});

describe('a name or id that could change the path of the key', () => {
  test.each(['', '.', '..', 'a/b.pdf', 'a\0.pdf', 'é'.repeat(512)])(
    'the name %j is refused for the key of an upload, and not quoted',
    (filename) => {
      const key = uploadKey(both, { ...place, kind: 'candidate', filename });
      expect(key.ok).toBe(false);
      if (!key.ok && filename.length > 2) expect(key.error).not.toContain(filename);
    },
  );

  test.each(['', 'a/b', '..', 'a b', 'x'.repeat(65)])(
    'the id %j is refused for the key of an upload, and not quoted',
    (id) => {
      expect(uploadKey(both, { ...place, kind: 'candidate', id }).ok).toBe(false);
    },
  );
});
