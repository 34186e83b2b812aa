import { intrinsic, isList, isObject, type Json, type JsonObject, listOf, type Template } from './template.ts';

export type ConditionValues = Readonly<Record<string, boolean>>;

/** Marks a property that CloudFormation leaves out (AWS::NoValue). */
const left = Symbol('left out');

/**
 * The template as CloudFormation would deploy it: conditions decided, resources without theirs removed, Fn::If replaced.
 * @param overrides values of conditions that replace the template's own, for shapes that were not packaged.
 */
export const settle = (template: Template, overrides: ConditionValues = {}): Template => {
  const decide = decider(template.Conditions ?? {}, overrides);
  const settled = <T extends Json | undefined>(value: T): T => {
    const result = replaceIfs(value ?? null, decide);
    return (result === left ? undefined : result) as T;
  };
  const kept = Object.entries(template.Resources).filter(
    ([, { Condition }]) => Condition === undefined || decide(Condition),
  );
  const names = new Set(kept.map(([id]) => id));
  return {
    ...(template.Mappings !== undefined && { Mappings: template.Mappings }),
    Resources: Object.fromEntries(
      kept.map(([id, { Condition, DependsOn, Properties, Metadata, ...rest }]) => [
        id,
        {
          ...rest,
          // CloudFormation ignores a dependency on a resource whose condition is false.
          DependsOn: listOf(DependsOn).filter((other) => typeof other === 'string' && names.has(other)) as string[],
          ...(Metadata === undefined ? {} : { Metadata: settled(Metadata) }),
          ...(Properties === undefined ? {} : { Properties: settled(Properties) }),
        },
      ]),
    ),
    Outputs: Object.fromEntries(
      Object.entries(template.Outputs ?? {})
        .filter(([, { Condition }]) => Condition === undefined || decide(String(Condition)))
        .map(([name, { Condition: _, ...output }]) => [name, settled(output)]),
    ),
  };
};

const decider = (conditions: JsonObject, overrides: ConditionValues): ((name: string) => boolean) => {
  const decide = (name: string): boolean => {
    const override = overrides[name];
    if (override !== undefined) return override;
    const condition = conditions[name];
    if (condition === undefined) throw new Error(`There is no condition ${name}.`);
    return evaluate(condition);
  };
  const evaluate = (expression: Json): boolean => {
    const [name, argument] = intrinsic(expression) ?? [];
    switch (name) {
      case 'Condition':
        return decide(String(argument));
      case 'Fn::Equals': {
        const [one, other] = listOf(argument);
        return textOf(one) === textOf(other);
      }
      case 'Fn::Not':
        return !listOf(argument).every(evaluate);
      case 'Fn::And':
        return listOf(argument).every(evaluate);
      case 'Fn::Or':
        return listOf(argument).some(evaluate);
      default:
        throw new Error(`Not a condition: ${JSON.stringify(expression)}`);
    }
  };
  return decide;
};

/** What a condition compares: text, or a list that is joined. */
const textOf = (value: Json | undefined): string => {
  const [name, argument] = intrinsic(value) ?? [];
  if (name === 'Fn::Join') {
    const [separator, parts] = listOf(argument);
    return listOf(parts).map(textOf).join(String(separator));
  }
  if (typeof value === 'object') throw new Error(`A condition compares ${JSON.stringify(value)}.`);
  return String(value);
};

const replaceIfs = (value: Json, decide: (name: string) => boolean): Json | typeof left => {
  const [name, argument] = intrinsic(value) ?? [];
  if (name === 'Ref' && argument === 'AWS::NoValue') return left;
  if (name === 'Fn::If') {
    const [condition, yes, no] = listOf(argument);
    return replaceIfs((decide(String(condition)) ? yes : no) ?? null, decide);
  }
  if (isList(value)) return value.map((item) => replaceIfs(item, decide)).filter((item) => item !== left);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, replaceIfs(inner, decide)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== left));
};
