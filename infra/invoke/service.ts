import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { parse } from 'yaml';
import type { Place } from './place.ts';

const file = path.join(import.meta.dirname, '../../serverless.yml');

const shape = v.object({
  service: v.pipe(v.string(), v.regex(/^[A-Za-z][\w-]*$/)),
  provider: v.object({ timeout: v.number(), region: v.string() }),
  functions: v.record(v.string(), v.nullable(v.looseObject({ timeout: v.optional(v.number()) }))),
});

/** The facts in serverless.yml about the deployed functions. */
export interface Service {
  readonly functions: readonly string[];
  readonly defaultRegion: string;
  /** The stack name that osls gives to a stage, or the given one. The functions' names begin with it. */
  readonly stackName: (place: Place) => string;
  readonly timeoutSeconds: (name: string) => number;
}

/** Reads the file directly, because osls takes seconds to start. CloudFormation's tags (!Ref) are ignored. */
export const readService = (): Service => {
  const { service, provider, functions } = v.parse(shape, parse(readFileSync(file, 'utf8'), { logLevel: 'silent' }));
  const [, defaultRegion = ''] = /'([a-z0-9-]+)'\s*\}$/.exec(provider.region) ?? [];
  return {
    functions: Object.keys(functions),
    defaultRegion,
    stackName: ({ by, named }) => (by === 'stack' ? named : `${service}-${named}`),
    timeoutSeconds: (name) => functions[name]?.timeout ?? provider.timeout,
  };
};
