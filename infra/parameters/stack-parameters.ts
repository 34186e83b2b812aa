import { type Option, patternOf } from './option.ts';
import { options } from './options.ts';

/** `komboBaseUrl` is the parameter KomboBaseUrl of the template. */
export const parameterName = ({ name, parameter }: Pick<Option, 'name' | 'parameter'>): string =>
  parameter ?? name.charAt(0).toUpperCase() + name.slice(1);

/** Where the functions' environment and the resources take the value of an option from. */
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

/** One entry of the section `Parameters` per option that CloudFormation can take. */
export const templateParameters = (
  chosen: readonly Option[] = atDeployment,
): Readonly<Record<string, Readonly<Record<string, unknown>>>> =>
  Object.fromEntries(chosen.map((option) => [parameterName(option), definitionOf(option)]));

/** What osls passes to CloudFormation: the values of the stage, which it resolves itself. */
export const stackParameters = (): readonly {
  readonly ParameterKey: string;
  readonly ParameterValue: string;
}[] =>
  atDeployment.map((option) => ({ ParameterKey: parameterName(option), ParameterValue: `\${param:${option.name}}` }));
