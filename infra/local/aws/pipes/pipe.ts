import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { parse } from 'yaml';
import { isObject, type JsonObject, parseJson } from '../../../../lib/json.ts';
import type { TableWrite } from '../dynamodb/table-writes.ts';
import { fits } from './event-pattern.ts';
import { fillTemplate } from './input-template.ts';

/** The only definition of the pipe: the deployed pipe is created from the same file. */
const definitionFile = path.join(import.meta.dirname, '..', '..', '..', 'resources', 'outcome-events.yml');

const pipeProperties = v.object({
  SourceParameters: v.object({ FilterCriteria: v.object({ Filters: v.array(v.object({ Pattern: v.string() })) }) }),
  TargetParameters: v.object({
    EventBridgeEventBusParameters: v.object({ Source: v.string(), DetailType: v.string() }),
    InputTemplate: v.string(),
  }),
});

export type PipeProperties = v.InferOutput<typeof pipeProperties>;

/** An event as EventBridge sends it to the targets of a rule. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

/** Returns the event that a write to the table causes, or undefined when the filter drops it. */
export type Pipe = (write: TableWrite) => BusEvent | undefined;

export const parsePipe = (properties: unknown): PipeProperties => v.parse(pipeProperties, properties);

/**
 * The pipe from infra/resources/.
 * @param stage replaces the stage of a deployment
 */
export const localPipe = async (region: string, stage: string): Promise<Pipe> => {
  const { Resources } = parse(await readFile(definitionFile, 'utf8'), { logLevel: 'error' });
  const pipe = parsePipe(Resources.OutcomePipe.Properties);
  const { EventBridgeEventBusParameters: bus } = pipe.TargetParameters;
  const source = bus.Source.replace('${AWS::StackName}', () => `cv-courier-${stage}`);
  const named = { ...pipe.TargetParameters, EventBridgeEventBusParameters: { ...bus, Source: source } };
  return pipeOf({ ...pipe, TargetParameters: named }, region);
};

/**
 * Does what AWS does with these pipe properties: filters each record, fills the template, and puts the result on the
 * bus.
 */
export const pipeOf = ({ SourceParameters, TargetParameters }: PipeProperties, region: string): Pipe => {
  const patterns = SourceParameters.FilterCriteria.Filters.map(({ Pattern }) => patternOf(Pattern));
  const { EventBridgeEventBusParameters: bus, InputTemplate } = TargetParameters;
  return (write) => {
    const record = streamRecord(write);
    if (!patterns.some((pattern) => fits(pattern, record))) return undefined;
    return {
      version: '0',
      id: randomUUID(),
      'detail-type': bus.DetailType,
      source: bus.Source,
      account: '000000000000',
      time: `${new Date().toISOString().slice(0, 19)}Z`,
      region,
      resources: [],
      detail: fillTemplate(InputTemplate, record),
    };
  };
};

const patternOf = (text: string): JsonObject => {
  const pattern = parseJson(text);
  if (!isObject(pattern)) throw new Error("The pipe's filter is not a JSON object.");
  return pattern;
};

/** As in a stream with the view NEW_IMAGE. */
const streamRecord = ({ eventName, keys, newImage }: TableWrite): JsonObject => ({
  eventName,
  eventSource: 'aws:dynamodb',
  dynamodb: { Keys: keys, ...(newImage && { NewImage: newImage }), StreamViewType: 'NEW_IMAGE' },
});
