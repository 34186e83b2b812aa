import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

interface Service {
  readonly functions: Readonly<Record<string, unknown>>;
}

const service: Service = parse(readFileSync(new URL('../../../serverless.yml', import.meta.url), 'utf8'), {
  logLevel: 'silent',
});

/** All functions of serverless.yml, in its order. */
export const functionNames: readonly string[] = Object.keys(service.functions);

/** The functions of every deployment, listed by hand so that a test fails when one is missing. */
export const deliveredFunctions = ['on-upload', 'on-schedule', 'on-demand', 'on-batch'] as const;
