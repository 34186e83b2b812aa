import path from 'node:path';
import { environmentFaults, environmentOfParameters } from './environment.ts';
import { concurrencyParameter, derivedFrom, type FunctionEntries, functionFaults } from './functions.ts';
import { handlersIn } from './handler-names.ts';
import { isObservedFunctionsPart, observedFunctions } from './observed-functions.ts';
import { callingInstances, exampleIntegrationId, type Parameters, parameterFaults } from './parameters.ts';
import { rolesIn } from './roles.ts';
import { isWatchedBucketPart, watchedBucket } from './watched-bucket.ts';

/** The part of osls that this plugin uses; osls publishes types for its configuration only. */
interface Osls {
  readonly serviceDir: string;
  readonly classes: { readonly Error: new (message: string, code: string) => Error };
  readonly processedInput: {
    readonly commands: readonly string[];
    readonly options: { readonly stage?: string; readonly param?: readonly string[] };
  };
  readonly configurationInput: {
    readonly provider?: { readonly stage?: string; readonly environment?: Readonly<Record<string, unknown>> };
    readonly functions?: FunctionEntries;
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
 * Stops packaging when a parameter or a function cannot be right, with a sentence that names it; completes serverless.yml by
 * what follows from the settings and from the names of the functions; and answers `${courier:...}`.
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
        throw new osls.classes.Error(message, 'COURIER_CONFIGURATION');
      }
    }
    complete(osls);
    const functions = Object.keys(osls.configurationInput.functions ?? {});
    this.configurationVariablesSources = {
      courier: { resolve: (request: VariableRequest) => resolvePart(request, functions) },
    };
  }
}

/** Adds what serverless.yml need not say. What an entry says itself stays. */
const complete = (osls: Osls): void => {
  for (const [variable, value] of Object.entries(environmentOfParameters)) {
    osls.extendConfiguration(['provider', 'environment', variable], value);
  }
  for (const [name, entry] of Object.entries(osls.configurationInput.functions ?? {})) {
    osls.extendConfiguration(['functions', name], { ...derivedFrom(name), ...entry });
  }
};

const faultsOf = (osls: Osls, command: string): readonly string[] => {
  const stage = stageOf(osls);
  const { params, provider, functions } = osls.configurationInput;
  const { default: defaults, ...stages } = params ?? {};
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
    ...parameterFaults(parameters, { defaults: ofDefault, functions: Object.keys(functions ?? {}) }),
    ...environmentFaults(provider?.environment ?? {}),
    ...functionFaults(functions ?? {}, {
      handlers: handlersIn(path.join(osls.serviceDir, 'handlers')),
      roles: rolesIn(path.join(osls.serviceDir, 'infra/resources/roles.yml')),
    }),
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

const instancesOf = async (
  functions: readonly string[],
  resolveVariable: VariableRequest['resolveVariable'],
): Promise<number> => {
  const names = ['reserveConcurrency', ...functions.map(concurrencyParameter)];
  const values = await Promise.all(names.map((name) => resolveVariable(`param:${name}`)));
  return callingInstances(asText(Object.fromEntries(names.map((name, place) => [name, values[place]]))), functions);
};

const resolvePart = async (
  { address, resolveVariable }: VariableRequest,
  functions: readonly string[],
): Promise<{ readonly value: unknown }> => {
  if (address === 'callingInstances') return { value: String(await instancesOf(functions, resolveVariable)) };
  if (isObservedFunctionsPart(address)) return { value: observedFunctions[address](functions) };
  if (!isWatchedBucketPart(address)) return { value: null };
  const settings = {
    service: String(await resolveVariable('self:service')),
    stage: String(await resolveVariable('sls:stage')),
    existingBucket: String((await resolveVariable('param:existingBucket')) ?? ''),
    keyTemplates: String(await resolveVariable('param:keyTemplates')),
  };
  return { value: watchedBucket[address](settings) };
};
