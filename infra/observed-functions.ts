import { concurrencyParameter, wordOf } from './handler-names.ts';
import { reference } from './parameters/stack-parameters.ts';

/** The prefix of the logical ids that osls gives to a function's resources. */
const idOf = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll('-', 'Dash')}`;

/**
 * Parts of alarms, dashboard, queries, outputs and environment that must include every function. The keys are the names
 * in infra/resources/*.yml (`${courier:errorMetrics}`). They are derived, so that no function is left unmonitored.
 */
export const observedFunctions = {
  /**
   * For ErrorsAlarm: the sum of all functions' errors. A function that was not invoked has no data, which counts as 0.
   */
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

  /** For the dashboard: the log groups of a query, in the syntax of CloudWatch Logs Insights. */
  logSources: (names: readonly string[]): unknown =>
    names.map((name) => `SOURCE '\${${idOf(name)}LogGroup}'`).join(' | '),

  /** For the saved queries. */
  logGroupNames: (names: readonly string[]): unknown => names.map((name) => ({ Ref: `${idOf(name)}LogGroup` })),

  /** For the environment: "8+2+1+1". Without reservations the account's limit applies: 10 in a new account. */
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
