/** Limits of events and answers. The limits of deliveries are in `lib/limits.ts`. */

/**
 * How deep an event may be nested. The deepest realistic nesting is three: an SNS event in a failure record in an SQS
 * message.
 */
export const maxWrappings = 4;

/**
 * Maximum characters of one result in an S3 Batch Operations report. The report is a table, and longer cells make it
 * hard to read.
 */
export const maxResultLength = 500;

/**
 * Maximum entries of a list in one answer. Longer lists are hard to read in a console, and a Lambda response is limited
 * to 6 MB.
 */
export const maxShown = 50;

/** Default number of files in a "status" answer. */
export const defaultStatusFiles = 20;

/** Default number of objects or records for one "attach" or "retry". */
export const defaultFiles = 100;

/** Maximum objects in one dry run. Each is opened, and a few are enough to try out a template. */
export const maxDryRunObjects = 20;

/** Time reserved at the end of an invocation to answer the operator. Deliveries have settled by then. */
export const answerReserveMs = 2_000;

/** Concurrent HeadObject calls. */
export const parallelHeads = 8;

/**
 * How far back point-in-time recovery reaches. An earlier date is a mistake, and would make the sweep check old objects
 * for nothing.
 */
export const maxRestoreAgeDays = 35;

/** Maximum keys in the log line about an operator's request; they are masked. */
export const maxLoggedKeys = 10;

/** Maximum integrations that an answer names to compare an unknown id with. */
export const maxNamedIntegrations = 10;

/** Maximum characters of an unknown code that an answer repeats. */
export const maxQuotedCode = 60;
