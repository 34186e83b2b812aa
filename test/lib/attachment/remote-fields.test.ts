import { describe, expect, test } from 'vitest';
import { mergeRemoteFields, parseRemoteFields, remoteFieldsFor } from '../../../lib/attachment/remote-fields.ts';

const detail = (json: string): string => {
  const result = parseRemoteFields(json);
  return result.ok ? 'accepted' : `${result.error.code}: ${result.error.detail}`;
};

describe('remote fields', () => {
  test("remote fields are read under Kombo's own names", () => {
    const fields = {
      greenhouse: { post_headers: { 'On-Behalf-Of': '4000012' } },
      workable: { on_behalf_of_user_remote_id: 'ab12' },
      oracle: { override_document_category: 'IRC_CANDIDATE_RESUME', multi_post_to_all_current_applications: true },
    };
    expect(parseRemoteFields(JSON.stringify(fields))).toEqual({ ok: true, value: fields });
  });

  test('remote fields may be empty', () => {
    expect(parseRemoteFields('{}')).toEqual({ ok: true, value: {} });
  });

  test('remote fields may be null where Kombo accepts null', () => {
    expect(detail('{"greenhouse":{"post_headers":{"On-Behalf-Of":null}}}')).toBe('accepted');
  });

  test('remote fields that Kombo does not document yet pass unchanged', () => {
    const json = '{"lever":{"perform_as":"x"},"greenhouse":{"new":[1,null]},"__proto__":{"a":1}}';
    const result = parseRemoteFields(json);
    expect(result.ok && JSON.stringify(result.value)).toBe(json);
  });
});

describe('remote fields are refused', () => {
  test.each(['', 'Frank', '{', '[]', 'null', '"x"', '1', '[{}]'])(
    'remote fields that are not a JSON object are refused: %j',
    (json) => {
      expect(detail(json)).toBe('REMOTE_FIELDS_INVALID: The remote fields are not a JSON object.');
    },
  );

  test('remote fields are refused with each known field of a wrong type', () => {
    expect(
      detail(
        '{"greenhouse":{"post_headers":{"On-Behalf-Of":7}},"workable":{"on_behalf_of_user_remote_id":null},' +
          '"oracle":{"override_document_category":1,"multi_post_to_all_current_applications":"yes"}}',
      ),
    ).toBe(
      'REMOTE_FIELDS_INVALID: greenhouse.post_headers.On-Behalf-Of must be a text or null. ' +
        'workable.on_behalf_of_user_remote_id must be a text. ' +
        'oracle.override_document_category must be a text. ' +
        'oracle.multi_post_to_all_current_applications must be true or false.',
    );
  });

  test.each(['greenhouse', 'workable', 'oracle'])('remote fields are refused when %s is not an object', (tool) => {
    expect(detail(`{"${tool}":"x"}`)).toBe(`REMOTE_FIELDS_INVALID: ${tool} must be an object.`);
    expect(detail(`{"${tool}":[]}`)).toBe(`REMOTE_FIELDS_INVALID: ${tool} must be an object.`);
  });

  test("remote fields are refused under the SDK's name, which the API does not know", () => {
    expect(detail('{"greenhouse":{"post_headers":{"on_behalf_of":"4000012"}}}')).toBe(
      'REMOTE_FIELDS_INVALID: greenhouse.post_headers.on_behalf_of must be written On-Behalf-Of.',
    );
  });

  test('the error for remote fields quotes none of their values', () => {
    expect(detail('{"workable":{"on_behalf_of_user_remote_id":["Frank Doe"]}, "x": "Frank Doe"}')).not.toContain(
      'Frank',
    );
    expect(detail('{"x": Frank Doe}')).not.toContain('Frank');
  });
});

describe('fields of one object merged over those for all', () => {
  test('the remote fields of one object and those for all are merged field by field', () => {
    expect(
      mergeRemoteFields(
        { greenhouse: { post_headers: { 'On-Behalf-Of': '1' }, kept: true }, workable: { a: 1 } },
        { greenhouse: { post_headers: { 'On-Behalf-Of': '2' } }, oracle: { b: 2 } },
      ),
    ).toEqual({
      greenhouse: { post_headers: { 'On-Behalf-Of': '2' }, kept: true },
      workable: { a: 1 },
      oracle: { b: 2 },
    });
  });

  test('lists, texts and null in the remote fields of one object replace those for all', () => {
    expect(
      mergeRemoteFields({ a: [1, 2], b: 'x', c: { d: 1 }, e: null }, { a: [3], b: null, c: 'y', e: { f: 1 } }),
    ).toEqual({
      a: [3],
      b: null,
      c: 'y',
      e: { f: 1 },
    });
  });

  test('merging remote fields changes neither of the two inputs', () => {
    const all = { a: { b: 1 } };
    const perObject = { a: { c: 2 } };
    mergeRemoteFields(all, perObject);
    expect([all, perObject]).toEqual([{ a: { b: 1 } }, { a: { c: 2 } }]);
  });

  test('merged remote fields cannot reach the prototype of objects', () => {
    const evil = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}');
    const merged = mergeRemoteFields({ a: 1 }, evil);
    expect(Object.keys(merged)).toEqual(['a', '__proto__', 'constructor']);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
  });
});

describe('oracle fields', () => {
  const fields = { oracle: { multi_post_to_all_current_applications: true }, workable: {} };

  test('oracle fields are sent with an application', () => {
    expect(remoteFieldsFor('application', fields)).toEqual(fields);
  });

  test('oracle fields are not sent with a candidate, where Kombo has no such field', () => {
    expect(remoteFieldsFor('candidate', fields)).toEqual({ workable: {} });
  });
});
