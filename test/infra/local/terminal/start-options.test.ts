import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../../infra/command-line.ts';
import { defaultStateDir, startOptions } from '../../../../infra/local/terminal/start-options.ts';

test('npm start without flags keeps running, with its state in .local and ports from 4570 on', () => {
  expect(startOptions([], {})).toEqual({
    once: false,
    fresh: false,
    json: false,
    stateDir: defaultStateDir,
    portBase: 4570,
  });
  expect(path.basename(defaultStateDir)).toBe('.local');
});

test('npm start accepts each of its flags', () => {
  expect(startOptions(['--once', '--fresh', '--json', '--state', 'elsewhere'], { PORT_BASE: '5000' })).toEqual({
    once: true,
    fresh: true,
    json: true,
    stateDir: path.resolve('elsewhere'),
    portBase: 5000,
  });
});

test('--events-to accepts any http and https URL, because the developer chooses the receiver', () => {
  for (const url of ['http://localhost:3000/outcomes', 'https://example.com/'])
    expect(startOptions(['--events-to', url], {})).toMatchObject({ eventsTo: url });
});

test('PORT_BASE=0 lets the operating system choose the ports', () => {
  expect(startOptions([], { PORT_BASE: '0' })).toMatchObject({ portBase: 0 });
});

describe('flags without the "--" of npm', () => {
  const npm = { npm_lifecycle_event: 'start' };

  test('npm start --once --fresh, which npm only writes into the environment, is understood', () => {
    const env = { ...npm, npm_config_once: 'true', npm_config_fresh: 'true', npm_config_json: '' };
    expect(startOptions([], env)).toMatchObject({ once: true, fresh: true, json: false });
  });

  test('npm start --state=elsewhere is understood', () => {
    expect(startOptions([], { ...npm, npm_config_state: 'elsewhere' })).toMatchObject({
      stateDir: path.resolve('elsewhere'),
    });
  });

  test('npm start --state elsewhere, of which npm passes only the last word, is refused with the correct form', () => {
    const read = () => startOptions(['elsewhere'], { ...npm, npm_config_state: 'true' });
    expect(read).toThrow('npm consumed --state itself. Write: npm start -- --state VALUE');
  });

  test('flags of another npm script that starts a local stack are not flags of the stack', () => {
    const env = { npm_lifecycle_event: 'test', npm_config_once: 'true', npm_config_json: 'true' };
    expect(startOptions([], env)).toMatchObject({ once: false, json: false });
  });
});

test('npm start --help asks for the usage', () => {
  expect(startOptions(['--help'], {})).toBe('help');
});

describe('invalid options of npm start', () => {
  test.each([
    [['--bogus'], {}, "Unknown option '--bogus'"],
    [['--state'], {}, "Option '--state <value>' argument missing"],
    [['--events-to', 'localhost'], {}, '--events-to is "localhost"'],
    [['--events-to', 'file:///x'], {}, '--events-to is "file:///x"'],
    [['extra'], {}, "Unexpected argument 'extra'"],
    [[], { PORT_BASE: 'x' }, 'PORT_BASE is "x"'],
    [[], { PORT_BASE: '80' }, 'PORT_BASE is "80"'],
    [[], { PORT_BASE: '70000' }, 'PORT_BASE is "70000"'],
    [[], { PORT_BASE: '-1' }, 'PORT_BASE is "-1"'],
  ])('npm start refuses the options %o with the environment %o by name', (args, env, message) => {
    expect(() => startOptions(args, env)).toThrow(UsageError);
    expect(() => startOptions(args, env)).toThrow(message);
  });
});
