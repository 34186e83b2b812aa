import { concurrencyParameter } from './handler-names.ts';
import { reference } from './parameters/stack-parameters.ts';

/** Entries under `functions` in serverless.yml. An entry without any lines below it is null. */
export type FunctionEntries = Readonly<
  Record<string, { readonly role?: unknown; readonly [field: string]: unknown } | null>
>;

/** What must exist besides the entries. */
export interface Parts {
  /** Names of the files handlers/on-*.ts. */
  readonly handlers: readonly string[];
  /** Roles that infra/resources/roles.yml defines. */
  readonly roles: readonly string[];
}

/** The settings of a function that follow from its name. */
export const derivedFrom = (name: string) => ({
  handler: 'index.handler',
  package: { artifact: `dist/${name}.zip` },
  reservedConcurrency: {
    'Fn::If': ['HasReservation', reference(concurrencyParameter(name)), { Ref: 'AWS::NoValue' }],
  },
});

/**
 * Inconsistencies between serverless.yml, handlers/ and infra/resources/roles.yml. Roles are checked, because osls
 * would give all functions without a role one shared role, with permissions that do not match the code.
 * @returns one sentence per fault, with the function and the fix
 */
export const functionFaults = (entries: FunctionEntries, { handlers, roles }: Parts): readonly string[] => [
  ...Object.entries(entries).flatMap(([name, entry]) => roleFaults(name, entry?.role, roles)),
  ...Object.keys(entries)
    .filter((name) => !handlers.includes(name))
    .map(
      (name) =>
        `Function ${name} has no code: add handlers/${name}.ts (only on-<words>.ts is bundled), or remove functions.${name} from serverless.yml.`,
    ),
  ...handlers
    .filter((name) => !Object.hasOwn(entries, name))
    .map(
      (name) =>
        `Function ${name} is not in serverless.yml, but handlers/${name}.ts exists: ` +
        `add functions.${name} with description, role and events, or remove the file.`,
    ),
];

const roleFaults = (name: string, role: unknown, roles: readonly string[]): readonly string[] => {
  if (role === undefined || role === null) {
    return [
      `Function ${name} has no role: define one in infra/resources/roles.yml with the permissions that its code needs, ` +
        `and name it as functions.${name}.role in serverless.yml.`,
    ];
  }
  if (typeof role === 'string' && roles.includes(role)) return [];
  return [
    `Function ${name} has the role ${typeof role === 'string' ? role : JSON.stringify(role)}, which infra/resources/roles.yml ` +
      `does not define: define it there, or correct functions.${name}.role in serverless.yml. The roles are ${roles.join(', ')}.`,
  ];
};
