import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { isObject, type Json, type Template } from './template.ts';

const packageFolder = path.dirname(
  path.dirname(import.meta.resolve('@cdklabs/cdk-validator-cfnguard').slice('file://'.length)),
);
const systems: Partial<Record<NodeJS.Platform, string>> = { linux: 'ubuntu', darwin: 'macos' };
const machines: Record<string, string> = { x64: 'x86_64', arm64: 'aarch64' };
const binary = path.join(packageFolder, 'bin', systems[platform()] ?? '', machines[arch()] ?? '', 'cfn-guard');

/** AWS Control Tower's proactive controls for the services that are used here. */
const rules = [
  'cloudwatch',
  'dynamodb',
  'guardduty',
  'identityandaccessmanagement',
  'keymanagementservice',
  'lambda',
  's3',
  'sqs',
].map((service) => path.join(packageFolder, 'rules/control-tower/cfn-guard', service));

/** One template's result: "rule: resource" for every refusal, and the rules that passed. */
export interface GuardResult {
  readonly refused: readonly string[];
  readonly fulfilled: readonly string[];
}

/**
 * Runs cfn-guard on filled-in templates. The results are in the order of the templates.
 * @param folder a folder for the template files.
 */
export const guard = async (templates: readonly Template[], folder: string): Promise<readonly GuardResult[]> => {
  const files = templates.map((_, index) => path.join(folder, `guarded-${index}.json`));
  await Promise.all(templates.map((template, index) => writeFile(files[index] ?? '', JSON.stringify(template))));
  const args = [
    'validate',
    '--rules',
    ...rules,
    '--data',
    ...files,
    '--structured',
    '--output-format',
    'json',
    '--show-summary',
    'none',
  ];
  const { stdout } = await promisify(execFile)(binary, args, { maxBuffer: 200_000_000 }).catch(
    // It exits with 19 when a rule is broken.
    (error: { code?: number; stdout: string; stderr: string }) => {
      if (error.code === 19) return error;
      throw error;
    },
  );
  const reports: readonly Report[] = JSON.parse(stdout);
  return files.map((file) => {
    const report = reports.find(({ name }) => name === file);
    if (report === undefined) throw new Error(`cfn-guard reported nothing for ${file}.`);
    return {
      refused: report.not_compliant
        .flatMap(({ Rule }) => [...new Set(resourcesIn(Rule.checks))].map((resource) => `${Rule.name}: ${resource}`))
        .sort(),
      fulfilled: report.compliant,
    };
  });
};

interface Report {
  readonly name: string;
  readonly compliant: readonly string[];
  readonly not_compliant: readonly { readonly Rule: { readonly name: string; readonly checks: Json } }[];
}

/** cfn-guard reports the place of a check as "/Resources/<logical id>/...". */
const resourcesIn = (value: Json): readonly string[] => {
  if (typeof value === 'string') {
    const id = /^\/Resources\/([A-Za-z0-9]+)/.exec(value)?.[1];
    return id === undefined ? [] : [id];
  }
  if (Array.isArray(value)) return value.flatMap(resourcesIn);
  return isObject(value) ? Object.values(value).flatMap(resourcesIn) : [];
};
