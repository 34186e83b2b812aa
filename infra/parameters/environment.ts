import type { Setting } from '../lib/config/setting.ts';
import { settings } from '../lib/config/settings.ts';

type SetBy = (typeof settings)[keyof typeof settings]['setBy'];

/** The parameters of serverless.yml that end in a variable of the functions. */
export type VariableParameter = Extract<SetBy, { readonly parameter: string }>['parameter'];

interface ParameterVariable {
  readonly parameter: string;
  readonly variable: string;
  readonly mayBeEmpty: boolean;
  readonly parse: (text: string) => unknown;
}

/** The settings of the functions that a parameter of serverless.yml sets, in the order of the table. */
export const parameterVariables: readonly ParameterVariable[] = Object.values<Setting<unknown>>(settings).flatMap(
  ({ name, parse, setBy }) =>
    typeof setBy === 'string'
      ? []
      : [{ parameter: setBy.parameter, variable: name, mayBeEmpty: setBy.mayBeEmpty ?? false, parse }],
);

/** The part of `provider.environment` that follows from the settings: each variable with the parameter that sets it. */
export const environmentOfParameters: Readonly<Record<string, string>> = Object.fromEntries(
  parameterVariables.map(({ parameter, variable }) => [variable, `\${param:${parameter}}`]),
);

/** Variables that serverless.yml sets although a parameter does: one of the two values would be lost. */
export const environmentFaults = (written: Readonly<Record<string, unknown>>): readonly string[] =>
  parameterVariables
    .filter(({ variable }) => Object.hasOwn(written, variable))
    .map(
      ({ parameter, variable }) =>
        `Variable ${variable} is set twice: remove it from provider.environment in serverless.yml and set parameter ${parameter}.`,
    );
