import path from 'node:path';
import { childrenOf, isFunction, type Node, nameOf, nodeAt, nodesAt, parseFile } from './syntax.ts';

/** One source file as the search for calls sees it. */
export interface SourceModule {
  readonly file: string;
  /** Functions, classes and top-level constants by name, at any depth. */
  readonly definitions: ReadonlyMap<string, readonly Node[]>;
  /** Members of object literals and classes, by name. */
  readonly members: ReadonlyMap<string, readonly Node[]>;
  /** Local name -> the file and the name that it is imported from. Packages are left out. */
  readonly imports: ReadonlyMap<string, { readonly file: string; readonly name: string }>;
}

export const readModule = (file: string): SourceModule => {
  const program = parseFile(file);
  const definitions = new Map<string, Node[]>();
  const members = new Map<string, Node[]>();
  const add = (to: Map<string, Node[]>, name: string | undefined, node: Node | undefined) => {
    if (name !== undefined && node !== undefined) to.set(name, [...(to.get(name) ?? []), node]);
  };
  const look = (node: Node, depth: number): void => {
    switch (node.type) {
      case 'FunctionDeclaration':
      case 'ClassDeclaration':
        add(definitions, nameOf(nodeAt(node, 'id')), node);
        break;
      case 'VariableDeclarator': {
        const init = nodeAt(node, 'init');
        // program > (export >) declaration > declarator
        if (isFunction(init) || depth <= 3) add(definitions, nameOf(nodeAt(node, 'id')), init);
        break;
      }
      case 'Property':
      case 'MethodDefinition':
        add(members, nameOf(nodeAt(node, 'key')), nodeAt(node, 'value'));
        break;
    }
    for (const child of childrenOf(node)) look(child, depth + 1);
  };
  look(program, 0);
  return { file, definitions, members, imports: importsOf(program, path.dirname(file)) };
};

/** Creating an object does not call its methods. */
export const isDeferred = (value: Node | undefined): value is Node => value?.type === 'Identifier' || isFunction(value);

const importsOf = (program: Node, folder: string): SourceModule['imports'] => {
  const found = new Map<string, { file: string; name: string }>();
  for (const statement of nodesAt(program, 'body')) {
    const from = nameOf(nodeAt(statement, 'source'));
    if (from === undefined || !from.startsWith('.')) continue;
    const file = path.resolve(folder, from);
    for (const specifier of nodesAt(statement, 'specifiers')) {
      const local = nameOf(nodeAt(specifier, statement.type === 'ImportDeclaration' ? 'local' : 'exported'));
      const name = nameOf(nodeAt(specifier, statement.type === 'ImportDeclaration' ? 'imported' : 'local'));
      if (local !== undefined) found.set(local, { file, name: name ?? 'default' });
    }
  }
  return found;
};
