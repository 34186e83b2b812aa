import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { JsonObject } from '../../lib/json.ts';
import { exe, pdf } from '../fakes/files.ts';
import { startLoopback } from '../worlds/loopback.ts';
import { deployed } from './template/deployed.ts';
import { parseQuery } from './template/insights.ts';
import { deliveredFunctions } from './template/service.ts';
import { resourcesOf, stringsIn } from './template/template.ts';

const [template, loopback] = await Promise.all([deployed(), startLoopback()]);
let lines: readonly JsonObject[] = [];

const limited = 'candidates/fault-REMOTE--RATE_LIMIT_EXCEEDED-1/Frank Doe CV.pdf';
const file = 'candidates/8Xi6iZrwusZqJmDGXs49GBmJ/Frank Doe CV.pdf';

/** Everything that the functions write into their logs, without the lines that are metrics only. */
const logOf = async (work: () => Promise<void>): Promise<readonly JsonObject[]> => {
  let written = '';
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      written += String(chunk);
      return true;
    }),
  );
  try {
    await work();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return written.split('\n').flatMap((line) => (line.startsWith('{"level"') ? [JSON.parse(line)] : []));
};

beforeAll(async () => {
  process.env.POWERTOOLS_LOG_LEVEL = 'INFO';
  lines = await logOf(async () => {
    const upload = async (key: string, body: Uint8Array): Promise<void> => {
      const { etag, sizeBytes } = await loopback.put(key, body);
      const object = { key: encodeURIComponent(key).replaceAll('%2F', '/'), eTag: etag, size: sizeBytes };
      const s3 = { bucket: { name: 'cv-inbox' }, object };
      const record = { eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3 };
      await loopback.invoke('on-upload', { Records: [record] });
    };
    await upload(file, pdf);
    await upload(limited, pdf);
    await upload('candidates/26vafvWSRmbhNcxJYqjCzuJg/Jane Roe.pdf', exe);
    const foreign = { bucket: { name: 'another-bucket' }, object: { key: 'a.pdf', eTag: 'e', size: 1 } };
    await loopback.invoke('on-upload', {
      Records: [{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3: foreign }],
    });
    await loopback.invoke('on-demand', { action: 'resend', key: file, force: true, reason: 'A test.' });
    await loopback.invoke('on-demand', { action: 'status' });
  });
});
afterAll(() => loopback.stop());

const queries = () =>
  new Map(
    resourcesOf(template, 'AWS::Logs::QueryDefinition').map(([, own]) => [
      String(own.Name).replace('cv-courier-dev/', ''),
      own,
    ]),
  );

/** What an operator puts in place of the words in capitals. */
const replaced = (query: string): string => {
  const etag = String(lines.find(({ target }) => target === 'candidate/26vafvWSRmbhNcxJYqjCzuJg')?.etag);
  const { code, integration } = lines.find(({ status }) => status === 'waiting') ?? {};
  return query
    .replace("'candidate/ID'", "'candidate/8Xi6iZrwusZqJmDGXs49GBmJ'")
    .replace("'ETAG'", `'${etag}'`)
    .replace("'CODE'", `'${String(code)}'`)
    .replace("'TOOL:ID'", `'${String(integration)}'`);
};

const names = ['by-target', 'by-etag', 'by-code', 'causes', 'refused-events', 'operators'];

test('the stack has a saved query for each question, over the logs of all functions', () => {
  expect([...queries().keys()].sort()).toEqual(names.toSorted());
  for (const own of queries().values()) {
    expect(stringsIn(own.LogGroupNames).toSorted()).toEqual(
      deliveredFunctions.map((name) => `/aws/lambda/cv-courier-dev-${name}`).toSorted(),
    );
    expect(String(own.QueryString)).toMatch(/^# [A-Z]/);
  }
});

const linesOf = (name: string) => {
  const { fields, selects } = parseQuery(replaced(String(queries().get(name)?.QueryString)));
  return { fields, selected: lines.filter(selects) };
};

describe.each(names)('the saved query %s', (name) => {
  test(`the saved query ${name} names only fields that the functions log`, () => {
    const logged = new Set(lines.flatMap((line) => Object.keys(line)));
    const { fields, selected } = linesOf(name);
    expect(fields.length).toBeGreaterThan(2);
    expect(fields.filter((field) => !logged.has(field))).toEqual([]);
    expect(selected.length).toBeGreaterThan(0);
  });
});

test('each saved query finds exactly the lines that it is for', () => {
  const shown = (name: string, ...fields: readonly string[]) =>
    linesOf(name).selected.map((line) => fields.map((field) => line[field]));
  expect(shown('by-target', 'message')).toEqual([['Attached.'], ['An operator asked for a change.'], ['Attached.']]);
  expect(shown('by-etag', 'status', 'code')).toEqual([['rejected', 'TYPE_CONTRADICTED']]);
  expect(shown('by-code', 'status', 'code')).toEqual([['waiting', 'REMOTE.RATE_LIMIT_EXCEEDED']]);
  expect(shown('causes', 'code')).toEqual([['REMOTE.RATE_LIMIT_EXCEEDED'], ['TYPE_CONTRADICTED']]);
  expect(shown('refused-events', 'code')).toEqual([['BUCKET_FOREIGN']]);
  expect(shown('operators', 'action', 'operator', 'ok')).toEqual([
    ['resend', 'not stated', undefined],
    ['resend', undefined, true],
    ['status', undefined, true],
  ]);
});

test('no log line contains the name of a person', () => {
  expect(JSON.stringify(lines)).not.toMatch(/Frank|Jane/);
});

test('the check of saved queries refuses what it cannot parse', () => {
  expect(() => parseQuery('parse @message "x"')).toThrow('Unknown command');
  expect(() => parseQuery('filter code like /x/')).toThrow('Unknown condition');
  expect(
    parseQuery("fields @timestamp, a\n| filter b = 'x'\n| stats count(c) as n by d\n| sort n desc").fields,
  ).toEqual(['a', 'c', 'd', 'b']);
});

describe('the outputs', () => {
  const outputOf = (name: string): string => String((template.Outputs?.[name] as JsonObject | undefined)?.Value);

  test('the outputs of the stack name every function, the dashboard, the topic of the alarms and the failure queue', () => {
    expect(outputOf('FunctionNames').split(' ').toSorted()).toEqual(
      deliveredFunctions.map((name) => `cv-courier-dev-${name}`).toSorted(),
    );
    expect(outputOf('DashboardUrl')).toMatch(
      /^https:\/\/console\.aws\.amazon\.com\/cloudwatch\/home\?region=eu-central-1#dashboards:name=cv-courier-dev$/,
    );
    expect(outputOf('AlarmTopicArn')).toContain('cv-courier-dev-alarms');
    expect(outputOf('FailureQueueUrl')).not.toBe('undefined');
  });

  test('the outputs of the stack have the command for the status, and the prefix of the saved queries', () => {
    expect(outputOf('AskStatus')).toBe(
      `npm run invoke -- --stack cv-courier-dev --region eu-central-1 on-demand '{"action":"status"}'`,
    );
    for (const own of queries().values()) expect(String(own.Name).startsWith(outputOf('SavedQueries'))).toBe(true);
  });
});
