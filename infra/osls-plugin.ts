import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { completeTemplate, type Template } from './complete-template.ts';
import { derivedFrom, type FunctionEntries, functionFaults } from './functions.ts';
import { handlersIn } from './handler-names.ts';
import { regionOf } from './invoke/region.ts';
import { isObservedFunctionsPart, observedFunctions } from './observed-functions.ts';
import { environmentFaults, parameterVariables } from './parameters/environment.ts';
import { missingOptions } from './parameters/faults.ts';
import { defaults } from './parameters/options.ts';
import { reference, stackParameters, templateParameters } from './parameters/stack-parameters.ts';
import { plainTemplate } from './plain-template.ts';
import { rolesIn } from './roles.ts';
import { exampleFaults, readStage, type Stage, tagsOf } from './stage.ts';
import { bucketParts, foldersOfTemplates, isWatchedPart, placeFolders, watchedMarker } from './watched-bucket.ts';

/** The parts of osls that this plugin uses. osls publishes types only for its configuration. */
interface Osls {
  readonly serviceDir: string;
  readonly classes: { readonly Error: new (message: string, code: string) => Error };
  readonly processedInput: {
    readonly commands: readonly string[];
    readonly options: {
      readonly stage?: string;
      readonly region?: string;
      readonly 'aws-profile'?: string;
      readonly param?: readonly (string | null)[];
      readonly help?: boolean;
    };
  };
  readonly configurationInput: {
    readonly service?: string;
    readonly provider?: { readonly stage?: string; readonly environment?: Readonly<Record<string, unknown>> };
    readonly functions?: FunctionEntries;
    readonly params?: Readonly<Record<string, unknown>>;
  };
  /** The configuration after its variables are resolved. */
  readonly service?: {
    readonly provider: {
      readonly region: string;
      compiledCloudFormationTemplate: Template;
      coreCloudFormationTemplate?: Template;
    };
  };
  /** Changes the configuration before its variables are resolved. osls allows this only while plugins are loaded. */
  readonly extendConfiguration: (path: string[], value: unknown) => void;
}

interface VariableRequest {
  readonly address: string;
  readonly resolveVariable: (variable: string) => Promise<unknown>;
}

/**
 * Stops packaging when a parameter or a function is wrong, with a sentence that names it. Completes serverless.yml with
 * values that follow from the options and the functions' names, resolves `${courier:...}`, and writes the template in
 * two forms. It checks before osls does, because osls names only the property that a parameter ends up in.
 */
export default class CourierPlugin {
  readonly configurationVariablesSources: unknown;
  readonly hooks: Readonly<Record<string, () => void | Promise<void>>>;

  constructor(osls: Osls, _options?: unknown, utils?: { readonly log: { warning(text: string): void } }) {
    const { commands, options } = osls.processedInput;
    // `osls deploy --help` loads the plugin as well.
    const command = options.help === true ? 'help' : commands[0];
    const { service, functions = {}, provider } = osls.configurationInput;
    const stageName = options.stage ?? provider?.stage ?? 'dev';
    const stage = readStage({
      serviceDir: osls.serviceDir,
      stage: stageName,
      commandLine: options.param ?? [],
      functions: Object.keys(functions),
    });
    // Other commands, above all `osls remove`, must work even with wrong parameters.
    if (command === 'package' || command === 'deploy') {
      const ofExample = exampleFaults(stageName, stage.values);
      const faults = [...faultsOf(osls, stage), ...(command === 'deploy' ? ofExample : [])];
      if (faults.length > 0) {
        const message = ['cv-courier was not packaged.', ...faults.map((fault) => `- ${fault}`)].join('\n');
        throw new osls.classes.Error(message, 'COURIER_CONFIGURATION');
      }
      for (const fault of ofExample) utils?.log.warning(`${fault} Deployment will refuse it.`);
    }
    complete(osls, stageName, stage);
    this.configurationVariablesSources = {
      courier: { resolve: ({ address }: VariableRequest) => ({ value: partOf(address, Object.keys(functions)) }) },
    };
    this.hooks = {
      ...(command === 'deploy' && { initialize: () => refuseOtherRegion(osls) }),
      'after:package:initialize': () => extendFirstTemplate(osls),
      'after:aws:package:finalize:mergeCustomProviderResources': () =>
        writeForms(osls, `${String(service)}-${stageName}`, String(stage.values.keyTemplates)),
    };
  }
}

const faultsOf = (osls: Osls, stage: Stage): readonly string[] => {
  const { params, provider, functions = {} } = osls.configurationInput;
  const moved = Object.keys(params ?? {});
  return [
    ...(moved.length > 0
      ? [`params of serverless.yml are not read: move params.${moved.at(-1)} to stages/${moved.at(-1)}.yml.`]
      : []),
    ...stage.faults,
    ...unsetVariables(stage),
    ...missingOptions(Object.keys(functions)),
    ...environmentFaults(provider?.environment ?? {}),
    ...functionFaults(functions, {
      handlers: handlersIn(path.join(osls.serviceDir, 'handlers')),
      roles: rolesIn(path.join(osls.serviceDir, 'infra/resources/roles.yml')),
    }),
  ];
};

/** Checked here because osls would name the property that uses the value, not the parameter. osls resolves variables with a default. */
const unsetVariables = ({ values }: Stage): readonly string[] =>
  Object.entries(values).flatMap(([name, value]) =>
    [...value.matchAll(/\$\{env:(\w+)\}/g)]
      .filter(([, variable = '']) => process.env[variable] === undefined)
      .map(
        ([whole, variable]) =>
          `Parameter ${name} is "${whole}", and the environment variable ${variable} is not set: set it, or give a default, \${env:${variable}, 'value'}.`,
      ),
  );

/** Adds settings that can be derived. A value in serverless.yml takes precedence. */
const complete = (osls: Osls, stageName: string, { written, values }: Stage): void => {
  osls.extendConfiguration(['params', 'default'], defaults);
  osls.extendConfiguration(['params', stageName], written);
  osls.extendConfiguration(['provider', 'stackParameters'], stackParameters());
  for (const [key, value] of Object.entries(tagsOf(values)))
    osls.extendConfiguration(['provider', 'stackTags', key], value);
  for (const { parameter, variable } of parameterVariables) {
    osls.extendConfiguration(['provider', 'environment', variable], reference(parameter));
  }
  for (const [name, entry] of Object.entries(osls.configurationInput.functions ?? {})) {
    osls.extendConfiguration(['functions', name], { ...derivedFrom(name), ...entry });
  }
};

/**
 * osls knows neither AWS_DEFAULT_REGION nor the region of the profile, as the AWS CLI and `npm run invoke` do. CVs must
 * not go into a region that nobody chose.
 */
const refuseOtherRegion = async ({ processedInput, service, classes }: Osls): Promise<void> => {
  const { options } = processedInput;
  const own = service?.provider.region ?? '';
  const region = await regionOf({ region: options.region, profile: options['aws-profile'], defaultRegion: own });
  if (region === own) return;
  const message = `The region is not clear: your environment names ${region}, but osls would deploy to ${own}. Choose one: add --region ${region}, or set AWS_REGION.`;
  throw new classes.Error(message, 'COURIER_REGION');
};

const partOf = (address: string, functions: readonly string[]): unknown => {
  if (Object.hasOwn(bucketParts, address)) return bucketParts[address];
  if (isObservedFunctionsPart(address)) return observedFunctions[address](functions);
  return isWatchedPart(address) ? watchedMarker(address) : null;
};

/**
 * osls creates a new stack from a template with only its bucket, and passes all parameters to it. CloudFormation
 * rejects parameters that the template does not define.
 */
const extendFirstTemplate = (osls: Osls): void => {
  const { provider } = osls.service ?? {};
  if (provider?.coreCloudFormationTemplate === undefined) return;
  const first = { ...provider.coreCloudFormationTemplate, Parameters: templateParameters() };
  provider.coreCloudFormationTemplate = first;
  // This file is not deployed; it shows what is sent.
  writeFileSync(
    path.join(osls.serviceDir, '.serverless/cloudformation-template-create-stack.json'),
    JSON.stringify(first, null, 2),
  );
};

/** Hands the osls form back to osls, and writes the plain form to a file. */
const writeForms = (osls: Osls, stackName: string, keyTemplates: string): void => {
  const { provider } = osls.service ?? {};
  if (provider === undefined) return;
  const complete = completeTemplate(provider.compiledCloudFormationTemplate, stackName);
  provider.compiledCloudFormationTemplate = placeFolders(complete, foldersOfTemplates(keyTemplates));
  const folder = path.join(osls.serviceDir, 'dist/cloudformation');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'template.json'), JSON.stringify(plainTemplate(complete)));
};
