import { describe, expect, test } from 'vitest';
import { parseTableDefinition } from '../../../../../infra/local/aws/dynamodb/table-definition.ts';

/** A template of one table, written as CloudFormation allows it. */
const template = `
Resources:
  Bucket:
    Type: AWS::S3::Bucket
  Ledger:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    Properties:
      TableName: !Sub '\${AWS::StackName}-ledger'
      BillingMode: PAY_PER_REQUEST
      SSESpecification: { SSEEnabled: true, KMSMasterKeyId: !If [HasKey, !Ref KeyArn, !Ref 'AWS::NoValue'] }
      TimeToLiveSpecification: { AttributeName: expiresAt, Enabled: true }
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true }
      Tags: [{ Key: team, Value: !GetAtt Team.Name }]
      AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }, { AttributeName: at, AttributeType: N }]
      KeySchema: [{ AttributeName: pk, KeyType: HASH }]
      GlobalSecondaryIndexes:
        - IndexName: by-time
          KeySchema: [{ AttributeName: at, KeyType: HASH }]
          Projection: { ProjectionType: ALL }
`;

describe('the definition', () => {
  test('the table definition contains exactly what CreateTable and UpdateTimeToLive accept of the template', () => {
    expect(parseTableDefinition(template)).toEqual({
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'at', AttributeType: 'N' },
      ],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-time',
          KeySchema: [{ AttributeName: 'at', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    });
  });

  test.each([
    ['without a table', 'Resources: { Bucket: { Type: AWS::S3::Bucket } }', 'found 0'],
    ['with two tables', template.replace('AWS::S3::Bucket', 'AWS::DynamoDB::Table'), 'found 2'],
    ['without keys', template.replace('KeySchema: [{ AttributeName: pk', 'Keys: [{ AttributeName: pk'), 'KeySchema'],
    [
      'with a key of an unknown kind',
      template.replace('KeyType: HASH }]\n      Global', 'KeyType: SORT }]\n      Global'),
      'KeySchema.0.KeyType',
    ],
  ])('a table definition %s is refused with the reason', (_, yaml, message) => {
    expect(() => parseTableDefinition(yaml)).toThrow(message);
  });
});
