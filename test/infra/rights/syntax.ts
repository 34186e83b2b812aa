import { readFileSync } from 'node:fs';
import { parseAst } from 'vite';

/** A node of the syntax tree. Its fields are read by name, without types. */
export interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/** The child nodes of a node, in no particular order. Types are left out because they do nothing at run time. */
export const childrenOf = (node: Node): readonly Node[] =>
  Object.values(node)
    .flat()
    .filter(isNode)
    .filter(({ type }) => !type.startsWith('TS') || type === 'TSAsExpression' || type === 'TSSatisfiesExpression');

export const nodeAt = (node: Node, field: string): Node | undefined => {
  const value = node[field];
  return isNode(value) ? value : undefined;
};

export const nodesAt = (node: Node, field: string): readonly Node[] => {
  const value = node[field];
  return Array.isArray(value) ? value.filter(isNode) : [];
};

export const nameOf = (node: Node | undefined): string | undefined => {
  if (node?.type === 'Identifier' && typeof node.name === 'string') return node.name;
  return node?.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
};

export const isFunction = (node: Node | undefined): node is Node =>
  node?.type === 'ArrowFunctionExpression' || node?.type === 'FunctionExpression';

export const parseFile = (file: string): Node => {
  const program: unknown = parseAst(readFileSync(file, 'utf8'), { lang: 'ts' });
  if (!isNode(program)) throw new Error(`${file} has no syntax tree.`);
  return program;
};
