import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** A CV of an invented person, small enough to read in an editor. */
export const samplePath = path.join(import.meta.dirname, 'sample', 'Frank Doe CV.pdf');

/** Fits the default key template. The id has the form of Kombo's. */
export const sampleCandidateId = 'GRKwT7dMvcuqBnsZ5xHe4pYa';
export const sampleKey = `candidates/${sampleCandidateId}/${path.basename(samplePath)}`;

export const sampleBytes = (): Promise<Buffer> => readFile(samplePath);
