import { isObject, type JsonObject } from '../../lib/json.ts';

/**
 * The faults that a JSON Schema finds in a value, for the keywords that ours uses. Independent of the code that generates the
 * schema: it reads the file that applications get.
 * @throws for a keyword that it does not know
 */
export const schemaFaults = (schema: JsonObject, value: unknown, path = '$'): readonly string[] => {
  const faults: string[] = [];
  for (const [keyword, asked] of Object.entries(schema)) {
    switch (keyword) {
      case 'type':
        if (asked === 'object' ? !isObject(value) : typeof value !== asked)
          faults.push(`${path} is not of type ${String(asked)}`);
        break;
      case 'enum':
        if (!(asked as readonly unknown[]).includes(value)) faults.push(`${path} is not one of ${String(asked)}`);
        break;
      case 'const':
        if (asked !== value) faults.push(`${path} is not ${String(asked)}`);
        break;
      case 'pattern':
        if (!new RegExp(String(asked), 'u').test(String(value))) faults.push(`${path} does not match ${String(asked)}`);
        break;
      case 'required':
        for (const name of asked as readonly string[])
          if (!isObject(value) || value[name] === undefined) faults.push(`${path}.${name} is missing`);
        break;
      case 'properties':
        for (const [name, inner] of Object.entries(asked as Record<string, JsonObject>))
          if (isObject(value) && value[name] !== undefined)
            faults.push(...schemaFaults(inner, value[name], `${path}.${name}`));
        break;
      case '$schema':
      case 'title':
      case 'description':
        break;
      default:
        throw new Error(`The keyword ${keyword} is not supported.`);
    }
  }
  return faults;
};
