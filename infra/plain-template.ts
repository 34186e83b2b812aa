import type { Template } from './complete-template.ts';
import { type Option, text } from './parameters/option.ts';
import { options } from './parameters/options.ts';
import { parameterName, templateParameters } from './parameters/stack-parameters.ts';
import { foldersOfSlots, placeFolders, slots } from './watched-bucket.ts';

/** Characters that need no encoding in any service. Each folder ends with a slash. */
const folder = '([A-Za-z0-9._-]+/)+';

const option = (name: string, one: Partial<Option> & Pick<Option, 'must' | 'description'>): Option => ({
  type: 'String',
  name,
  group: 'Files',
  default: '',
  mayBeEmpty: false,
  packaging: false,
  ...one,
});

/** The location of the zips. There is no default, because the template cannot know it. */
const code = {
  CodeBucket: {
    Type: 'String',
    AllowedPattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$',
    ConstraintDescription: 'must be the name of a bucket in the region of the stack.',
    Description: 'The bucket with the zips of the functions, in the region of the stack.',
  },
  CodePrefix: {
    Type: 'String',
    AllowedPattern: '^([A-Za-z0-9._-]+/)+$',
    ConstraintDescription: 'must be a folder such as cv-courier/0.2.0/.',
    Description:
      'The folder of the zips in CodeBucket. Use a new folder for each version, because CloudFormation updates a function only when the key of its code changes.',
  },
};

const files: readonly Option[] = [
  ...options.filter(({ name }) => name === 'keyTemplates'),
  ...slots.map((slot) =>
    slot === 1
      ? option('prefix1', {
          ...text(`${folder}|\\*`, 'a folder such as candidates/, of A-Z, a-z, 0-9, dot, hyphen and _, or *'),
          default: 'candidates/',
          description:
            'The folder in which the keys of KeyTemplates start. Only uploads there start the function. * means the whole bucket.',
        })
      : option(`prefix${slot}`, {
          ...text(folder, 'a folder such as candidates/, of A-Z, a-z, 0-9, dot, hyphen and _'),
          mayBeEmpty: true,
          description:
            'Another such folder. It must not be inside one of the others, because S3 rejects overlapping folders.',
        }),
  ),
];

const conditions = {
  WholeBucket: { 'Fn::Equals': [{ Ref: 'Prefix1' }, '*'] },
  ...Object.fromEntries(
    slots
      .filter((slot) => slot > 1)
      .map((slot) => [`HasPrefix${slot}`, { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: `Prefix${slot}` }, ''] }] }]),
  ),
};

const isOsls = (id: string): boolean => id.startsWith('ServerlessDeployment');

/** The AWS console shows the parameters in this order, under these headings. */
const parameterGroups = () => ({
  'AWS::CloudFormation::Interface': {
    ParameterGroups: [
      { Label: { default: 'Code' }, Parameters: Object.keys(code) },
      ...[...new Set(options.map(({ group }) => group))].map((group) => ({
        Label: { default: group },
        Parameters: [
          ...(group === 'Files' ? files : []),
          ...options.filter((one) => one.group === group && !one.packaging),
        ].map(parameterName),
      })),
    ],
  },
});

/**
 * The form of the template that does not need osls, for `aws cloudformation deploy`, Terraform and CDK. The code comes
 * from CodeBucket and CodePrefix, the watched folders from Prefix1 to Prefix5. Pure, so that checks of one form apply
 * to the other.
 * @param complete with the markers of the watched folders still in place
 */
export const plainTemplate = (complete: Template): Template => {
  const { Parameters, Conditions, Resources, Outputs = {}, ...sections } = placeFolders(complete, foldersOfSlots);
  return {
    ...sections,
    Metadata: parameterGroups(),
    Parameters: { ...code, ...templateParameters(files), ...Parameters },
    Conditions: { ...conditions, ...Conditions },
    Resources: Object.fromEntries(
      Object.entries(Resources)
        .filter(([id]) => !isOsls(id))
        .map(([id, resource]) => [id, resource.Type === 'AWS::Lambda::Function' ? withCode(resource) : resource]),
    ),
    Outputs: Object.fromEntries(Object.entries(Outputs).filter(([name]) => !isOsls(name))),
  };
};

const withCode = (resource: Template['Resources'][string]): Template['Resources'][string] => {
  const { Code } = resource.Properties ?? {};
  const zip = (Code as { readonly S3Key: string }).S3Key.split('/').at(-1);
  return {
    ...resource,
    Properties: {
      ...resource.Properties,
      Code: { S3Bucket: { Ref: 'CodeBucket' }, S3Key: { 'Fn::Sub': `\${CodePrefix}${zip}` } },
    },
  };
};
