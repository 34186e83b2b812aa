import * as v from 'valibot';

/** Milliseconds since the epoch, within the range of `Date`, so that a damaged record cannot make a log line throw. */
export const timestamp = v.pipe(v.number(), v.minValue(0), v.maxValue(8.64e15));
