import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { packageWithOsls } from './template/package.ts';
import { deliveredFunctions } from './template/service.ts';
import { valueFaults } from './template/set-parameters.ts';
import type { Template } from './template/template.ts';

const page = readFileSync(path.join(import.meta.dirname, '../../docs/deploy.md'), 'utf8');

let plain: Template;
beforeAll(async () => {
  ({ plain } = await packageWithOsls());
});

/** The block below a heading. */
const recipe = (heading: string): string =>
  /```\w*\n([\s\S]*?)```/.exec(page.slice(page.indexOf(`\n## ${heading}\n`)))?.[1] ?? '';

/** Names and values, as a recipe writes them; a computed value is replaced by a valid one. */
const parametersIn = (block: string, pair: RegExp): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...block.matchAll(pair)].map(([, name = '', value = '']) => [
      name,
      { '"$CODE_BUCKET"': 'acme-deployments', '"$PREFIX"': 'cv-courier/0.2.0/', 'local.code': 'cv-courier/0.2.0/' }[
        value
      ] ?? value.replaceAll(/^["']|["']$/g, ''),
    ]),
  );

test.each([
  ['AWS CLI', (block: string) => block.slice(block.indexOf('--parameter-overrides')), /(\w+)=(\S+)/g],
  ['Terraform', (block: string) => block.slice(block.indexOf('parameters = {')), /^ {4}(\w+) += (\S+)/gm],
  ['CDK', (block: string) => block.slice(block.indexOf('parameters: {')), /^ {4}(\w+): (\S+),/gm],
])('the recipe for %s names parameters of the template, with values that it accepts', (tool, part, pair) => {
  const given = parametersIn(part(recipe(tool)), pair);
  expect(Object.keys(given)).toEqual(expect.arrayContaining(['CodeBucket', 'CodePrefix', 'KomboIntegrationId']));
  expect(valueFaults(plain, given)).toEqual([]);
});

test('the recipe for Terraform uploads the zips of all functions, and keeps the previous zips until the stack is updated', () => {
  const block = recipe('Terraform');
  const [, names = ''] = /toset\(\[(.*)\]\)/.exec(block) ?? [];
  expect(names.split(', ').toSorted()).toEqual(deliveredFunctions.map((name) => `"${name}"`).toSorted());
  const objects = block.split(/^resource /m).filter((one) => one.startsWith('"aws_s3_object"'));
  expect(objects).toHaveLength(2);
  for (const one of objects) expect(one).toContain('create_before_destroy = true');
});

test('the template is too large for a CloudFormation request, so each recipe uploads it to S3', () => {
  expect(Buffer.byteLength(JSON.stringify(plain))).toBeGreaterThan(51_200);
  expect(Buffer.byteLength(JSON.stringify(plain))).toBeLessThan(1_000_000);
  expect(recipe('AWS CLI')).toContain('--s3-bucket "$CODE_BUCKET" --s3-prefix "${PREFIX%/}"');
  expect(recipe('Terraform')).toContain('template_url');
});
