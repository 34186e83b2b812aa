import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** One instruction of a recipe: a sentence that names a file, usually with a block of text below it. */
export type Step =
  | { readonly kind: 'new file'; readonly file: string; readonly text: string }
  | { readonly kind: 'insert'; readonly file: string; readonly below: string; readonly text: string }
  | { readonly kind: 'append'; readonly file: string; readonly text: string }
  | { readonly kind: 'replace'; readonly file: string; readonly old: string; readonly by: string };

export interface Recipe {
  readonly title: string;
  readonly steps: readonly Step[];
}

const block = String.raw`:\n\n\`\`\`\w+\n(?<text>[\s\S]*?)\n\`\`\``;
const instructions = new RegExp(
  [
    String.raw`New file \`(?<created>[^\`]+)\`${block}`,
    String.raw`In \`(?<file>[^\`]+)\`, (?:below \`(?<below>[^\`]+)\`|at the end)${block.replace('text', 'inserted')}`,
    String.raw`In \`(?<changed>[^\`]+)\`, replace \`(?<old>[^\`]+)\` with \`(?<by>[^\`]+)\``,
  ].join('|'),
  'g',
);

const stepOf = (groups: Readonly<Record<string, string | undefined>>): Step => {
  const { created, text = '', file, below, inserted = '', changed = '', old = '', by = '' } = groups;
  if (created !== undefined) return { kind: 'new file', file: created, text };
  if (file === undefined) return { kind: 'replace', file: changed, old, by };
  return below === undefined
    ? { kind: 'append', file, text: inserted }
    : { kind: 'insert', file, below, text: inserted };
};

/** The recipes of CONTRIBUTING.md that have steps, in their order. */
export const recipesIn = (page: string): readonly Recipe[] =>
  page
    .split(/^### /m)
    .slice(1)
    .map((part) => ({
      title: part.split('\n')[0] ?? '',
      steps: [...part.matchAll(instructions)].map(({ groups = {} }) => stepOf(groups)),
    }))
    .filter(({ steps }) => steps.length > 0);

/** @throws {Error} when the place that a step names does not exist exactly once */
export const applyStep = async (folder: string, step: Step): Promise<void> => {
  const file = path.join(folder, step.file);
  if (step.kind === 'new file') {
    await mkdir(path.dirname(file), { recursive: true });
    return writeFile(file, `${step.text}\n`);
  }
  if (step.kind === 'append') return appendFile(file, `${step.text}\n`);
  const before = await readFile(file, 'utf8');
  const place = step.kind === 'insert' ? step.below : step.old;
  if (before.split(place).length !== 2) throw new Error(`${step.file} must have "${place}" exactly once.`);
  if (step.kind === 'replace')
    return writeFile(
      file,
      before.replace(step.old, () => step.by),
    );
  const lineEnd = before.indexOf('\n', before.indexOf(place));
  return writeFile(file, `${before.slice(0, lineEnd + 1)}${step.text}\n${before.slice(lineEnd + 1)}`);
};
