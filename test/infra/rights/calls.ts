import path from 'node:path';
import { isDeferred, readModule, type SourceModule } from './module.ts';
import { childrenOf, isFunction, type Node, nameOf, nodeAt, nodesAt } from './syntax.ts';

/** The two adapters between lib and AWS, and the name that all code uses for the object that each creates. */
const adapters: Readonly<Record<string, string>> = {
  'lib/aws/dynamo-table.ts': 'table',
  'lib/aws/s3-storage.ts': 'storage',
};

/**
 * The AWS commands that code may send when it starts in `entry`, as "GetObjectCommand", "QueryCommand byWork".
 * It follows names, not values, and so finds too much rather than too little: a function counts as called when its name is
 * used; a member, when any reached code uses a member of that name. Only files in the bundle are searched.
 * @param files source files in the bundle, with `entry` among them, as absolute paths.
 */
export const commandsCalled = (entry: string, files: readonly string[], root: string): ReadonlySet<string> => {
  const modules = new Map(files.map((file) => [file, readModule(file)]));
  const adapterFiles = new Map(Object.entries(adapters).map(([file, port]) => [path.join(root, file), port]));
  const commandsOfPort = new Map<string, ReadonlySet<string>>();
  for (const [file, port] of adapterFiles) {
    const module = modules.get(file);
    if (module !== undefined) for (const [call, commands] of portOf(port, module)) commandsOfPort.set(call, commands);
  }

  const found = new Set<string>();
  const seen = new Set<Node>();
  const reach = (node: Node, module: SourceModule): void => {
    if (seen.has(node)) return;
    seen.add(node);
    follow(node, module);
  };
  const reachName = (name: string, module: SourceModule): void => {
    for (const definition of module.definitions.get(name) ?? []) reach(definition, module);
    const imported = module.imports.get(name);
    const from = imported === undefined || adapterFiles.has(imported.file) ? undefined : modules.get(imported.file);
    if (imported !== undefined && from !== undefined) reachName(imported.name, from);
  };
  const reachMember = (name: string): void => {
    for (const module of modules.values()) {
      if (adapterFiles.has(module.file)) continue;
      for (const member of module.members.get(name) ?? []) reach(member, module);
    }
  };

  const follow = (node: Node, module: SourceModule): void => {
    const commands = commandsOfPort.get(portCall(node) ?? '');
    for (const command of commands ?? []) {
      const index = command === 'QueryCommand' ? ` ${indexAsked(node)}` : '';
      found.add(`${command}${index}`);
    }
    switch (node.type) {
      case 'Identifier':
        reachName(nameOf(node) ?? '', module);
        return;
      case 'NewExpression': {
        const callee = nameOf(nodeAt(node, 'callee')) ?? '';
        if (callee.endsWith('Command')) found.add(callee);
        break;
      }
      case 'MemberExpression': {
        const object = nodeAt(node, 'object');
        if (object !== undefined) follow(object, module);
        const property = nodeAt(node, 'property');
        if (property === undefined) return;
        if (node.computed === true) follow(property, module);
        else if (!commandsOfPort.has(portMember(node) ?? '')) reachMember(nameOf(property) ?? '');
        return;
      }
      case 'ObjectPattern':
        for (const property of nodesAt(node, 'properties')) reachMember(nameOf(nodeAt(property, 'key')) ?? '');
        break;
      case 'Property': {
        // A member of an object is reached by its name; a key is not a use of that name.
        const value = nodeAt(node, 'value');
        if (value !== undefined && !isDeferred(value)) follow(value, module);
        return;
      }
      case 'VariableDeclarator':
        if (isFunction(nodeAt(node, 'init')) && nodeAt(node, 'id')?.type === 'Identifier') return;
        break;
      case 'FunctionDeclaration':
      case 'ClassDeclaration':
        if (!seen.has(node)) return;
        break;
      case 'MethodDefinition':
        if (node.kind !== 'constructor') return;
        break;
    }
    for (const child of childrenOf(node)) follow(child, module);
  };

  const start = modules.get(entry);
  if (start === undefined) throw new Error(`${entry} is not in its own bundle.`);
  reachName('handler', start);
  return found;
};

/** `table.get` for the members table.get and deps.table.get. */
const portMember = (node: Node | undefined): string | undefined => {
  if (node?.type !== 'MemberExpression') return undefined;
  const object = nodeAt(node, 'object');
  const holder = object?.type === 'MemberExpression' ? nameOf(nodeAt(object, 'property')) : nameOf(object);
  return `${holder}.${nameOf(nodeAt(node, 'property'))}`;
};

const portCall = (node: Node): string | undefined =>
  node.type === 'CallExpression' ? portMember(nodeAt(node, 'callee')) : undefined;

/** The index of a query. It must be written in the call itself, because otherwise the right that it needs is unknown. */
const indexAsked = (call: Node): string => {
  const [asked] = nodesAt(call, 'arguments');
  const index = nodesAt(asked ?? call, 'properties').find((property) => nameOf(nodeAt(property, 'key')) === 'index');
  return nameOf(index && nodeAt(index, 'value')) ?? 'of an index that is not written in the call';
};

/** "table.get" -> the commands that the adapter's method may send. */
const portOf = (port: string, module: SourceModule): ReadonlyMap<string, ReadonlySet<string>> =>
  new Map(
    [...module.members].map(([name, values]) => {
      const commands = new Set<string>();
      const seen = new Set<Node>();
      const follow = (node: Node): void => {
        if (seen.has(node)) return;
        seen.add(node);
        if (node.type === 'NewExpression') {
          const callee = nameOf(nodeAt(node, 'callee')) ?? '';
          if (callee.endsWith('Command')) commands.add(withVersion(callee, node));
        }
        for (const definition of module.definitions.get(nameOf(node) ?? '') ?? []) follow(definition);
        for (const child of childrenOf(node)) follow(child);
      };
      for (const value of values) follow(value);
      return [`${port}.${name}`, commands] as const;
    }),
  );

/** Reading a named version needs a separate right. */
const withVersion = (command: string, node: Node): string => {
  const [input] = nodesAt(node, 'arguments');
  const named = nodesAt(input ?? node, 'properties').some(
    (property) => nameOf(nodeAt(property, 'key')) === 'VersionId',
  );
  return named ? `${command} of a version` : command;
};
