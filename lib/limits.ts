/** Every number that is not a setting, once, with its unit and its reason. Settings are in `config/settings.ts`. */

const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
export const daySeconds = dayMs / secondMs;
const kibibyte = 1024;
export const mebibyte = 1024 * kibibyte;

/** Node's timers overflow above this and would fire immediately. */
export const maxTimerMs = 2 ** 31 - 1;

// --- One delivery ---

/** Deliveries in progress concurrently in one function. Memory grows with this, not with the event. */
export const parallelDeliveries = 4;

/** With less time left a delivery could not settle; the event, the task or the next run repeats it. */
export const minTimeToStartMs = 30 * secondMs;

/** Time of a delivery beside the call to Kombo: opening the object and settling the ledger. */
export const timeBesideKomboMs = 30 * secondMs;

/** Kept free before the function ends, for the write that settles the delivery. */
export const settleReserveMs = 5 * secondMs;

/** Waits between attempts to settle. With quick refusals all of them fit into the reserve; a silent table gets fewer. */
export const settleWaitsMs = [100, 300, 900] as const;

/** Attempts of one upload before an operator must act. Throttled attempts do not count. */
export const maxAttempts = 12;

/** The retry budget in time: what was not delivered by then is held. */
export const retryBudgetMs = dayMs;

/** Longest wait between two attempts, and the longest that a header of Kombo's can ask for: the schedule runs anyway. */
export const maxBackoffMs = hourMs;
/** First wait after throttling, where Kombo advises to start. */
export const throttledBaseMs = secondMs;

/** The ATS struggles after Kombo's own repeats, so it gets minutes: the floor as a multiple of the base. */
export const laterFloorFactor = 2;

/** Repeats within one invocation, the longest wait before one of them, and before the first (it doubles). */
export const maxQuickRepeats = 2;
export const maxQuickWaitMs = 3 * secondMs;
export const quickRepeatBaseMs = secondMs;
/** With less time left a repeat would only be cut off. */
export const minTimeToRepeatMs = 10 * secondMs;

/** A file of which three attempts ended without an answer risks one copy per attempt, so an operator looks. */
export const maxUnknownAttempts = 3;

/** A verdict of the malware scan comes within minutes of the upload; after this long it is missing. */
export const verdictWaitMs = 30 * minuteMs;

/**
 * The same resend within this time is the same request: the AWS CLI repeats one after a minute without an answer, and the
 * console's Test button is pressed twice.
 */
export const sameResendMs = 15 * minuteMs;

/** Code points of an attachment's name. Kombo publishes no limit; file systems stop at 255 bytes. */
export const maxNameLength = 200;

// --- The object in S3 ---

/** S3 answers in milliseconds; silence for this long is a fault. */
export const sourceStallMs = 20 * secondMs;

/** Two uploads of one second cannot be told apart by time: that second, and 5 s by which the clocks of S3 and Lambda may differ. */
export const sameUploadMarginMs = 6 * secondMs;

/** Bytes of one base64 block: a multiple of three, so that only the last block ends in padding. */
export const base64BlockBytes = 48 * kibibyte;

/** Leading bytes that decide the type of a file; file-type reads no further for the formats that matter here. */
export const sniffBytes = 4_100;

// --- Calls to Kombo ---

/**
 * A connection idle for longer is not used again. Lambda freezes between invocations, and a small body can vanish into a
 * connection that the other side closed in the meantime: an unknown outcome for no reason.
 */
export const maxIdleConnectionMs = 4 * secondMs;

/** Longer than any handshake takes; a host that does not answer at all would use up the whole deadline. */
export const maxHandshakeMs = 10 * secondMs;

/** No answer of Kombo's comes near these sizes; a longer one is read no further. Only lists are long. */
export const maxAnswerBytes = { POST: 64 * kibibyte, GET: 4 * mebibyte } as const;

/** The last piece of a body is never longer than this, however the body was made. */
export const lastStretchBytes = 64 * kibibyte;

/** Characters of Kombo's own message or warning that are kept. */
export const maxMessageLength = 500;

/** A listing of a target is one call; an ATS that takes longer is asked again later. */
export const listingTimeoutMs = minuteMs;

/** The preflight saves a call; a delivery waits no longer for it. */
export const restrictionsTimeoutMs = 3 * secondMs;

/** How long an integration's limits are remembered, and a failed reading of them. */
export const restrictionsLifetimeMs = hourMs;
export const failedRestrictionsLifetimeMs = 5 * minuteMs;
export const maxCachedRestrictions = 1_000;

/** A new API key in the secret is used within this time, without a deployment. */
export const apiKeyLifetimeMs = 5 * minuteMs;

/** A run that probes a pause asks whether there is a new key. */
export const apiKeyVersionLifetimeMs = minuteMs;

/** Kombo refusing many files at the same time must not flood Secrets Manager. */
export const minApiKeyRefreshMs = 10 * secondMs;

/** Longest time that the action "check" waits for one answer of Kombo. */
export const checkTimeoutMs = 15 * secondMs;

/** All parts together: clients of the function give up on an answer after a minute. Kept free of it for a function that ends sooner. */
export const checksTimeoutMs = 45 * secondMs;
export const checkReserveMs = 3 * secondMs;

/** Kombo writes all synced files of an environment below one prefix, so a few show where. */
export const syncedFilesAsked = 10;

/** One or two unknown ids are deleted candidates or slips of the uploader; from here on the check suspects their source. */
export const minOddIds = 3;

/** Targets that the check lists in turn, until one shows whether the right to list is there: some may be gone. */
export const maxListedTargets = 3;

/**
 * A lifecycle rule that takes objects away earlier is reported: retries end after a day, but what is held waits for an
 * operator, who may be away. Also the shortest time that the stack allows for its own bucket.
 */
export const minKeptDays = 30;

/** The host of a link may redirect to its storage, also through other hosts; more redirects than this are a fault. */
export const maxLinkRedirects = 3;
/** Storage answers in milliseconds, so a download ends after this much silence, before its answer or within it. */
export const linkSilenceMs = 10 * secondMs;

/** Longest download, redirects included: a host that sends a byte now and then is never silent and would never end. */
export const linkTimeoutMs = minuteMs;

// --- Calls to AWS ---

/** Establishing a connection within one region takes milliseconds. */
export const awsConnectTimeoutMs = secondMs;

/** Two dead connections, one after the other, and an outcome is still written within the settle reserve. */
export const dynamodbTimeoutMs = 1_500;
export const s3TimeoutMs = 8 * secondMs;

/** A listing that has to skip many deleted versions takes long; no other call does. */
export const s3ListingTimeoutMs = minuteMs;

/** Asked by the check only, while its caller waits. */
export const snsTimeoutMs = 5 * secondMs;

/** The key is read while a file waits and the function's time passes. */
export const secretTimeoutMs = 2 * secondMs;

/** Longest waits before keys are asked for again that DynamoDB left unprocessed; the wait is drawn below them. */
export const unprocessedWaitsMs = [50, 100, 200, 400, 800, 1_600, 3_200] as const;

/** DynamoDB takes at most this many keys in one BatchGetItem. */
export const maxBatchGetKeys = 100;

// --- The ledger ---

/** Enough to spread the writes of an index over partitions, few enough to read all of them in one run. */
export const shardCount = 4;

/** Items of one page of an index, where they are worked on and where they are only counted. */
export const ledgerPageSize = 100;
export const countPageSize = 500;

/** Lanes that are counted at the same time for an operator. */
export const parallelCounts = 8;

/** Records that are told again at the same time. */
export const parallelTells = 8;

/** Longest time of one request to tell outcomes again: clients give up on an answer after a minute, and repeat the request. */
export const tellTimeMs = 45 * secondMs;

/** Rounds for one record that others keep changing; each conflict means that another writer was faster. */
export const maxConflictRounds = 5;

// --- Load ---

/** Kombo's limit of calls in flight per integration, until an answer names another one; some of it is left to others. */
export const documentedCallLimit = 30;
export const callsLeftToOthers = 5;

/** Most instances of all functions together: each takes its share of these calls, and at least one. */
export const maxInstances = documentedCallLimit - callsLeftToOthers;

/** New uploads of an integration that was full this recently go through the schedule. */
export const busyForMs = 30 * secondMs;

// --- Lanes ---

/** A warm function may act on a view of a lane that is this old. */
export const laneViewLifetimeMs = 30 * secondMs;
export const maxLaneViews = 1_000;

/**
 * A file enters a lane at most this long after the lane was touched. The lane is read in every run for twice as long, because
 * an index may show the file later, and is kept for an hour, because a run that reads it may be slow.
 */
export const touchEveryMs = 10 * minuteMs;
export const laneDueAfterTouchMs = 20 * minuteMs;
export const laneKeptAfterTouchMs = hourMs;

/** A lane that cannot be worked on is counted this often. */
export const countEveryMs = hourMs;

/** One answer that the other side is down may concern one file; three in a row concern all. */
export const outagesToPause = 3;

/** Waits before a probe; they double. The first and the longest during an outage, and where someone must act. */
export const firstOutageProbeMs = minuteMs;
export const maxOutageProbeMs = 30 * minuteMs;
export const firstProbeMs = 5 * minuteMs;
export const maxProbeMs = hourMs;

/** Shorter than any schedule: a description of the integration that has shown the cause is read in every run. */
export const readingEveryMs = 10 * secondMs;

/** Readings and probes of one run. */
export const maxReadings = 50;

/** Lanes in which one probe of the account looks for files. */
export const maxSearchedLanes = 200;

/** Longest listing of a probe: an ATS that takes longer is not up, and other lanes wait for their probe. */
export const probeListingTimeoutMs = 15 * secondMs;

/** Files that were deleted in the meantime say nothing about Kombo, so a probe may use a few more. */
export const maxProbeFiles = 5;

/** Lanes that take turns in showing whether a pause of the account has ended. */
export const maxProbedLanes = 25;

// --- Read-back ---

/** Looks that must agree before a file is sent again, or before it is held for an operator. */
export const looksToDecide = 2;

/** A look with a temporary doubt does not count until the outcome has been unknown for this long. */
export const passingReasonMs = dayMs;

/** Attempts of one file in all, where the tool's files cannot be listed and Kombo calls a repeat safe. */
export const maxUnreadAttempts = 5;

/** The last attempt could meet the same outage as the one before it, so it waits this long after the start of that one. */
export const lastAttemptAfterOutageMs = 6 * hourMs;

/** A file dated this much before our first unanswered attempt is not ours: a wrong clock or zone is less than a day off. */
export const datedBeforeMs = dayMs;

/** The bounds of one look: time, requests, files that are read whole, and downloads at the same time. */
export const lookTimeoutMs = 2 * minuteMs;
export const maxLookRequests = 1_000;
export const maxWholeDownloads = 50;
export const parallelDownloads = 8;

/** Other uploads of a target whose bytes are recognised in one look: no more files are compared. */
export const maxOtherUploads = maxLookRequests;

/** Opening an object and reading its first bytes; where S3 has no checksum of it, all of them. */
export const objectTimeoutMs = 30 * secondMs;

// --- What is known of a tool ---

/** Tools change, so a lesson holds for 30 days. After 20 the next upload is compared again, so that no gap arises. */
export const lessonLifetimeMs = 30 * dayMs;
export const lessonRefreshMs = 20 * dayMs;

/** A file found later than this shows little about how soon the tool lists files, so the next upload is compared as well. */
export const promptLagMs = hourMs;

/** Lessons kept per kind of target and content type: two from different targets, and older ones with longer files. */
export const maxLessonsKept = 4;
/** Samples that wait for their comparison at the same time, per kind of target and content type. */
export const maxWaitingSamples = 2;
/** Pairs of target kind and content type that are kept per integration; more than an ATS accepts. */
export const maxToolGroups = 40;

// --- Runs ---

/** A run waits this long for Kombo with nothing else to do; longer, and the next run continues. */
export const maxIdleWaitMs = 5 * secondMs;
/** Kept free for the rest of a run or of an answer. */
export const runReserveMs = 15 * secondMs;

/**
 * Files that one cause holds, or rejects, less than an hour apart are one wave. What is new is told by one run or two: until
 * its alarm is off, no other cause can ring it. More than the 5 minutes between two runs, because an index shows a write a
 * moment later. What began while no run told of it is told by the next one, however long ago that was.
 */
export const waveGapMs = hourMs;
export const newForMs = 6 * minuteMs;

/** Files of one lane that are taken before the other lanes have their turn. */
export const lanePageSize = 25;

/** A long backlog is not read to its end only to be counted. */
export const maxCounted = 1_000;

/** Adaptive concurrency: successes per place before the limit grows (doubles with each throttling), and the standstill. */
export const maxSuccessesToGrow = 16;
export const firstStandstillMs = secondMs;
export const maxStandstillMs = minuteMs;

/**
 * An object may show up in a listing long after its date: clocks differ, and a multipart upload is dated by its start.
 * Objects that are this much older than the start of the last finished pass are asked about again; once a day, those of
 * three days. A multipart upload that takes longer is found only by its own event.
 */
export const sweepMarginMs = hourMs;
export const sweepDeepMs = 3 * dayMs;

/** A sweep of which no pass has finished for this long has stopped; the alarm sweep-stopped has the same threshold. */
export const sweepStoppedMs = dayMs;

/** A run that stopped loses its lease before the next run, 5 minutes later. The cursor is written every minute. */
export const sweepLeaseMs = 3 * minuteMs;
export const sweepCursorMs = minuteMs;
/** Runs start every 5 minutes, give or take this: a pass that is due must not wait for one run more. */
export const sweepJitterMs = minuteMs;
/** S3 reports whole seconds: an object put right after the first sweep must not look older than it. */
export const sweepStartMarginMs = 2 * secondMs;

/**
 * A canary a day. One that the bucket has not taken is put again after this long; the longest put is shorter. An item of two
 * days ago is left from a time when the canary was off.
 */
export const canaryRetryMs = 10 * minuteMs;
export const canaryOffAfterMs = 2 * dayMs;
/** The alarm canary has the same threshold. */
export const canaryLateAfterMs = hourMs;

/** Pages that are listed for one answer: a prefix may hold a million folder markers. Folders that are shown as unwatched. */
export const maxListedPages = 20;
export const maxUnwatchedFolders = 20;
