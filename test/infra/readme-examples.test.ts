import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isObject, type JsonObject, parseJson } from '../../lib/json.ts';
import { problemsOf } from './documented-request.ts';

/** What a reader would put in place of "…", or of an object that is shown as { ... }. */
const fitting: JsonObject = {
  key: 'candidates/GRK123/Frank Doe CV.pdf',
  prefix: 'candidates/GRK123/',
  etag: '9b2cf535f27731c974343645a3985328',
  candidate_id: 'GRK123',
  application_id: 'GRK456',
  integration_id: 'greenhouse:CBNMt7dSNCzBdnRTx87dev4E',
  reason: 'The cause is fixed.',
  code: 'RETRIES_EXHAUSTED',
  event: { Records: [] },
  since: '2026-11-01T10:00:00Z',
};

/** The JSON object that starts here: the shortest text up to a closing brace that can be parsed. */
const objectFrom = (text: string, start: number): JsonObject | undefined => {
  for (let end = text.indexOf('}', start); end >= 0; end = text.indexOf('}', end + 1)) {
    const object = parseJson(text.slice(start, end + 1));
    if (isObject(object)) return object;
  }
  return undefined;
};

const requestsIn = (text: string): readonly JsonObject[] =>
  [...text.matchAll(/\{/g)].flatMap(({ index }) => {
    const object = objectFrom(text, index);
    return object && 'action' in object ? [object] : [];
  });

const filled = (request: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(request).map(([name, value]) => [name, value === '…' ? fitting[name] : value]));

describe.each(['README.md', 'infra/README.md', 'docs/operating.md', 'docs/tenants.md'])('%s', (file) => {
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8').replaceAll(/\{ ?(\.{3}|…) ?\}/g, '"…"');
  const requests = requestsIn(text);

  test(`${file} shows requests to on-demand, and all are valid JSON`, () => {
    expect(requests.length).toBeGreaterThan(0);
    expect(requests).toHaveLength([...text.matchAll(/"action"\s*:/g)].length);
  });

  test.each(requests.map((request) => [JSON.stringify(request), request] as const))(
    'on-demand accepts the documented request %s',
    (_shown, request) => {
      expect(problemsOf(filled(request))).toEqual([]);
    },
  );
});

test('a documented request with an unknown field would be found', () => {
  const [request = {}] = requestsIn('Erase: `{ "action": "forget", "key": "…", "zzz": "…" }`.');
  expect(problemsOf(filled(request))).toEqual(['"forget" has no field "zzz".']);
});
