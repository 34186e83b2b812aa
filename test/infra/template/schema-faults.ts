import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { PropertyType, ResourceProperties, SpecDatabase } from '@aws-cdk/service-spec-types';
import { isList, isObject, type Json, type JsonObject, type Template } from './template.ts';

let database: SpecDatabase | undefined;

/** The faults of a filled-in template by AWS's published resource schemas: one line per fault, with its path. */
export const schemaFaults = (template: Template): readonly string[] => {
  database ??= loadAwsServiceSpecSync();
  const db = database;
  return Object.entries(template.Resources).flatMap(([id, { Type, Properties: given = {} }]) => {
    const [resource] = db.lookup('resource', 'cloudFormationType', 'equals', Type);
    return resource === undefined
      ? [`${id}: ${Type} is not a resource type.`]
      : objectFaults(db, resource.properties, given, id);
  });
};

const objectFaults = (
  db: SpecDatabase,
  known: ResourceProperties,
  given: JsonObject,
  path: string,
): readonly string[] => {
  const missing = Object.entries(known)
    .filter(([name, { required }]) => required === true && given[name] === undefined)
    .map(([name]) => `${path}.${name} is missing.`);
  const wrong = Object.entries(given).flatMap(([name, value]) => {
    const property = known[name];
    if (property === undefined) return [`${path}.${name} is not a property.`];
    const types = [property.type, ...(property.previousTypes ?? [])];
    return fitsOne(db, types, value, `${path}.${name}`);
  });
  return [...missing, ...wrong];
};

/** A value fits a union when it fits one of its types; otherwise the faults of the first type are reported. */
const fitsOne = (db: SpecDatabase, types: readonly PropertyType[], value: Json, path: string): readonly string[] => {
  const faults = types.map((type) => valueFaults(db, type, value, path));
  return faults.some((list) => list.length === 0) ? [] : (faults[0] ?? []);
};

const valueFaults = (db: SpecDatabase, type: PropertyType, value: Json, path: string): readonly string[] => {
  const unless = (fits: boolean) => (fits ? [] : [`${path} is ${JSON.stringify(value)}, not ${type.type}.`]);
  switch (type.type) {
    case 'string': {
      const allowed = type.allowedValues;
      if (allowed !== undefined && !allowed.includes(String(value))) {
        return [`${path} is ${JSON.stringify(value)}, not one of ${allowed.join(', ')}.`];
      }
      // CloudFormation accepts numbers and booleans as text, and vice versa.
      return unless(typeof value !== 'object');
    }
    case 'integer':
      return unless(/^-?\d+$/.test(String(value)));
    case 'number':
      return unless(value !== '' && typeof value !== 'object' && Number.isFinite(Number(value)));
    case 'boolean':
      return unless(['true', 'false'].includes(String(value)));
    case 'json':
    case 'date-time':
    case 'null':
      return [];
    case 'tag':
      return unless(isObject(value) && value.Key !== undefined && value.Value !== undefined);
    case 'array':
      return isList(value)
        ? value.flatMap((item, index) => valueFaults(db, type.element, item, `${path}[${index}]`))
        : unless(false);
    case 'map':
      return isObject(value)
        ? Object.entries(value).flatMap(([key, item]) => valueFaults(db, type.element, item, `${path}.${key}`))
        : unless(false);
    case 'union':
      return fitsOne(db, type.types, value, path);
    case 'ref': {
      const definition = db.get('typeDefinition', type.reference.$ref);
      return isObject(value) ? objectFaults(db, definition.properties, value, path) : unless(false);
    }
  }
};
