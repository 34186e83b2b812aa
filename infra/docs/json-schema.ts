import type { JsonObject } from '../../lib/json.ts';

/** The part of a valibot schema that is read here: they describe themselves. */
interface Described {
  readonly type: string;
  readonly pipe?: readonly (Described & { readonly requirement?: RegExp; readonly description?: string })[];
  readonly entries?: Readonly<Record<string, Described>>;
  readonly options?: readonly string[];
  readonly literal?: unknown;
}

/**
 * A JSON Schema of a valibot schema: of objects whose fields are all required, texts with a form, and choices. Fields that are
 * not named are allowed, because a later version may have more of them.
 * @throws for anything else: half a schema would refuse what is right, or allow what is not.
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
      throw new Error(`A schema of type ${type} is not known to docs/json-schema.ts.`);
  }
};

const ruleOf = ({ type, requirement, description }: NonNullable<Described['pipe']>[number]): JsonObject => {
  switch (type) {
    case 'regex':
      // JavaScript escapes the slash, because it ends a literal; here nothing does.
      return { pattern: requirement?.source.replaceAll('\\/', '/') };
    case 'description':
      return { description };
    default:
      throw new Error(`A rule of type ${type} is not known to docs/json-schema.ts.`);
  }
};
