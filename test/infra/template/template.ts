/** Anything that JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Metadata?: JsonObject;
  readonly Properties?: JsonObject;
}

/** The parts of a CloudFormation template that these checks read. */
export interface Template {
  readonly Parameters?: { readonly [name: string]: JsonObject };
  readonly Metadata?: JsonObject;
  readonly Mappings?: JsonObject;
  readonly Rules?: JsonObject;
  readonly Conditions?: JsonObject;
  readonly Resources: { readonly [logicalId: string]: Resource };
  readonly Outputs?: { readonly [name: string]: JsonObject };
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/** One or many: CloudFormation and IAM allow a single value in place of a list of one. */
export const listOf = (value: Json | undefined): readonly Json[] =>
  value === undefined ? [] : isList(value) ? value : [value];

export const objectsIn = (value: Json | undefined): readonly JsonObject[] => listOf(value).filter(isObject);

export const stringsIn = (value: Json | undefined): readonly string[] =>
  listOf(value).filter((item) => typeof item === 'string');

/** The value at a path of names and indexes. */
export const at = (value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined =>
  path.reduce<Json | undefined>(
    (inner, step) =>
      typeof step === 'number' ? (isList(inner) ? inner[step] : undefined) : isObject(inner) ? inner[step] : undefined,
    value,
  );

/** `{ "Fn::Sub": ... }` as ["Fn::Sub", ...]; undefined for everything that is not an intrinsic function. */
export const intrinsic = (value: Json | undefined): readonly [name: string, argument: Json] | undefined => {
  if (!isObject(value)) return undefined;
  const [entry, ...others] = Object.entries(value);
  if (entry === undefined || others.length > 0) return undefined;
  return entry[0] === 'Ref' || entry[0] === 'Condition' || entry[0].startsWith('Fn::') ? entry : undefined;
};

/** All resources of a type, with their logical ids. */
export const resourcesOf = (template: Template, type: string): readonly (readonly [string, JsonObject])[] =>
  Object.entries(template.Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id, resource]) => [id, resource.Properties ?? {}]);
