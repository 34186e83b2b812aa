import { readFileSync } from 'node:fs';

/** An event in its full real-world form, with invented names, from `samples/`. A fresh copy every time. */
export const sample = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`./samples/${name}.json`, import.meta.url), 'utf8'));
