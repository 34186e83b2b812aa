import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { parseCommandLine } from '../../../infra/invoke/command-line.ts';
import { readEvent } from '../../../infra/invoke/read-event.ts';
import { runInvoke } from '../../worlds/fake-lambda.ts';

describe('a wrong command line of npm run invoke', () => {
  test.each([
    [[], 'The function is missing.'],
    [['status'], `Did you mean: npm run invoke -- on-demand '{"action":"status"}'?`],
    [
      ['--stage', 'prod', '{"action":"check"}'],
      `Did you mean: npm run invoke -- --stage prod on-demand '{"action":"check"}'?`,
    ],
    [['on-demand', '{}', 'more'], '"more" is unexpected'],
    [['--region', 'eu-west-1', 'on-demand'], '--region is allowed only with --stage'],
    [['--stage', 'prod', '--state', 'x', 'on-demand'], '--state is for the local stack'],
    [['--stage', 'Prod', 'on-demand'], '"Prod" is not a valid stage name.'],
    [['--stage', 'prod', '--region', 'Frankfurt', 'on-demand'], '"Frankfurt" is not an AWS region.'],
    [['--stage', 'prod', '--stack', 'cvs', 'on-demand'], 'Give --stage or --stack, not both.'],
    [['--stack', 'cvs_prod', 'on-demand'], '"cvs_prod" is not a valid stack name.'],
    [['--stge', 'prod', 'on-demand'], "Unknown option '--stge'"],
  ])(
    'npm run invoke with the arguments %j exits with 2, says what is wrong, and prints the usage',
    async (args, message) => {
      const { code, stdout, stderr } = await runInvoke(args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(message);
      expect(stderr).toContain('Usage: npm run invoke');
    },
  );

  test('npm run invoke lists the functions when the given one does not exist', async () => {
    const { code, stderr } = await runInvoke(['--stage', 'prod', 'on-demnad']);
    expect(code).toBe(2);
    expect(stderr).toContain('Unknown function on-demnad. Available: on-upload, on-schedule, on-demand, on-batch.');
  });
});

test('npm run invoke finds a function by its stage, or by the name of its stack', () => {
  expect(parseCommandLine(['--stage', 'prod', 'on-demand'])).toMatchObject({ where: { by: 'stage', named: 'prod' } });
  expect(parseCommandLine(['--stack', 'Acme-CVs', 'on-demand'])).toMatchObject({
    where: { by: 'stack', named: 'Acme-CVs' },
  });
});

test('npm run invoke without --stage calls the local stack', () => {
  expect(parseCommandLine(['on-demand'])).toMatchObject({ where: { kind: 'local' }, event: '{}', asJson: false });
});

const nothing = () => Readable.from([]);
const problemOf = (event: string): Promise<string> =>
  readEvent(event, nothing()).then(
    () => '',
    (error: Error) => error.message,
  );

/** The line with the event, and the column of the mark under it. */
const markOf = async (event: string) => {
  const [shown = '', mark = ''] = (await problemOf(event)).split('\n');
  return shown.slice(mark.indexOf('^'));
};

describe('an event that is not JSON', () => {
  test.each([
    ['{action: status}', 'action: status}'],
    ['{"action": status}', 'status}'],
    ['{"action":"status",}', '}'],
    ["{'action':'status'}", "'action':'status'}"],
    ['{"action":"status"', ''],
    ['{"action":"stat', ''],
    ['{"action":"status"} {', '{'],
    ['status', 'status'],
    ['{"limit":01}', '1}'],
    ['{"a":"\\x"}', 'x"}'],
  ])('an event that is not JSON is shown with a mark at the place of the error: %s', async (event, rest) => {
    expect(await markOf(event)).toBe(rest);
  });

  test('a long event that is not JSON is shown only around the error', async () => {
    const problem = await problemOf(`{"reason":"${'x'.repeat(1000)}" "key":"${'y'.repeat(1000)}"}`);
    expect(problem.split('\n')[0]).toMatch(/^The event is not valid JSON: \.\.\.x+" "key":"y+\.\.\.$/);
    expect(problem).toContain('(line 1, column 1014)');
  });

  test('the message for an event that cannot be read says how to fix it', async () => {
    expect(await problemOf('{action: status}')).toContain('Put the whole event into single quotes');
    expect(await problemOf('missing.json')).toBe('There is no file missing.json.');
    expect(await problemOf('-')).toContain('it is empty.');
  });
});
