import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

const folder = path.join(import.meta.dirname, '..', 'page');

export interface Asset {
  readonly contentType: string;
  readonly body: string;
}

/** The manuals that the page links to. Their paths are those in the repository, so that their relative links work. */
const manuals = ['infra/local/README.md', 'infra/local/kombo/README.md'];
const root = path.join(import.meta.dirname, '..', '..', '..', '..');

/**
 * The files of the page by path: HTML, CSS, script, icon and two manuals. Compiled at each start, which takes about 20
 * ms.
 */
export const pageAssets = async (): Promise<ReadonlyMap<string, Asset>> => {
  const text = (name: string) => readFile(path.join(folder, name), 'utf8');
  const manualAssets = manuals.map(
    async (name): Promise<[string, Asset]> => [
      `/${name}`,
      // Served as plain text, because browsers would download Markdown.
      { contentType: 'text/plain; charset=utf-8', body: await readFile(path.join(root, name), 'utf8') },
    ],
  );
  const [html, css, icon, script] = await Promise.all([
    text('console.html'),
    text('console.css'),
    text('icon.svg'),
    build({
      entryPoints: [path.join(folder, 'main.ts')],
      bundle: true,
      format: 'esm',
      target: 'es2022',
      minify: true,
      legalComments: 'none',
      write: false,
    }),
  ]);
  return new Map([
    ['/', { contentType: 'text/html; charset=utf-8', body: html }],
    ['/console.css', { contentType: 'text/css; charset=utf-8', body: css }],
    ['/icon.svg', { contentType: 'image/svg+xml', body: icon }],
    ['/console.js', { contentType: 'text/javascript; charset=utf-8', body: script.outputFiles[0]?.text ?? '' }],
    ...(await Promise.all(manualAssets)),
  ]);
};
