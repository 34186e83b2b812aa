import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { parseCommandLine } from '../../../infra/invoke/command-line.ts';
import { readEvent } from '../../../infra/invoke/read-event.ts';
import { runInvoke } from '../../worlds/fake-lambda.ts';

describe('a wrong command line ends with 2, says what is wrong, and shows the usage', () => {
  test.each([
    [[], 'The function is missing.'],
    [['on-demand', '{}', 'more'], '"more" is unexpected'],
    [['--region', 'eu-west-1', 'on-demand'], '--region is allowed only with --stage'],
    [['--stage', 'prod', '--state', 'x', 'on-demand'], '--state is for the local stack'],
    [['--stage', 'Prod', 'on-demand'], '"Prod" is not a valid stage name.'],
    [['--stage', 'prod', '--region', 'Frankfurt', 'on-demand'], '"Frankfurt" is not an AWS region.'],
    [['--stage', 'prod', '--stack', 'cvs', 'on-demand'], 'Give --stage or --stack, not both.'],
    [['--stack', 'cvs_prod', 'on-demand'], '"cvs_prod" is not a valid stack name.'],
    [['--stge', 'prod', 'on-demand'], "Unknown option '--stge'"],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await runInvoke(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain('Usage: npm run invoke');
  });

  test('a function that there is not', async () => {
    const { code, stderr } = await runInvoke(['--stage', 'prod', 'on-demnad']);
    expect(code).toBe(2);
    expect(stderr).toContain('Unknown function on-demnad. Available: on-upload, on-schedule, on-demand, on-batch.');
  });
});

test('a function is found by its stage, or by the name of its stack', () => {
  expect(parseCommandLine(['--stage', 'prod', 'on-demand'])).toMatchObject({ where: { by: 'stage', named: 'prod' } });
  expect(parseCommandLine(['--stack', 'Acme-CVs', 'on-demand'])).toMatchObject({
    where: { by: 'stack', named: 'Acme-CVs' },
  });
});

test('without --stage the local stack is asked, as before', () => {
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

describe('an event that is not JSON is shown with a mark at the place where it goes wrong', () => {
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
  ])('%s', async (event, rest) => {
    expect(await markOf(event)).toBe(rest);
  });

  test('a long one around its mistake', async () => {
    const problem = await problemOf(`{"reason":"${'x'.repeat(1000)}" "key":"${'y'.repeat(1000)}"}`);
    expect(problem.split('\n')[0]).toMatch(/^The event is not valid JSON: \.\.\.x+" "key":"y+\.\.\.$/);
    expect(problem).toContain('(line 1, column 1014)');
  });

  test('and with the fix', async () => {
    expect(await problemOf('{action: status}')).toContain('Put the whole event into single quotes');
    expect(await problemOf('missing.json')).toBe('There is no file missing.json.');
    expect(await problemOf('-')).toContain('it is empty.');
  });
});
