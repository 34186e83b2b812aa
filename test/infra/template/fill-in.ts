import { at, intrinsic, isList, isObject, type Json, type JsonObject, listOf, type Template } from './template.ts';

const account = '111122223333';

/** Where the template is deployed. */
export interface Place {
  readonly partition: string;
  readonly region: string;
  readonly urlSuffix: string;
  readonly stackName: string;
}

const frankfurt: Place = {
  partition: 'aws',
  region: 'eu-central-1',
  urlSuffix: 'amazonaws.com',
  stackName: 'cv-courier-dev',
};

/** A settled template with made-up but well-formed names and ARNs in place of references, so that rules can read it. */
export const fillIn = (template: Template, place: Partial<Place> = {}): Template => {
  const { partition, region, urlSuffix, stackName } = { ...frankfurt, ...place };
  const pseudo: Readonly<Record<string, string>> = {
    'AWS::AccountId': account,
    'AWS::Partition': partition,
    'AWS::Region': region,
    'AWS::StackName': stackName,
    'AWS::URLSuffix': urlSuffix,
  };
  const fill = (value: Json): Json => {
    const [name, argument] = intrinsic(value) ?? [];
    if (name === 'Ref') return reference(String(argument));
    if (name === 'Fn::GetAtt') {
      const [id, attribute] = isList(argument) ? argument.map(String) : String(argument).split('.');
      return attributeOf(id ?? '', attribute ?? '');
    }
    if (name === 'Fn::FindInMap') {
      const found = at(template.Mappings, ...listOf(argument).map((key) => String(fill(key))));
      if (found === undefined) throw new Error(`No mapping has ${JSON.stringify(argument)}.`);
      return found;
    }
    if (name === 'Fn::Join') {
      const [separator, parts] = listOf(argument);
      return listOf(parts)
        .map((part) => String(fill(part)))
        .join(String(separator));
    }
    if (name === 'Fn::Sub') {
      const [text, variables] = isList(argument) ? argument : [argument, {}];
      const own = isObject(variables) ? variables : {};
      return String(text).replace(/\$\{([^!}]+)\}/g, (_, path: string) => {
        const ownValue = own[path];
        if (ownValue !== undefined) return String(fill(ownValue));
        const [id = '', attribute] = path.startsWith('AWS::') ? [path] : path.split('.');
        return attribute === undefined ? reference(id) : attributeOf(id, attribute);
      });
    }
    if (isList(value)) return value.map(fill);
    return isObject(value) ? fillObject(value) : value;
  };
  const fillObject = (value: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fill(inner)]));

  const property = (id: string, name: string): string | undefined => {
    const value = at(template.Resources[id]?.Properties, name);
    return value === undefined ? undefined : String(fill(value));
  };

  const reference = (id: string): string => {
    const known = pseudo[id];
    if (known !== undefined) return known;
    const type = template.Resources[id]?.Type;
    switch (type) {
      case undefined:
        throw new Error(`There is no resource ${id}.`);
      case 'AWS::S3::Bucket':
        return property(id, 'BucketName') ?? id.toLowerCase();
      case 'AWS::Lambda::Function':
        return property(id, 'FunctionName') ?? id;
      case 'AWS::Logs::LogGroup':
        return property(id, 'LogGroupName') ?? id;
      case 'AWS::Pipes::Pipe':
        return property(id, 'Name') ?? id;
      case 'AWS::CloudWatch::Dashboard':
        return property(id, 'DashboardName') ?? id;
      case 'AWS::SQS::Queue':
        return `https://sqs.${region}.${urlSuffix}/${account}/${property(id, 'QueueName') ?? id}`;
      case 'AWS::SecretsManager::Secret':
      case 'AWS::SNS::Topic':
        return arn(id, type);
      default:
        return id;
    }
  };

  const attributeOf = (id: string, attribute: string): string => {
    const type = template.Resources[id]?.Type;
    if (type === undefined) throw new Error(`There is no resource ${id}.`);
    if (attribute === 'Arn') return arn(id, type);
    if (attribute === 'StreamArn') return `${arn(id, type)}/stream/2026-01-05T09:00:00.000`;
    if (attribute === 'QueueName') return property(id, 'QueueName') ?? id;
    throw new Error(`The value of ${type}.${attribute} is not known.`);
  };

  const arn = (id: string, type: string): string => {
    const own = `${region}:${account}`;
    switch (type) {
      case 'AWS::S3::Bucket':
        return `arn:${partition}:s3:::${reference(id)}`;
      case 'AWS::DynamoDB::Table':
        return `arn:${partition}:dynamodb:${own}:table/${id}`;
      case 'AWS::SQS::Queue':
        return `arn:${partition}:sqs:${own}:${property(id, 'QueueName') ?? id}`;
      case 'AWS::SNS::Topic':
        return `arn:${partition}:sns:${own}:${property(id, 'TopicName') ?? id}`;
      case 'AWS::SecretsManager::Secret':
        return `arn:${partition}:secretsmanager:${own}:secret:${id}-AbCdEf`;
      case 'AWS::Lambda::Function':
        return `arn:${partition}:lambda:${own}:function:${reference(id)}`;
      case 'AWS::Logs::LogGroup':
        return `arn:${partition}:logs:${own}:log-group:${reference(id)}:*`;
      case 'AWS::Events::Rule':
        return `arn:${partition}:events:${own}:rule/${property(id, 'Name') ?? id}`;
      case 'AWS::IAM::Role':
        return `arn:${partition}:iam::${account}:role/${id}`;
      case 'AWS::CloudWatch::Alarm':
        return `arn:${partition}:cloudwatch:${own}:alarm:${property(id, 'AlarmName') ?? id}`;
      default:
        throw new Error(`The ARN of ${type} is not known.`);
    }
  };

  return {
    Resources: Object.fromEntries(
      Object.entries(template.Resources).map(([id, { Properties, ...rest }]) => [
        id,
        { ...rest, ...(Properties === undefined ? {} : { Properties: fillObject(Properties) }) },
      ]),
    ),
    Outputs: Object.fromEntries(
      Object.entries(template.Outputs ?? {}).map(([name, output]) => [name, fillObject(output)]),
    ),
  };
};
