import type { Setting } from '../../lib/config/setting.ts';
import { settings } from '../../lib/config/settings.ts';

interface ParameterVariable {
  readonly parameter: string;
  readonly variable: string;
  readonly parse: (text: string) => unknown;
}

/** The settings of the functions that come from a parameter, in the order of the table. */
export const parameterVariables: readonly ParameterVariable[] = Object.values<Setting<unknown>>(settings).flatMap(
  ({ name, parse, setBy }) =>
    typeof setBy === 'string' ? [] : [{ parameter: setBy.parameter, variable: name, parse }],
);

/** Variables that serverless.yml sets although a parameter sets them: one of the two values would be lost. */
export const environmentFaults = (written: Readonly<Record<string, unknown>>): readonly string[] =>
  parameterVariables
    .filter(({ variable }) => Object.hasOwn(written, variable))
    .map(
      ({ parameter, variable }) =>
        `Variable ${variable} is set twice: remove it from provider.environment in serverless.yml and set parameter ${parameter}.`,
    );
