import { type Option, patternOf } from './option.ts';
import { options } from './options.ts';

/** The parameter name in the template: KomboBaseUrl for `komboBaseUrl`. */
export const parameterName = ({ name, parameter }: Pick<Option, 'name' | 'parameter'>): string =>
  parameter ?? name.charAt(0).toUpperCase() + name.slice(1);

/** A reference to an option's value, for the functions' environment and the resources. */
export const reference = (name: string): { readonly Ref: string } => ({
  Ref: parameterName(options.find((option) => option.name === name) ?? { name }),
});

const definitionOf = (option: Option): Readonly<Record<string, unknown>> => {
  const pattern = patternOf(option);
  return {
    Type: option.type,
    Default: option.default,
    ...(option.allowed !== undefined && { AllowedValues: option.allowed }),
    ...(option.range !== undefined && { MinValue: option.range[0], MaxValue: option.range[1] }),
    ...(pattern !== undefined && { AllowedPattern: pattern }),
    ConstraintDescription: `must be ${option.must}.`,
    Description: option.description,
  };
};

const atDeployment = options.filter(({ packaging }) => !packaging);

/** The template's section `Parameters`: one entry per option that CloudFormation can receive. */
export const templateParameters = (
  chosen: readonly Option[] = atDeployment,
): Readonly<Record<string, Readonly<Record<string, unknown>>>> =>
  Object.fromEntries(chosen.map((option) => [parameterName(option), definitionOf(option)]));

/** The parameters that osls passes to CloudFormation, with the values of the stage, which osls resolves. */
export const stackParameters = (): readonly {
  readonly ParameterKey: string;
  readonly ParameterValue: string;
}[] =>
  atDeployment.map((option) => ({ ParameterKey: parameterName(option), ParameterValue: `\${param:${option.name}}` }));
