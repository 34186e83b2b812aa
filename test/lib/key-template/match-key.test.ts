import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  impersonalSegments,
  isIntegrationId,
  type KeyTemplate,
  literalPrefixes,
  matchKey,
  parseKeyTemplates,
} from '../../../lib/key-template/match-key.ts';

const templates = (text: string): readonly KeyTemplate[] => {
  const parsed = parseKeyTemplates(text);
  if (!parsed.ok) throw new Error(parsed.error.join(' '));
  return parsed.value;
};

const faults = (text: string): readonly string[] => {
  const parsed = parseKeyTemplates(text);
  return parsed.ok ? [] : parsed.error;
};

const standard = templates('candidates/{candidate_id}/{filename}');
const integration = 'greenhouse:8Xi6iZrwusZqJmDGXs49GBmJ';

const failure = (key: string, given = standard, integrationId: string | undefined = integration) => {
  const result = matchKey(given, key, integrationId);
  return result.ok ? 'matched' : result.error;
};

describe('a key that fits', () => {
  test('a matching key names the candidate, as a CV under the default integration', () => {
    expect(matchKey(standard, 'candidates/GRK123/Frank Doe CV.pdf', integration)).toEqual({
      ok: true,
      value: {
        target: { kind: 'candidate', id: 'GRK123', integrationId: integration },
        attachmentType: 'CV',
        filename: 'Frank Doe CV.pdf',
      },
    });
  });

  test('a matching key names the application', () => {
    const result = matchKey(
      templates('applications/{application_id}/{filename}'),
      'applications/APP-1/CV.pdf',
      integration,
    );
    expect(result.ok && result.value.target).toEqual({ kind: 'application', id: 'APP-1', integrationId: integration });
  });

  test('a matching key names the integration, which then replaces the default', () => {
    const result = matchKey(
      templates('{integration_id}/{candidate_id}/{filename}'),
      'workday:Ab_9-x/GRK123/CV.pdf',
      integration,
    );
    expect(result.ok && result.value.target.integrationId).toBe('workday:Ab_9-x');
  });

  test.each([
    ['cv', 'CV'],
    ['cover-letter', 'COVER_LETTER'],
    ['other', 'OTHER'],
    ['CV', 'CV'],
    ['COVER_LETTER', 'COVER_LETTER'],
  ])('a matching key in the folder %s has the type %s', (folder, type) => {
    const result = matchKey(templates('{candidate_id}/{type}/{filename}'), `GRK123/${folder}/a.pdf`, integration);
    expect(result.ok && result.value.attachmentType).toBe(type);
  });

  test('a matching key may have any folder where the template says {any}', () => {
    const result = matchKey(
      templates('{any}/{candidate_id}/{any}/{filename}'),
      'März 2026/GRK123/x y/a.pdf',
      integration,
    );
    expect(result.ok && result.value.target.id).toBe('GRK123');
  });

  test('a key is read by the first template that matches', () => {
    const both = templates('in/{candidate_id}/{type}/{filename}|in/{application_id}/{any}/{filename}');
    const asCandidate = matchKey(both, 'in/ID1/other/a.pdf', integration);
    const asApplication = matchKey(both, 'in/ID1/2026/a.pdf', integration);
    expect(asCandidate.ok && asCandidate.value.target.kind).toBe('candidate');
    expect(asApplication.ok && asApplication.value.target.kind).toBe('application');
  });

  test('the file name of a matching key may contain every character but a slash', () => {
    const name = "100% C++ {a}|b?c#d&e'f\u202e🌱.pdf";
    const result = matchKey(standard, `candidates/GRK123/${name}`, integration);
    expect(result.ok && result.value.filename).toBe(name);
  });

  test('a matching key keeps its letters as they are, composed or not', () => {
    const result = matchKey(standard, 'candidates/GRK123/Rene\u0301.pdf', integration);
    expect(result.ok && result.value.filename).toBe('Rene\u0301.pdf');
  });

  test('a matching key may have 1,024 bytes', () => {
    const key = `candidates/GRK123/${'a'.repeat(1002)}.pdf`;
    expect(Buffer.byteLength(key)).toBe(1024);
    const result = matchKey(standard, key, integration);
    expect(result.ok && result.value.filename.length).toBe(1006);
  });

  test('a matching key may have an id of 64 characters', () => {
    const result = matchKey(standard, `candidates/${'A'.repeat(64)}/CV.pdf`, integration);
    expect(result.ok).toBe(true);
  });
});

describe('a key that does not match', () => {
  test('a key without a file name does not match', () => {
    expect(failure('candidates/GRK123/')).toEqual({
      code: 'KEY_NOT_MATCHED',
      detail: 'No template matches. "candidates/{candidate_id}/{filename}": segment 3 of the key is not a file name.',
    });
  });

  test('a key with extra segments does not match', () => {
    expect(failure('candidates/GRK123/2026/CV.pdf')).toMatchObject({
      detail:
        'No template matches. "candidates/{candidate_id}/{filename}": the key has 4 segments, the template has 3.',
    });
  });

  test.each([
    ['without the folder', 'GRK123/CV.pdf'],
    ['that starts with a slash', '/candidates/GRK123/CV.pdf'],
    ['without a letter', ''],
    ['whose id ends with a line break', 'candidates/GRK123\n/CV.pdf'],
  ])('a key %s does not match', (_, key) => {
    expect(failure(key)).toMatchObject({ code: 'KEY_NOT_MATCHED' });
  });

  test('a key in another folder does not match, even if only its case differs', () => {
    expect(failure('Candidates/GRK123/CV.pdf')).toMatchObject({
      detail: 'No template matches. "candidates/{candidate_id}/{filename}": segment 1 of the key is not "candidates".',
    });
  });

  test.each([
    'GRK 1',
    'GRK?1',
    'GRK#1',
    'GRK%1',
    'GRK%2F1',
    'Grün',
    'a.b',
    'a:b',
    '',
    '.',
    '..',
    '{candidate_id}',
    'A'.repeat(65),
  ])('a key with the id "%s" does not match', (id) => {
    expect(failure(`candidates/${id}/CV.pdf`)).toEqual({
      code: 'KEY_NOT_MATCHED',
      detail:
        'No template matches. "candidates/{candidate_id}/{filename}": ' +
        'segment 2 of the key is not an id of 1 to 64 letters, digits, "-" or "_".',
    });
  });

  test.each(['.', '..'])('a key with "%s" as its file name does not match', (name) => {
    expect(failure(`candidates/GRK123/${name}`)).toMatchObject({
      detail: 'No template matches. "candidates/{candidate_id}/{filename}": segment 3 of the key is not a file name.',
    });
  });

  test('a key with ".." where any folder is allowed does not match', () => {
    expect(failure('../GRK123/CV.pdf', templates('{any}/{candidate_id}/{filename}'))).toMatchObject({
      detail: 'No template matches. "{any}/{candidate_id}/{filename}": segment 1 of the key is not a folder name.',
    });
  });

  test('a key with an unknown type does not match', () => {
    expect(failure('GRK123/resume/CV.pdf', templates('{candidate_id}/{type}/{filename}'))).toMatchObject({
      detail:
        'No template matches. "{candidate_id}/{type}/{filename}": segment 2 of the key is not one of cv, cover-letter, other.',
    });
  });

  test.each(['greenhouse', 'greenhouse:', ':ab', 'a:b:c', 'green house:ab'])(
    'a key with the integration "%s" does not match',
    (id) => {
      expect(failure(`${id}/GRK123/CV.pdf`, templates('{integration_id}/{candidate_id}/{filename}'))).toMatchObject({
        detail:
          'No template matches. "{integration_id}/{candidate_id}/{filename}": ' +
          'segment 1 of the key is not an integration id of the form <tool>:<id>.',
      });
    },
  );

  test('the failure of a key that does not match has a reason for each template', () => {
    const both = templates('candidates/{candidate_id}/{filename}|applications/{application_id}/{filename}');
    expect(failure('people/GRK123/CV.pdf', both)).toEqual({
      code: 'KEY_NOT_MATCHED',
      detail:
        'No template matches. ' +
        '"candidates/{candidate_id}/{filename}": segment 1 of the key is not "candidates". ' +
        '"applications/{application_id}/{filename}": segment 1 of the key is not "applications".',
    });
  });

  test('the failure of a key that does not match quotes nothing of the key, which may name a person', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme-ascii' })), (parts) => {
        const found = failure(['Jo Roe', ...parts.map((part) => `${part}Frank`), 'Jo Roe.pdf'].join('/'));
        expect(JSON.stringify(found)).not.toMatch(/Frank|Roe/);
      }),
    );
  });
});

describe('a key without an integration', () => {
  test.each([undefined, ''])(
    'a key without an integration is a defect when the default is %j, because the configuration requires one',
    (unset) => {
      expect(() => matchKey(standard, 'candidates/GRK123/CV.pdf', unset)).toThrow(
        'The template "candidates/{candidate_id}/{filename}" names no integration, and there is no default.',
      );
    },
  );

  test('a key without an integration is not passed on to a later template, because the first match wins', () => {
    const both = templates('in/{candidate_id}/{filename}|{any}/{application_id}/{filename}');
    expect(() => matchKey(both, 'in/ID1/a.pdf', undefined)).toThrow(
      '"in/{candidate_id}/{filename}" names no integration',
    );
  });
});

describe('a bad template', () => {
  test('a template without a target is refused', () => {
    expect(faults('in/{any}/{filename}')).toEqual([
      'Template "in/{any}/{filename}": needs exactly one of {candidate_id}, {application_id}.',
    ]);
  });

  test('a template with two targets is refused', () => {
    expect(faults('{candidate_id}/{application_id}/{filename}')).toEqual([
      'Template "{candidate_id}/{application_id}/{filename}": needs exactly one of {candidate_id}, {application_id}.',
    ]);
  });

  test.each([
    ['with one target twice', '{candidate_id}/{candidate_id}/{filename}'],
    ['whose file name is not last', '{filename}/{candidate_id}'],
    ['whose file name is last, but also before', '{filename}/{candidate_id}/{filename}'],
    ['with a placeholder named like a method of every object', '{constructor}/{candidate_id}/{filename}'],
    ['with text behind a placeholder', '{candidate_id}-id/{filename}'],
    ['with an unclosed brace', '{candidate_id/{filename}'],
    ['behind a more general one', '{any}/{candidate_id}/{any}/{filename}|in/{candidate_id}/{type}/{filename}'],
  ])('a template %s is refused', (_, text) => {
    expect(faults(text)).toHaveLength(1);
  });

  test('a template without a file name is refused', () => {
    expect(faults('in/{candidate_id}')).toEqual([
      'Template "in/{candidate_id}": needs {filename} once, as its last segment.',
    ]);
  });

  test('a template with an unknown placeholder is refused', () => {
    expect(faults('in/{candidat_id}/{filename}')).toEqual([
      'Template "in/{candidat_id}/{filename}": segment 2 is "{candidat_id}", which is not a placeholder; the placeholders are ' +
        '{candidate_id}, {application_id}, {integration_id}, {type}, {any}, {filename}.',
    ]);
  });

  test('a template with text before a placeholder is refused', () => {
    expect(faults('id-{candidate_id}/{filename}')).toEqual([
      'Template "id-{candidate_id}/{filename}": segment 1 is "id-{candidate_id}"; ' +
        'a segment is either plain text or one {placeholder}.',
    ]);
  });

  test.each(['/{candidate_id}/{filename}', '{candidate_id}//{filename}', '{candidate_id}/{filename}/'])(
    'a template with an empty segment is refused: %s',
    (text) => {
      expect(faults(text)[0]).toContain('is empty (a "/" at the start, at the end, or doubled)');
    },
  );

  test('a template with a segment that no key may contain is refused', () => {
    expect(faults('../{candidate_id}/{filename}')).toEqual([
      'Template "../{candidate_id}/{filename}": segment 1 is "..", which no key may contain.',
    ]);
  });

  test.each(['cvs*/{candidate_id}/{filename}', '{candidate_id}/new?/{filename}'])(
    'a template with a folder that is a wildcard in the rights of the functions is refused: %s',
    (text) => {
      expect(faults(text)).toEqual([expect.stringContaining('; no folder may contain "*" or "?".')]);
    },
  );

  test('a template with the type or the integration twice is refused', () => {
    const twice = '{type}/{type}/{integration_id}/{integration_id}/{candidate_id}/{filename}';
    expect(faults(twice)).toEqual([
      `Template "${twice}": has {integration_id} more than once.`,
      `Template "${twice}": has {type} more than once.`,
    ]);
  });

  test.each(['', '  ', 'in/{candidate_id}/{filename}|', '|in/{candidate_id}/{filename}'])(
    'an empty template is refused: "%s"',
    (text) => {
      expect(faults(text)).toEqual(['There is an empty template.']);
    },
  );

  test('a template is refused when an earlier one matches all its keys', () => {
    expect(faults('in/{candidate_id}/{filename}|in/{application_id}/{filename}')).toEqual([
      'Template "in/{application_id}/{filename}": is never used, ' +
        'because "in/{candidate_id}/{filename}" before it matches all its keys.',
    ]);
  });

  test('all errors of all templates are reported together', () => {
    expect(faults('{who}/{what}|{any}|in/{candidate_id}/{filename}')).toHaveLength(4);
  });
});

describe('good templates', () => {
  test('templates may be separated with spaces around the bar', () => {
    expect(templates(' a/{candidate_id}/{filename} | b/{application_id}/{filename} ').map(({ text }) => text)).toEqual([
      'a/{candidate_id}/{filename}',
      'b/{application_id}/{filename}',
    ]);
  });

  test('a template may be longer than one before it', () => {
    expect(templates('in/{candidate_id}/{filename}|in/{candidate_id}/{any}/{filename}')).toHaveLength(2);
  });

  test('a template may be more general than one before it', () => {
    expect(templates('in/{candidate_id}/{type}/{filename}|in/{candidate_id}/{any}/{filename}')).toHaveLength(2);
  });
});

test('a template with a folder is never used when the placeholder of an earlier one matches that folder', () => {
  const after = (folder: string) => faults(`{type}/{candidate_id}/{filename}|${folder}/{candidate_id}/{filename}`);
  expect(after('cv')).toHaveLength(1);
  expect(after('photos')).toEqual([]);
});

describe('the segments of a key that cannot be a name', () => {
  const given = templates('in/{integration_id}/{type}/{any}/{candidate_id}/{filename}');
  const komboId = '8Xi6iZrwusZqJmDGXs49GBmJ';
  const shown = (tool: string, id: string, ids: 'kombo' | 'any') =>
    impersonalSegments(given, `in/${tool}/cv/Frank/${id}/Doe.pdf`, ids);

  test("folders, types and ids in Kombo's form are never a name; other folders, the file and other ids may be", () => {
    expect(shown(integration, komboId, 'kombo')).toEqual([true, true, true, false, true, false]);
    expect(shown('frank:doe', 'Frank', 'kombo')).toEqual([true, false, true, false, false, false]);
  });

  test('on a screen, ids of any form are shown', () => {
    expect(shown('frank:doe', 'Frank', 'any')).toEqual([true, true, true, false, true, false]);
  });

  test('any segment of a key that matches no template may be a name', () => {
    expect(impersonalSegments(given, 'in/cv', 'any')).toEqual([false, false]);
  });
});

describe('the folders to watch and to list', () => {
  test('a folder to watch ends where the first placeholder starts', () => {
    expect(literalPrefixes(standard)).toEqual(['candidates/']);
    expect(literalPrefixes(templates('hr/in/{candidate_id}/cv/{filename}'))).toEqual(['hr/in/']);
  });

  test('the whole bucket is watched when a template starts with a placeholder', () => {
    expect(literalPrefixes(templates('in/{candidate_id}/{filename}|{any}/{application_id}/x/{filename}'))).toEqual([
      '',
    ]);
  });

  test('each folder to watch is listed once, and never inside another', () => {
    const many = templates(
      'a/b/{candidate_id}/{filename}|a/{candidate_id}/{filename}|a/{any}/{candidate_id}/{filename}|ab/{application_id}/{filename}',
    );
    expect(literalPrefixes(many)).toEqual(['a/', 'ab/']);
  });

  test('the folders to watch contain every matching key', () => {
    const some = templates('x/{candidate_id}/{filename}|y/z/{application_id}/{any}/{filename}');
    for (const key of ['x/ID1/a.pdf', 'y/z/ID2/b/c.pdf']) {
      expect(matchKey(some, key, integration).ok).toBe(true);
      expect(literalPrefixes(some).some((prefix) => key.startsWith(prefix))).toBe(true);
    }
  });
});

describe('an integration id', () => {
  test.each(['greenhouse:8Xi6iZrwusZqJmDGXs49GBmJ', 'sandbox:1', 'bullhorn_login:a-b'])(
    'an integration id may be %s',
    (id) => {
      expect(isIntegrationId(id)).toBe(true);
    },
  );

  test.each(['', 'greenhouse', 'greenhouse:', ':1', 'a:b:c', 'a:b\n', 'a:b c', 'ä:b'])(
    '%j is not an integration id',
    (id) => {
      expect(isIntegrationId(id)).toBe(false);
    },
  );
});
