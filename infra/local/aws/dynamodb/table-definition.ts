import type { CreateTableCommandInput, TimeToLiveSpecification } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { parse } from 'yaml';

export type TableDefinition = Omit<CreateTableCommandInput, 'TableName'> & {
  /** A separate call in AWS. */
  readonly TimeToLiveSpecification?: TimeToLiveSpecification | undefined;
};

const attribute = v.object({ AttributeName: v.string(), AttributeType: v.picklist(['S', 'N', 'B']) });
const key = v.object({ AttributeName: v.string(), KeyType: v.picklist(['HASH', 'RANGE']) });
const index = v.object({
  IndexName: v.string(),
  KeySchema: v.array(key),
  Projection: v.object({
    ProjectionType: v.picklist(['ALL', 'KEYS_ONLY', 'INCLUDE']),
    NonKeyAttributes: v.exactOptional(v.array(v.string())),
  }),
});

/**
 * The template's properties that CreateTable and UpdateTimeToLive accept. Backups and encryption are separate calls in
 * AWS, and the local store supports neither.
 */
const properties = v.object({
  AttributeDefinitions: v.array(attribute),
  KeySchema: v.array(key),
  GlobalSecondaryIndexes: v.optional(v.array(index), []),
  TimeToLiveSpecification: v.optional(v.object({ AttributeName: v.string(), Enabled: v.boolean() })),
  StreamSpecification: v.exactOptional(
    v.pipe(
      v.object({ StreamViewType: v.picklist(['NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY']) }),
      // CreateTable also wants StreamEnabled, which CloudFormation does not have.
      v.transform((stream) => ({ StreamEnabled: true, ...stream })),
    ),
  ),
});

const template = v.object({ Resources: v.record(v.string(), v.looseObject({ Type: v.string() })) });

/**
 * The table of a CloudFormation file in the form that CreateTable and UpdateTimeToLive accept. Short forms such as !Ref
 * and !Sub are read as plain values: no key or index depends on them.
 * @throws when the file has no table, more than one, or an incomplete one.
 */
export const parseTableDefinition = (yaml: string): TableDefinition => {
  const { Resources } = v.parse(template, parse(yaml, { logLevel: 'error' }));
  const tables = Object.values(Resources).filter(({ Type }) => Type === 'AWS::DynamoDB::Table');
  const [table] = tables;
  if (!table || tables.length > 1) throw new Error(`Expected one AWS::DynamoDB::Table, found ${tables.length}.`);
  const parsed = v.safeParse(properties, table.Properties);
  if (parsed.success) return { ...parsed.output, BillingMode: 'PAY_PER_REQUEST' };
  throw new Error(`The table's definition is incomplete: see Properties.${v.getDotPath(parsed.issues[0]) ?? ''}.`);
};
