import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { pruneSdk, versionOnly, withPlainKeys } from '../../../infra/bundle/prune-sdk.ts';

test('a computed key that is a constant of the file becomes a plain key', () => {
  const source =
    'const _h = "http";\nconst _hQ = "httpQuery";\nexport var A$ = [9, { [_h]: ["GET", "/"], [_hQ]: 1 }];\n';
  expect(withPlainKeys(source)).toBe(
    'const _h = "http";\nconst _hQ = "httpQuery";\nexport var A$ = [9, { "http": ["GET", "/"], "httpQuery": 1 }];\n',
  );
});

test('a computed key that is not a constant of the file stays', () => {
  const source =
    'import { _e } from "x";\nconst _n = next();\nlet _v = "v";\nexport var A$ = { [_e]: 1, [_n]: 2, [_v]: 3 };\n';
  expect(withPlainKeys(source)).toBe(source);
});

test('an element access is not mistaken for a computed key', () => {
  const source = 'const _h = "http";\nexport const f = (o) => (o ? o[_h] : [_h]);\n';
  expect(withPlainKeys(source)).toBe(source);
});

test('only the version is kept of a package.json', () => {
  expect(versionOnly('{"name":"@aws-sdk/client-s3","version":"3.1.0","dependencies":{"a":"1"}}')).toBe(
    '{"version":"3.1.0"}',
  );
});

test('the bundle contains the SDK operations in use, and nothing of the others', async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: "export { GetObjectCommand } from '@aws-sdk/client-s3';",
      resolveDir: import.meta.dirname,
    },
    plugins: [pruneSdk],
    bundle: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    write: false,
  });
  const code = outputFiles[0]?.text ?? '';
  expect(code).toContain('/{Key+}?x-id=GetObject');
  expect(code).not.toContain('?select&select-type=2');
  expect(code).not.toContain('WriteGetObjectResponse');
});
