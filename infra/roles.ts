import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

interface Definitions {
  readonly Resources?: Readonly<Record<string, { readonly Type?: unknown } | null>>;
}

/** Names of the roles that a file of resources defines. CloudFormation's tags (!Ref) are ignored. */
export const rolesIn = (file: string): readonly string[] => {
  const definitions: Definitions | null = parse(readFileSync(file, 'utf8'), { logLevel: 'silent' });
  return Object.entries(definitions?.Resources ?? {})
    .filter(([, resource]) => resource?.Type === 'AWS::IAM::Role')
    .map(([name]) => name);
};
