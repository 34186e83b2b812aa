import { templateRules } from './parameters/rules.ts';
import { reference, templateParameters } from './parameters/stack-parameters.ts';
import { watchedMarker } from './watched-bucket.ts';

interface Resource {
  readonly Type: string;
  readonly DependsOn?: string | readonly string[];
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly [attribute: string]: unknown;
}

/** The parts of a CloudFormation template that are rewritten here. */
export interface Template {
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly [section: string]: unknown;
}

const ofStack = (rest: string) => ({ 'Fn::Sub': `\${AWS::StackName}-${rest}` });

const given = (condition: string, value: unknown) => ({ 'Fn::If': [condition, value, { Ref: 'AWS::NoValue' }] });

/** Returns on-upload for cv-courier-dev-on-upload. */
const shortName = (deployedName: unknown, stackName: string): string =>
  String(deployedName).slice(stackName.length + '-'.length);

/**
 * Completes the template that osls compiled: adds parameters, and references to them where the configuration of osls
 * accepts only numbers and text. Names begin with the stack's name, so that two stacks fit into one account and region.
 * The markers of the watched folders are kept; they are filled in separately for each form of the template.
 */
export const completeTemplate = (compiled: Template, stackName: string): Template => ({
  ...compiled,
  Description: 'cv-courier: carries CVs from an S3 bucket into an ATS through Kombo.',
  Parameters: templateParameters(),
  Rules: templateRules,
  Resources: Object.fromEntries(
    Object.entries(compiled.Resources).map(([id, resource]) => [id, completeResource(resource, stackName)]),
  ),
});

const completeResource = (resource: Resource, stackName: string): Resource => {
  const { Properties = {} } = resource;
  switch (resource.Type) {
    case 'AWS::Lambda::Function': {
      const { Variables } = Properties.Environment as { readonly Variables: Readonly<Record<string, unknown>> };
      return {
        ...resource,
        // The reference to its role already makes the role a dependency.
        DependsOn: [resource.DependsOn ?? []].flat().filter((id) => id.endsWith('LogGroup')),
        Properties: {
          ...Properties,
          FunctionName: ofStack(shortName(Properties.FunctionName, stackName)),
          MemorySize: reference('memoryMb'),
          KmsKeyArn: given('HasKmsKey', reference('kmsKeyArn')),
          VpcConfig: given('InVpc', {
            SubnetIds: reference('vpcSubnetIds'),
            SecurityGroupIds: reference('vpcSecurityGroupIds'),
          }),
          Environment: {
            Variables: {
              ...Variables,
              KEY_TEMPLATES: watchedMarker('keyTemplates'),
              WATCHED_PREFIXES: watchedMarker('prefixes'),
            },
          },
        },
      };
    }
    case 'AWS::Logs::LogGroup': {
      const [, name] = /^(?:\/aws\/lambda\/)(.*)$/.exec(String(Properties.LogGroupName)) ?? [];
      return {
        ...resource,
        Properties: {
          ...Properties,
          LogGroupName: { 'Fn::Sub': `/aws/lambda/\${AWS::StackName}-${shortName(name, stackName)}` },
          RetentionInDays: reference('logRetentionDays'),
          KmsKeyId: given('LogsUnderKey', reference('kmsKeyArn')),
        },
      };
    }
    case 'AWS::IAM::Role':
      return {
        ...resource,
        Properties: { ...Properties, PermissionsBoundary: given('HasBoundary', reference('permissionsBoundaryArn')) },
      };
    default:
      return resource;
  }
};
