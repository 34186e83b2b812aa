import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type BuildFailure, type BuildOptions, build, formatMessages, type Metafile } from 'esbuild';
import { zipSync } from 'fflate';
import { pruneSdk } from './bundle/prune-sdk.ts';
import { readFlags, refuseFlagsOfNpm, runScript } from './command-line.ts';
import { handlersIn } from './handler-names.ts';

const root = path.join(import.meta.dirname, '..');

export type BundleOptions = {
  /** Folder with on-*.ts. Default: handlers/ of this repository. */
  readonly handlersDir?: string;
  /** Folder to write to. Default: dist/ of this repository. */
  readonly outDir?: string;
};

export type Bundle = {
  readonly name: string;
  readonly modulePath: string;
  readonly zipPath: string;
  readonly metaPath: string;
  readonly sizeBytes: number;
  readonly zipBytes: number;
};

/** A handler could not be bundled. The message contains the compiler's message with file and line. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
}

/** Names of all handlers: on-upload for handlers/on-upload.ts, and so on, sorted. */
export const handlerNames = async (handlersDir = path.join(root, 'handlers')): Promise<readonly string[]> =>
  handlersIn(handlersDir);

/**
 * Bundles handlers into standalone files, without node_modules. For each name it writes: `<name>/index.mjs` (with a
 * source map beside it), `<name>.zip` with only index.mjs, and `<name>.meta.json` (esbuild metafile). Files are
 * replaced atomically, so a running local stack never imports half a bundle.
 * @throws {BundleError} when a handler does not exist or does not compile
 */
export const bundle = async (names?: readonly string[], options: BundleOptions = {}): Promise<readonly Bundle[]> => {
  const handlersDir = options.handlersDir ?? path.join(root, 'handlers');
  const outDir = options.outDir ?? path.join(root, 'dist');
  const known = await handlerNames(handlersDir);
  const wanted = names ?? known;
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new BundleError(`No handler ${unknown.join(', ')}. The handlers are: ${known.join(', ') || 'none'}.`);
  }
  return await Promise.all(wanted.map((name) => bundleOne(name, path.join(handlersDir, `${name}.ts`), outDir)));
};

const bundleOne = async (name: string, entry: string, outDir: string): Promise<Bundle> => {
  const { code, map, metafile } = await compile(name, entry);
  const modulePath = path.join(outDir, name, 'index.mjs');
  const zipPath = path.join(outDir, `${name}.zip`);
  const metaPath = path.join(outDir, `${name}.meta.json`);
  const zip = zipOf(code);
  await mkdir(path.dirname(modulePath), { recursive: true });
  await replaceFile(`${modulePath}.map`, map);
  await replaceFile(modulePath, code);
  await replaceFile(zipPath, zip);
  await replaceFile(metaPath, JSON.stringify(metafile));
  return { name, modulePath, zipPath, metaPath, sizeBytes: code.length, zipBytes: zip.length };
};

type Compiled = { code: Uint8Array; map: Uint8Array; metafile: Metafile };

const compile = async (name: string, entry: string): Promise<Compiled> => {
  const plain = await compileWith(name, { entryPoints: [entry] });
  const output = Object.values(plain.metafile.outputs).find((file) => file.entryPoint !== undefined);
  const requires = output?.imports.some((imported) => imported.kind === 'require-call') ?? false;
  if (!requires) return plain;
  // A CommonJS package in the bundle loads a Node module with require(), which ES modules do not have.
  const banner = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";
  return await compileWith(name, { entryPoints: [entry], banner: { js: banner } });
};

const compileWith = async (name: string, options: BuildOptions): Promise<Compiled> => {
  try {
    const result = await build({
      ...options,
      outfile: 'index.mjs',
      absWorkingDir: root,
      bundle: true,
      platform: 'node',
      target: 'node24',
      format: 'esm',
      // Packages offer ES modules under "module"; their CommonJS form cannot be tree-shaken and needs require().
      mainFields: ['module', 'main'],
      alias: {
        '@aws-sdk/credential-provider-node': path.join(import.meta.dirname, 'bundle/lambda-credentials.ts'),
        debug: path.join(import.meta.dirname, 'bundle/noop-debug.ts'),
      },
      plugins: [pruneSdk],
      minify: true,
      legalComments: 'none',
      // For reading stack traces. Not in the zip, because it would slow down every cold start.
      sourcemap: 'external',
      metafile: true,
      write: false,
      logLevel: 'silent',
    });
    const code = result.outputFiles?.find((file) => file.path.endsWith('.mjs'))?.contents;
    const map = result.outputFiles?.find((file) => file.path.endsWith('.map'))?.contents;
    if (code === undefined || map === undefined || result.metafile === undefined) {
      throw new BundleError(`${name}: esbuild returned no output.`);
    }
    return { code, map, metafile: result.metafile };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    const messages = await formatMessages(error.errors, { kind: 'error', color: false });
    throw new BundleError(`${name} does not compile.\n${messages.join('').trimEnd()}`, { cause: error });
  }
};

const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && 'errors' in error && Array.isArray(error.errors);

/**
 * A zip with only index.mjs. The same code gives the same bytes, so an unchanged function is not deployed again. The
 * date is built from local parts because zip files store local time; 1980 is the format's first year.
 */
const zipOf = (code: Uint8Array): Uint8Array =>
  zipSync({ 'index.mjs': [code, { level: 9, mtime: new Date(1980, 0, 1), os: 3, attrs: 0o644 << 16 }] });

const replaceFile = async (target: string, content: string | Uint8Array): Promise<void> => {
  const draft = `${target}.${process.pid}-${replacements++}.tmp`;
  await writeFile(draft, content);
  await rename(draft, target);
};
let replacements = 0;

/** One aligned line per bundle: name, size of the code, size and path of the zip. */
export const sizeLines = (bundles: readonly Bundle[]): readonly string[] => {
  const nameWidth = Math.max(0, ...bundles.map((one) => one.name.length));
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1).padStart(7)} kB`;
  return bundles.map(
    (one) =>
      `${one.name.padEnd(nameWidth)}  ${kilobytes(one.sizeBytes)}  zip ${kilobytes(one.zipBytes)}  ${path.relative(process.cwd(), one.zipPath)}`,
  );
};

const usage = `Usage: npm run build -- [FUNCTION ...]

Bundles all functions, or only the named ones, into dist/: on-upload, on-schedule, on-demand, on-batch.`;

/** `npm run package` and `npm run deploy` begin with this script. osls would take the stage dev. */
const refuseFlagsOfOsls = (): void => {
  for (const script of ['package', 'deploy']) {
    refuseFlagsOfNpm(script, ['stage', 'region', 'param', 'aws-profile'], process.env);
  }
};

const main = async (): Promise<void> => {
  refuseFlagsOfOsls();
  const options = { help: { type: 'boolean', default: false } } as const;
  const { values, positionals } = readFlags({ args: process.argv.slice(2), allowPositionals: true, options });
  if (values.help) return console.log(usage);
  const bundles = await bundle(positionals.length > 0 ? positionals : undefined);
  for (const line of sizeLines(bundles)) console.log(line);
};

if (import.meta.main) {
  await runScript('build', main, (error) => (error instanceof BundleError ? error.message : undefined));
}
