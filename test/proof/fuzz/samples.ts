import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const folders = {
  events: path.join(import.meta.dirname, '../../handlers/events/samples'),
  examples: path.join(import.meta.dirname, '../../../handlers/examples'),
};

/** The JSON files of a folder whose names start with this text, sorted by name. */
export const samplesOf = (folder: keyof typeof folders, start = ''): readonly unknown[] =>
  readdirSync(folders[folder])
    .filter((name) => name.startsWith(start) && name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(path.join(folders[folder], name), 'utf8')));

/** The name in the samples and in the damaged values; no text for a log may contain it. */
export const personalText = /Frank|Doe|Zebulon|Quux/;
