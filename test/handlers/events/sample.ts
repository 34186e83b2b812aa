import { readFileSync } from 'node:fs';

/** An event in its full real form, with invented names, from `samples/`. A new copy every time. */
export const sample = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`./samples/${name}.json`, import.meta.url), 'utf8'));
