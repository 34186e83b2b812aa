import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** The CV of an invented person, small enough to read in an editor. */
export const samplePath = path.join(import.meta.dirname, 'sample', 'Frank Doe CV.pdf');

/** Matches the default key template. The id has Kombo's format. */
export const sampleCandidateId = 'GRKwT7dMvcuqBnsZ5xHe4pYa';
export const sampleKey = `candidates/${sampleCandidateId}/${path.basename(samplePath)}`;

export const sampleBytes = (): Promise<Buffer> => readFile(samplePath);
