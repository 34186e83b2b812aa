import { type Answer, type Attributes, type DynaliteCaller, refusal } from './dynalite-caller.ts';
import type { TableWrites } from './table-writes.ts';

export interface TimeToLive {
  takes(operation: string): boolean;
  handle(operation: string, body: string): Promise<Answer>;
  /** Deletes the expired items of every table. */
  sweep(): Promise<void>;
}

/** DynamoDB does not delete items with an older date: it may be in milliseconds, or not be a date at all. */
const maxPastSeconds = 5 * 365 * 86_400;

/**
 * Deletes expired items, which dynalite does not support. The setting is not stored: the caller that creates or reuses
 * the table enables it.
 */
export const timeToLive = (dynalite: DynaliteCaller, writes: TableWrites, nowMs: () => number): TimeToLive => {
  const attributeOf = new Map<string, string>();

  const update = (tableName: string, specification: unknown): Answer => {
    const { AttributeName: name, Enabled: enabled } = (specification ?? {}) as Record<string, unknown>;
    if (typeof name !== 'string' || name === '' || typeof enabled !== 'boolean')
      return refusal('TimeToLiveSpecification must have an AttributeName and Enabled');
    const current = attributeOf.get(tableName);
    if ((current !== undefined) === enabled)
      return refusal(`TimeToLive is already ${enabled ? 'enabled' : 'disabled'}`);
    if (current !== undefined && current !== name)
      return refusal(`TimeToLive is active on a different AttributeName: current AttributeName is ${current}`);
    if (enabled) attributeOf.set(tableName, name);
    else attributeOf.delete(tableName);
    return done({ TimeToLiveSpecification: { AttributeName: name, Enabled: enabled } });
  };

  const describe = (tableName: string): Answer => {
    const name = attributeOf.get(tableName);
    return done({
      TimeToLiveDescription:
        name === undefined ? { TimeToLiveStatus: 'DISABLED' } : { TimeToLiveStatus: 'ENABLED', AttributeName: name },
    });
  };

  const sweepTable = async (tableName: string, name: string): Promise<void> => {
    const keyNames = await dynalite.keyNamesOf(tableName);
    const now = Math.floor(nowMs() / 1000);
    let start: Attributes | undefined;
    do {
      const page: { Items: Attributes[]; LastEvaluatedKey?: Attributes } = await dynalite.ask('Scan', {
        TableName: tableName,
        FilterExpression: '#ttl BETWEEN :oldest AND :now',
        ExpressionAttributeNames: { '#ttl': name },
        ExpressionAttributeValues: { ':oldest': { N: String(now - maxPastSeconds) }, ':now': { N: String(now) } },
        ...(start && { ExclusiveStartKey: start }),
      });
      for (const item of page.Items) await expire(tableName, keyNames, name, item);
      start = page.LastEvaluatedKey;
    } while (start);
  };

  const expire = async (
    tableName: string,
    keyNames: readonly string[],
    name: string,
    item: Attributes,
  ): Promise<void> => {
    const body = {
      TableName: tableName,
      Key: Object.fromEntries(keyNames.map((key) => [key, item[key]])),
      // It may have been renewed since the scan.
      ConditionExpression: '#ttl = :seen',
      ExpressionAttributeNames: { '#ttl': name },
      ExpressionAttributeValues: { ':seen': item[name] },
    };
    await writes.handle('DeleteItem', JSON.stringify(body));
  };

  return {
    takes: (operation) => operation === 'UpdateTimeToLive' || operation === 'DescribeTimeToLive',
    handle: async (operation, body) => {
      // Dynalite refuses malformed requests and tables that do not exist.
      const known = await dynalite.send('DescribeTimeToLive', body);
      if (known.status !== 200) return known;
      const { TableName, TimeToLiveSpecification } = JSON.parse(body);
      return operation === 'UpdateTimeToLive' ? update(TableName, TimeToLiveSpecification) : describe(TableName);
    },
    sweep: async () => {
      const { TableNames } = await dynalite.ask<{ TableNames: string[] }>('ListTables', {});
      for (const [tableName, name] of attributeOf) {
        if (TableNames.includes(tableName)) await sweepTable(tableName, name);
        else attributeOf.delete(tableName);
      }
    },
  };
};

const done = (result: object): Answer => ({ status: 200, body: JSON.stringify(result) });
