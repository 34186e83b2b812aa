import { concurrencyParameter, wordOf } from './handler-names.ts';
import { reference } from './parameters/stack-parameters.ts';

/** The start of the logical ids that osls gives to what belongs to a function in the template. */
const idOf = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll('-', 'Dash')}`;

/**
 * The parts of alarms, dashboard, queries, outputs and environment that must name every function, by the name under which infra/resources/*.yml asks for
 * them (`${courier:errorMetrics}`). They are derived, so that no function fails unseen.
 */
export const observedFunctions = {
  /** For ErrorsAlarm: the errors of all functions, added up. A function that was not invoked has no number, and hides no other. */
  errorMetrics: (names: readonly string[]): unknown => [
    {
      Id: 'all',
      Expression: names.map((name) => `FILL(${wordOf(name)}, 0)`).join(' + '),
      Label: 'Errors of all functions',
    },
    ...names.map((name) => ({
      Id: wordOf(name),
      ReturnData: false,
      MetricStat: {
        Metric: {
          Namespace: 'AWS/Lambda',
          MetricName: 'Errors',
          Dimensions: [{ Name: 'FunctionName', Value: { Ref: `${idOf(name)}LambdaFunction` } }],
        },
        Period: 300,
        Stat: 'Sum',
      },
    })),
  ],

  /** For the dashboard: one line of errors per function, as JSON text for Fn::Sub. */
  errorLines: (names: readonly string[]): unknown =>
    names
      .map(
        (name) => `["AWS/Lambda", "Errors", "FunctionName", "\${${idOf(name)}LambdaFunction}", { "label": "${name}" }]`,
      )
      .join(',\n        '),

  /** For the dashboard: the log groups of a query, as CloudWatch Logs Insights names them. */
  logSources: (names: readonly string[]): unknown =>
    names.map((name) => `SOURCE '\${${idOf(name)}LogGroup}'`).join(' | '),

  /** For the saved queries. */
  logGroupNames: (names: readonly string[]): unknown => names.map((name) => ({ Ref: `${idOf(name)}LogGroup` })),

  /** For the environment: "8+2+1+1". Without a reservation the account's limit decides: 10 in a new account. */
  callingInstances: (names: readonly string[]): unknown => ({
    'Fn::If': [
      'HasReservation',
      { 'Fn::Join': ['+', names.map((name) => reference(concurrencyParameter(name)))] },
      '10',
    ],
  }),

  /** For the outputs. */
  functionNames: (names: readonly string[]): unknown => ({
    'Fn::Join': [' ', names.map((name) => ({ Ref: `${idOf(name)}LambdaFunction` }))],
  }),
} as const satisfies Record<string, (names: readonly string[]) => unknown>;

export type ObservedFunctionsPart = keyof typeof observedFunctions;

export const isObservedFunctionsPart = (name: string): name is ObservedFunctionsPart =>
  Object.hasOwn(observedFunctions, name);
