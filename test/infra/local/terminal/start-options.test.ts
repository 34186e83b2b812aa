import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultStateDir, startOptions, UsageError } from '../../../../infra/local/terminal/start-options.ts';

test('without flags the stack stays up, with its state in .local and ports from 4570 on', () => {
  expect(startOptions([], {})).toEqual({
    once: false,
    fresh: false,
    json: false,
    stateDir: defaultStateDir,
    portBase: 4570,
  });
  expect(path.basename(defaultStateDir)).toBe('.local');
});

test('every flag is understood', () => {
  expect(startOptions(['--once', '--fresh', '--json', '--state', 'elsewhere'], { PORT_BASE: '5000' })).toEqual({
    once: true,
    fresh: true,
    json: true,
    stateDir: path.resolve('elsewhere'),
    portBase: 5000,
  });
});

test("--events-to takes any http and https URL: whom a developer tells is the developer's choice", () => {
  for (const url of ['http://localhost:3000/outcomes', 'https://example.com/'])
    expect(startOptions(['--events-to', url], {})).toMatchObject({ eventsTo: url });
});

test('PORT_BASE=0 leaves the ports to the system', () => {
  expect(startOptions([], { PORT_BASE: '0' })).toMatchObject({ portBase: 0 });
});

test('--help asks for the usage', () => {
  expect(startOptions(['--help'], {})).toBe('help');
});

describe('what cannot be meant is refused by name', () => {
  test.each([
    [['--bogus'], {}, "Unknown option '--bogus'"],
    [['--state'], {}, "Option '--state <value>' argument missing"],
    [['--events-to', 'localhost'], {}, '--events-to is "localhost"'],
    [['--events-to', 'file:///tmp/x'], {}, '--events-to is "file:///tmp/x"'],
    [['extra'], {}, "Unexpected argument 'extra'"],
    [[], { PORT_BASE: 'x' }, 'PORT_BASE is "x"'],
    [[], { PORT_BASE: '80' }, 'PORT_BASE is "80"'],
    [[], { PORT_BASE: '70000' }, 'PORT_BASE is "70000"'],
    [[], { PORT_BASE: '-1' }, 'PORT_BASE is "-1"'],
  ])('%o %o', (args, env, message) => {
    expect(() => startOptions(args, env)).toThrow(UsageError);
    expect(() => startOptions(args, env)).toThrow(message);
  });
});
