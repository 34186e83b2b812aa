import path from 'node:path';
import { type BuildOptions, build } from 'esbuild';
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
  const here = import.meta.dirname;
  await build({
    ...plainOptions,
    entryPoints: {
      ...Object.fromEntries(peers.map((name) => [name, path.join(here, `contenders/${name}.ts`)])),
      trial: path.join(here, 'trial.ts'),
    },
    outdir: outDir,
    outExtension: { '.js': '.mjs' },
  });
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

/** The options that the manuals show: minified, tree-shaken, one module per entry, nothing removed by hand. */
export const plainOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  minify: true,
  legalComments: 'none',
  logLevel: 'silent',
} satisfies BuildOptions;
