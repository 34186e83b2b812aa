import type { JsonObject } from '../../lib/json.ts';

/** The parts of a valibot schema that are read here. */
interface Described {
  readonly type: string;
  readonly pipe?: readonly (Described & { readonly requirement?: RegExp; readonly description?: string })[];
  readonly entries?: Readonly<Record<string, Described>>;
  readonly options?: readonly string[];
  readonly literal?: unknown;
}

/**
 * Converts a valibot schema to JSON Schema. Supports objects with only required fields, texts with a pattern, and
 * choices. Other fields are allowed, because a later version may add some.
 * @throws for anything else, because an incomplete schema would reject valid data or accept invalid data
 */
export const jsonSchemaOf = (schema: Described): JsonObject => {
  const [first, ...rules] = schema.pipe ?? [schema];
  return Object.assign(first ? typeOf(first) : {}, ...rules.map(ruleOf));
};

const typeOf = ({ type, entries = {}, options, literal }: Described): JsonObject => {
  switch (type) {
    case 'string':
      return { type };
    case 'picklist':
      return { enum: options };
    case 'literal':
      return { const: literal };
    case 'object':
    case 'strict_object': {
      const fields = Object.entries(entries).map(([name, entry]) => [name, jsonSchemaOf(entry)] as const);
      return { type: 'object', required: fields.map(([name]) => name), properties: Object.fromEntries(fields) };
    }
    default:
      throw new Error(`docs/json-schema.ts does not support schemas of type ${type}.`);
  }
};

const ruleOf = ({ type, requirement, description }: NonNullable<Described['pipe']>[number]): JsonObject => {
  switch (type) {
    case 'regex':
      // JavaScript escapes the slash in a regular expression literal. JSON Schema does not.
      return { pattern: requirement?.source.replaceAll('\\/', '/') };
    case 'description':
      return { description };
    default:
      throw new Error(`docs/json-schema.ts does not support rules of type ${type}.`);
  }
};
