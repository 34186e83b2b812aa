import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/**
 * Lets esbuild remove unused parts of the AWS SDK's clients: about 64 kB that every cold start would have to read. The
 * meaning of the code does not change. If a later SDK is written differently, it is bundled as it is, and the size test
 * fails.
 */
export const pruneSdk: Plugin = {
  name: 'prune-sdk',
  setup: (build) => {
    build.onLoad({ filter: /@aws-sdk\/client-[a-z0-9-]+\/dist-es\/schemas\/schemas_\d+\.js$/ }, async ({ path }) => ({
      contents: withPlainKeys(await readFile(path, 'utf8')),
    }));
    build.onLoad({ filter: /@aws-sdk\/client-[a-z0-9-]+\/package\.json$/ }, async ({ path }) => ({
      contents: versionOnly(await readFile(path, 'utf8')),
      loader: 'json',
    }));
  },
};

/**
 * `{ [_h]: 1 }` becomes `{ "http": 1 }` for every `const _h = "http"` in the file. A bundler must keep an object with a
 * computed key, because computing the key could have side effects. The descriptions of a hundred unused operations
 * would be kept with it.
 */
export const withPlainKeys = (source: string): string => {
  const constants = new Map(
    Array.from(source.matchAll(/^const (\w+) = ("[^"\\]*");$/gm), ([, name, text]) => [name, text]),
  );
  return source.replace(/([{,]\s*)\[(\w+)\]:/g, (whole, before: string, name: string) => {
    const text = constants.get(name);
    return text === undefined ? whole : `${before}${text}:`;
  });
};

/** The clients read only their version from it, for the user agent. */
export const versionOnly = (packageJson: string): string => {
  const { version } = JSON.parse(packageJson) as { readonly version: string };
  return JSON.stringify({ version });
};
