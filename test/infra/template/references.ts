import { intrinsic, isList, isObject, type Json, type Template } from './template.ts';

/** Logical ids that a value refers to by Ref, Fn::GetAtt or Fn::Sub. Pseudo parameters (AWS::Region) are left out. */
const mentioned = (value: Json | undefined): readonly string[] => {
  const [name, argument] = intrinsic(value) ?? [];
  if (name === 'Ref') return String(argument).startsWith('AWS::') ? [] : [String(argument)];
  if (name === 'Fn::GetAtt') return [isList(argument) ? String(argument[0]) : (String(argument).split('.')[0] ?? '')];
  if (name === 'Fn::Sub') {
    const [text, variables] = isList(argument) ? argument : [argument, {}];
    const own = isObject(variables) ? variables : {};
    const inText = [...String(text).matchAll(/\$\{([^!:}]+)\}/g)].map(([, path]) => (path ?? '').split('.')[0] ?? '');
    return [...inText.filter((id) => !Object.hasOwn(own, id)), ...Object.values(own).flatMap(mentioned)];
  }
  if (isList(value)) return value.flatMap(mentioned);
  return isObject(value) ? Object.values(value).flatMap(mentioned) : [];
};

const neighbours = (template: Template): ReadonlyMap<string, readonly string[]> =>
  new Map(
    Object.entries(template.Resources).map(([id, { DependsOn = [], Properties, Metadata }]) => [
      id,
      [...new Set([...[DependsOn].flat(), ...mentioned(Metadata), ...mentioned(Properties)])],
    ]),
  );

/** References to resources that the template does not have, as "from -> to". */
export const danglingReferences = (template: Template): readonly string[] => {
  const faults: string[] = [];
  for (const [id, others] of neighbours(template)) {
    faults.push(
      ...others.filter((other) => !Object.hasOwn(template.Resources, other)).map((other) => `${id} -> ${other}`),
    );
  }
  const inOutputs = Object.values(template.Outputs ?? {}).flatMap((output) => mentioned(output.Value));
  faults.push(
    ...inOutputs.filter((other) => !Object.hasOwn(template.Resources, other)).map((other) => `Outputs -> ${other}`),
  );
  return faults;
};

/** The first circle of resources that depend on each other, which CloudFormation refuses; undefined when there is none. */
export const circle = (template: Template): readonly string[] | undefined => {
  const edges = neighbours(template);
  const done = new Set<string>();
  const visit = (id: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(id)) return [...path.slice(path.indexOf(id)), id];
    if (done.has(id)) return undefined;
    for (const other of edges.get(id) ?? []) {
      const found = visit(other, [...path, id]);
      if (found !== undefined) return found;
    }
    done.add(id);
    return undefined;
  };
  for (const id of edges.keys()) {
    const found = visit(id, []);
    if (found !== undefined) return found;
  }
  return undefined;
};
