import { expect, test } from 'vitest';
import { type AlarmState, type Datapoint, nextState, type Rule } from '../../fakes/cloudwatch-alarms.ts';

/* Our model of CloudWatch against the tables of its user guide: 0 is a good data point, X a breaching one, - a missing one. */

const points = (text: string): readonly Datapoint[] =>
  text.split(' ').map((sign) => (sign === 'X' ? 'breaching' : sign === '0' ? 'good' : 'missing'));
const retained = 'the state before' as const;

const check = (text: string, rule: Omit<Rule, 'missing'>, expected: Record<Rule['missing'], string>): void => {
  for (const before of ['OK', 'ALARM'] as const) {
    for (const missing of ['ignore', 'breaching', 'notBreaching'] as const) {
      const state: AlarmState = nextState(points(text), { ...rule, missing }, before);
      expect({ before, missing, state }).toEqual({
        before,
        missing,
        state: expected[missing] === retained ? before : expected[missing],
      });
    }
  }
};

test.each([
  ['0 - X - X', 'OK', 'OK', 'OK'],
  ['0 - - - -', 'OK', 'OK', 'OK'],
  ['- - - - -', retained, 'ALARM', 'OK'],
  ['0 X X - X', 'ALARM', 'ALARM', 'ALARM'],
  ['- - - - X', retained, 'ALARM', 'OK'],
  ['X - - - -', retained, 'ALARM', 'OK'],
])(
  'the model of CloudWatch evaluates %s with 3 of 3 data points as documented',
  (text, ignore, breaching, notBreaching) => {
    check(text, { evaluationPeriods: 3, datapointsToAlarm: 3 }, { ignore, breaching, notBreaching });
  },
);

test.each([
  ['0 - X - X', 'ALARM', 'ALARM', 'ALARM'],
  ['0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM'],
  ['0 - X - -', 'OK', 'ALARM', 'OK'],
  ['- - - - 0', 'OK', 'ALARM', 'OK'],
  ['- - - - X', retained, 'ALARM', 'OK'],
])(
  'the model of CloudWatch evaluates %s with 2 of 3 data points as documented',
  (text, ignore, breaching, notBreaching) => {
    check(text, { evaluationPeriods: 3, datapointsToAlarm: 2 }, { ignore, breaching, notBreaching });
  },
);
