import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const folders = {
  events: path.join(import.meta.dirname, '../../handlers/events/samples'),
  examples: path.join(import.meta.dirname, '../../../handlers/examples'),
};

/** The JSON files of a folder whose names begin so, in order of their names. */
export const samplesOf = (folder: keyof typeof folders, start = ''): readonly unknown[] =>
  readdirSync(folders[folder])
    .filter((name) => name.startsWith(start) && name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(path.join(folders[folder], name), 'utf8')));

/** The name that stands in the samples and in the junk; no text for a log may hold it. */
export const personalText = /Frank|Doe|Zebulon|Quux/;
