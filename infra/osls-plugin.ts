import { environmentFaults, environmentOfParameters } from './environment.ts';
import { exampleIntegrationId, type Parameters, parameterFaults } from './parameters.ts';
import { isWatchedBucketPart, watchedBucket } from './watched-bucket.ts';

/** The part of osls that this plugin uses; osls publishes types for its configuration only. */
interface Osls {
  readonly classes: { readonly Error: new (message: string, code: string) => Error };
  readonly processedInput: {
    readonly commands: readonly string[];
    readonly options: { readonly stage?: string; readonly param?: readonly string[] };
  };
  readonly configurationInput: {
    readonly provider?: { readonly stage?: string; readonly environment?: Readonly<Record<string, unknown>> };
    readonly params?: Readonly<Record<string, Readonly<Record<string, unknown>> | null>>;
  };
  /** Writes into the configuration before its variables are resolved; osls allows it only while plugins are loaded. */
  readonly extendConfiguration: (path: string[], value: unknown) => void;
}

interface VariableRequest {
  readonly address: string;
  readonly resolveVariable: (variable: string) => Promise<unknown>;
}

/**
 * Stops packaging when a parameter cannot be right, with a sentence that names it, adds the variables that the settings
 * of the functions ask for, and answers `${courier:...}`.
 * It checks before osls does: osls names the property that a parameter ends in, not the parameter.
 */
export default class CourierPlugin {
  readonly configurationVariablesSources: unknown;

  constructor(osls: Osls) {
    const [command] = osls.processedInput.commands;
    // Other commands, above all `osls remove`, must work whatever the parameters are.
    if (command === 'package' || command === 'deploy') {
      const faults = faultsOf(osls, command);
      if (faults.length > 0) {
        const message = ['cv-courier was not packaged.', ...faults.map((fault) => `- ${fault}`)].join('\n');
        throw new osls.classes.Error(message, 'COURIER_PARAMETERS');
      }
    }
    for (const [variable, value] of Object.entries(environmentOfParameters)) {
      osls.extendConfiguration(['provider', 'environment', variable], value);
    }
    this.configurationVariablesSources = { courier: { resolve: resolvePart } };
  }
}

const faultsOf = (osls: Osls, command: string): readonly string[] => {
  const stage = stageOf(osls);
  const { default: defaults, ...stages } = osls.configurationInput.params ?? {};
  const ofStage = stages[stage];
  if (!ofStage) {
    return [
      `Stage "${stage}" has no parameters: add params.${stage} to serverless.yml with at least komboIntegrationId. ` +
        `There is ${Object.keys(stages).join(', ') || 'no stage yet'}.`,
    ];
  }
  // The bucket's name holds the stage; S3 allows 63 characters.
  const stageFaults = /^[a-z][a-z0-9-]{0,14}$/.test(stage)
    ? []
    : [`Stage "${stage}" is not usable in names: use at most 15 lower-case letters, digits and hyphens.`];
  const ofDefault = asText(defaults ?? {});
  const parameters = { ...ofDefault, ...asText(ofStage), ...fromCommandLine(osls) };
  const exampleFaults =
    command === 'deploy' && parameters.komboIntegrationId === exampleIntegrationId
      ? [`Parameter komboIntegrationId is still the example: set params.${stage}.komboIntegrationId in serverless.yml.`]
      : [];
  return [
    ...stageFaults,
    ...parameterFaults(parameters, ofDefault),
    ...environmentFaults(osls.configurationInput.provider?.environment ?? {}),
    ...exampleFaults,
  ];
};

const stageOf = (osls: Osls): string =>
  osls.processedInput.options.stage ?? osls.configurationInput.provider?.stage ?? 'dev';

const asText = (values: Readonly<Record<string, unknown>>): Parameters =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value ?? '')]));

/** `--param="name=value"`, read as osls reads it. */
const fromCommandLine = (osls: Osls): Parameters =>
  Object.fromEntries(
    (osls.processedInput.options.param ?? []).flatMap((pair) => {
      const split = pair.indexOf('=');
      // Without "=" it is a mistake that osls tells.
      return split < 0 ? [] : [[pair.slice(0, split), pair.slice(split + 1).trimEnd()]];
    }),
  );

const resolvePart = async ({ address, resolveVariable }: VariableRequest): Promise<{ readonly value: unknown }> => {
  if (!isWatchedBucketPart(address)) return { value: null };
  const settings = {
    service: String(await resolveVariable('self:service')),
    stage: String(await resolveVariable('sls:stage')),
    existingBucket: String((await resolveVariable('param:existingBucket')) ?? ''),
    keyTemplates: String(await resolveVariable('param:keyTemplates')),
  };
  return { value: watchedBucket[address](settings) };
};
