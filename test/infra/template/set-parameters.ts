import { at, intrinsic, isList, isObject, type Json, type JsonObject, listOf, type Template } from './template.ts';

/** Values of parameters by their names in the template. */
export type ParameterValues = Readonly<Record<string, string>>;

/** The faults that CloudFormation would refuse before it creates a change set: one line per fault. */
export const valueFaults = (template: Template, given: ParameterValues): readonly string[] => [
  ...Object.keys(given)
    .filter((name) => template.Parameters?.[name] === undefined)
    .map((name) => `Parameters: [${name}] do not exist in the template`),
  ...Object.entries(template.Parameters ?? {}).flatMap(([name, definition]) => {
    const value = given[name] ?? definition.Default;
    if (value === undefined) return [`Parameters: [${name}] must have values`];
    return fits(definition, String(value)) ? [] : [`${name} ${String(definition.ConstraintDescription)}`];
  }),
  ...Object.values(template.Rules ?? {}).flatMap((rule) =>
    listOf(at(rule, 'Assertions'))
      .filter((assertion) => !holds(at(assertion, 'Assert'), template, given))
      .map((assertion) => String(at(assertion, 'AssertDescription'))),
  ),
];

/** A condition of the section `Rules`, which can refer only to parameters. */
const holds = (condition: Json | undefined, template: Template, given: ParameterValues): boolean => {
  const [name, argument] = intrinsic(condition ?? null) ?? [];
  const parts = listOf(argument);
  if (name === 'Fn::Or') return parts.some((part) => holds(part, template, given));
  if (name === 'Fn::Not') return !holds(parts[0], template, given);
  if (name !== 'Fn::Equals') throw new Error(`A rule with ${name} is not supported.`);
  const [one, other] = parts.map((part) => {
    const parameter = String(at(part, 'Ref') ?? '');
    return parameter === '' ? part : (given[parameter] ?? template.Parameters?.[parameter]?.Default);
  });
  return String(one) === String(other);
};

const fits = (definition: JsonObject, value: string): boolean => {
  const { Type, AllowedValues, AllowedPattern, MinValue, MaxValue } = definition;
  if (Type === 'Number' && !/^-?\d+(\.\d+)?$/.test(value)) return false;
  if (isList(AllowedValues) && !AllowedValues.map(String).includes(value)) return false;
  if (MinValue !== undefined && Number(value) < Number(MinValue)) return false;
  if (MaxValue !== undefined && Number(value) > Number(MaxValue)) return false;
  if (AllowedPattern === undefined) return true;
  const members = Type === 'CommaDelimitedList' ? value.split(',') : [value];
  return members.every((member) => new RegExp(String(AllowedPattern)).test(member));
};

/** The template with references to parameters replaced by their values, as CloudFormation reads it; conditions stay. */
export const setParameters = (template: Template, given: ParameterValues): Template => {
  const faults = valueFaults(template, given);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  const { Parameters = {}, Rules: _, ...rest } = template;
  const values = new Map<string, Json>(
    Object.entries(Parameters).map(([name, definition]) => {
      const text = String(given[name] ?? definition.Default);
      // A reference to a number gives text.
      return [name, definition.Type === 'CommaDelimitedList' ? text.split(',') : text];
    }),
  );
  const set = (value: Json): Json => {
    const [name, argument] = intrinsic(value) ?? [];
    if (name === 'Ref') return values.get(String(argument)) ?? value;
    if (name === 'Fn::Sub') {
      const [text, own] = isList(argument) ? argument : [argument, {}];
      const filled = String(text).replace(/\$\{(\w+)\}/g, (whole, path: string) =>
        at(own, path) === undefined ? String(values.get(path) ?? whole) : whole,
      );
      return { 'Fn::Sub': isList(argument) ? [filled, set(own ?? {})] : filled };
    }
    if (isList(value)) return value.map(set);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, set(inner)]));
  };
  return set(rest as unknown as Json) as unknown as Template;
};
