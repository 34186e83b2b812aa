import path from 'node:path';
import { build, type Plugin } from 'esbuild';
import { type Bundle, bundle } from '../../../infra/bundle.ts';

/** The programs that deliver files in the bench. `ours` is the built function as it is deployed. */
export const contenders = ['ours', 'core', 'naive', 'sdk', 'floor'] as const;
export type Contender = (typeof contenders)[number];

export interface Built {
  readonly modules: Readonly<Record<Contender | 'bare' | 'look', string>>;
  readonly trial: string;
  readonly functions: readonly Bundle[];
}

/** Builds our functions as for a deployment, and the others with esbuild's usual options for Lambda. */
export const buildContenders = async (outDir: string): Promise<Built> => {
  const functions = await bundle(undefined, { outDir });
  const ours = functions.find(({ name }) => name === 'on-upload');
  if (!ours) throw new Error('handlers/on-upload.ts is missing.');
  const peers = ['core', 'naive', 'sdk', 'floor', 'bare', 'look'] as const;
  await bundlePlainly(
    Object.fromEntries([
      ...peers.map((name) => [name, path.join(import.meta.dirname, `contenders/${name}.ts`)]),
      ['trial', path.join(import.meta.dirname, 'trial.ts')],
    ]),
    outDir,
  );
  const of = (name: string): string => path.join(outDir, `${name}.mjs`);
  return {
    modules: {
      ours: ours.modulePath,
      core: of('core'),
      naive: of('naive'),
      sdk: of('sdk'),
      floor: of('floor'),
      bare: of('bare'),
      look: of('look'),
    },
    trial: of('trial'),
    functions,
  };
};

/**
 * With the options that the manuals show: minified, tree-shaken, one module per entry, nothing removed by hand.
 * @param sources entries given as text instead of a file
 */
export const bundlePlainly = async (
  files: Readonly<Record<string, string>>,
  outDir: string,
  sources: Readonly<Record<string, string>> = {},
): Promise<void> => {
  const asText: Plugin = {
    name: 'as-text',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^text:/ }, ({ path: name }) => ({ path: name.slice('text:'.length), namespace: 'text' }));
      onLoad({ filter: /.*/, namespace: 'text' }, ({ path: name }) => ({
        contents: sources[name] ?? '',
        resolveDir: import.meta.dirname,
      }));
    },
  };
  await build({
    entryPoints: { ...files, ...Object.fromEntries(Object.keys(sources).map((name) => [name, `text:${name}`])) },
    plugins: [asText],
    outdir: outDir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    minify: true,
    legalComments: 'none',
    logLevel: 'silent',
  });
};
