/** The numbers of events and answers, once, with unit and reason. Those of deliveries are in `lib/limits.ts`. */

/** Wrappings of one event. The longest sensible way has three (an SQS message with a failure record with an SNS event). */
export const maxWrappings = 4;

/** Characters of one result in a report of S3 Batch Operations: it is a table, and longer cells make it unreadable. */
export const maxResultLength = 500;

/** Entries of a list in one answer: more are hard to read in a console, and a Lambda answer holds 6 MB. */
export const maxShown = 50;

/** Files that one answer of "status" shows, unless the request says otherwise. */
export const defaultStatusFiles = 20;

/** Objects or records that one "attach" or "retry" works on, unless the request says otherwise. */
export const defaultFiles = 100;

/** Objects of one dry run: each is opened, and a few are enough to try a template. */
export const maxDryRunObjects = 20;

/** Kept free before the function ends, for the answer to an operator. Deliveries have settled by then. */
export const answerReserveMs = 2_000;

/** HeadObject calls in progress concurrently. */
export const parallelHeads = 8;

/** Point-in-time recovery goes back this far. An earlier date is a slip, and would have the sweep ask about old objects. */
export const maxRestoreAgeDays = 35;

/** Keys that one line about an operator's request shows, masked. */
export const maxLoggedKeys = 10;
