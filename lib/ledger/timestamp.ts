import * as v from 'valibot';

/** Milliseconds since the epoch, as far as a Date can tell them: no garbled record may make a log line throw. */
export const timestamp = v.pipe(v.number(), v.minValue(0), v.maxValue(8.64e15));
