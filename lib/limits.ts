/** Every number that is not a setting, with its unit and its reason. Settings are in `config/settings.ts`. */

const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
export const daySeconds = dayMs / secondMs;
const kibibyte = 1024;
export const mebibyte = 1024 * kibibyte;

/** Node's timers overflow above this value and would fire immediately. */
export const maxTimerMs = 2 ** 31 - 1;

// --- One delivery ---

/** Concurrent deliveries in one function. Memory grows with this number, not with the event. */
export const parallelDeliveries = 4;

/** Minimum time to start a delivery. With less, it could not settle; the event, the task or the next run repeats it. */
export const minTimeToStartMs = 30 * secondMs;

/** Time of a delivery outside the call to Kombo: opening the object and settling the ledger. */
export const timeBesideKomboMs = 30 * secondMs;

/** Time reserved at the end of an invocation for the write that settles the delivery. */
export const settleReserveMs = 5 * secondMs;

/**
 * Waits between attempts to settle. If the table rejects quickly, all attempts fit into the reserve; if it does not
 * respond, fewer do.
 */
export const settleWaitsMs = [100, 300, 900] as const;

/** Attempts of one upload before an operator must act. Throttled attempts do not count. */
export const maxAttempts = 12;

/** The retry budget in time. A file that is not delivered by then is held. */
export const retryBudgetMs = dayMs;

/** Longest wait between two attempts, also when a header from Kombo asks for more, because the schedule runs anyway. */
export const maxBackoffMs = hourMs;
/** First wait after throttling, as Kombo advises. */
export const throttledBaseMs = secondMs;

/**
 * The minimum wait, as a multiple of the base. Kombo has already repeated the call to the ATS, so the ATS gets minutes.
 */
export const laterFloorFactor = 2;

/** Repeats within one invocation, the longest wait before one, and the wait before the first, which doubles. */
export const maxQuickRepeats = 2;
export const maxQuickWaitMs = 3 * secondMs;
export const quickRepeatBaseMs = secondMs;
/** With less time left, a repeat would be cut off. */
export const minTimeToRepeatMs = 10 * secondMs;

/** After three attempts with unknown outcomes an operator must look, because each attempt may have created a copy. */
export const maxUnknownAttempts = 3;

/** A scan verdict arrives within minutes of the upload. After this long it counts as missing. */
export const verdictWaitMs = 30 * minuteMs;

/**
 * An identical resend within this time counts as the same request: the AWS CLI retries after a minute without a
 * response, and the console's Test button may be pressed twice.
 */
export const sameResendMs = 15 * minuteMs;

/** Maximum code points of an attachment's name. Kombo publishes no limit; file systems allow 255 bytes. */
export const maxNameLength = 200;

// --- The object in S3 ---

/** S3 responds in milliseconds, so silence for this long is a fault. */
export const sourceStallMs = 20 * secondMs;

/**
 * Two uploads within one second cannot be ordered by time. This is that second, plus 5 s by which the clocks of S3 and
 * Lambda may differ.
 */
export const sameUploadMarginMs = 6 * secondMs;

/** Size of one base64 block: a multiple of three, so that only the last block has padding. */
export const base64BlockBytes = 48 * kibibyte;

/** Leading bytes that decide a file's type. file-type reads no further for the relevant formats. */
export const sniffBytes = 4_100;

// --- Calls to Kombo ---

/**
 * A connection that was idle for longer is not reused. Lambda freezes between invocations, and a small body can be lost
 * in a connection that the other side has closed meanwhile, which would be an avoidable unknown outcome.
 */
export const maxIdleConnectionMs = 4 * secondMs;

/** Longer than any handshake. Without it, a host that does not respond would use up the whole deadline. */
export const maxHandshakeMs = 10 * secondMs;

/** Far above the size of any response from Kombo; a longer one is not read further. Only lists are long. */
export const maxAnswerBytes = { POST: 64 * kibibyte, GET: 4 * mebibyte } as const;

/** The last piece of a body is never longer than this, whatever its source. */
export const lastStretchBytes = 64 * kibibyte;

/** Maximum characters of Kombo's own messages and warnings that are kept. */
export const maxMessageLength = 500;

/** Time limit for listing a target. A slower ATS is asked again later. */
export const listingTimeoutMs = minuteMs;

/** Time limit for the preflight, which is optional: a delivery does not wait longer for it. */
export const restrictionsTimeoutMs = 3 * secondMs;

/** How long the limits of an integration, or a failure to read them, are cached. */
export const restrictionsLifetimeMs = hourMs;
export const failedRestrictionsLifetimeMs = 5 * minuteMs;
export const maxCachedRestrictions = 1_000;

/** A new API key in the secret is used within this time, without a deployment. */
export const apiKeyLifetimeMs = 5 * minuteMs;

/** A run that probes a pause asks whether there is a new key. */
export const apiKeyVersionLifetimeMs = minuteMs;

/** Minimum time between refreshes, so that many rejected calls do not flood Secrets Manager. */
export const minApiKeyRefreshMs = 10 * secondMs;

/** Time limit of the action "check" for one response from Kombo. */
export const checkTimeoutMs = 15 * secondMs;

/**
 * Time limit for all checks together, because clients stop waiting after a minute; and the time reserved at the end if
 * the function ends sooner.
 */
export const checksTimeoutMs = 45 * secondMs;
export const checkReserveMs = 3 * secondMs;

/** Kombo stores all synced files of an environment under one prefix, so a few show where. */
export const syncedFilesAsked = 10;

/**
 * One or two unknown ids are deleted candidates or uploaders' mistakes. From this number on, the check suspects their
 * source.
 */
export const minOddIds = 3;

/**
 * How many targets the check tries to list before it gives up. Some targets may no longer exist, so one is not enough
 * to test the permission.
 */
export const maxListedTargets = 3;

/**
 * A lifecycle rule that deletes or archives objects earlier is reported: retries end after a day, but held files wait
 * for an operator, who may be away. Also the minimum retention of the stack's own bucket.
 */
export const minKeptDays = 30;

/** The host of a link may redirect to its storage through other hosts. More redirects than this are a fault. */
export const maxLinkRedirects = 3;
/** Storage responds in milliseconds, so a download ends after this much silence, before or within its response. */
export const linkSilenceMs = 10 * secondMs;

/** Longest download, redirects included. It stops hosts that send a byte now and then, and so are never silent. */
export const linkTimeoutMs = minuteMs;

// --- Calls to AWS ---

/** Establishing a connection within one region takes milliseconds. */
export const awsConnectTimeoutMs = secondMs;

/** Short enough that an outcome is still written within the settle reserve after two dead connections. */
export const dynamodbTimeoutMs = 1_500;
export const s3TimeoutMs = 8 * secondMs;

/** Only a listing that has to skip many deleted versions takes this long. */
export const s3ListingTimeoutMs = minuteMs;

/** Used only by the action "check", while its caller waits. */
export const snsTimeoutMs = 5 * secondMs;

/** Short, because a file waits while the key is read. */
export const secretTimeoutMs = 2 * secondMs;

/** Upper limits of the random waits before DynamoDB is asked again for unprocessed keys. */
export const unprocessedWaitsMs = [50, 100, 200, 400, 800, 1_600, 3_200] as const;

/** DynamoDB accepts at most this many keys in one BatchGetItem. */
export const maxBatchGetKeys = 100;

// --- The ledger ---

/** Enough to spread the writes of an index over partitions, and few enough to read all of them in one run. */
export const shardCount = 4;

/** Items of one index page, for work and for counting. */
export const ledgerPageSize = 100;
export const countPageSize = 500;

/** Lanes that are counted concurrently for an operator. */
export const parallelCounts = 8;

/** Records whose outcome is sent again concurrently. */
export const parallelTells = 8;

/** Time limit of one request to send outcomes again. Clients stop waiting after a minute and repeat the request. */
export const tellTimeMs = 45 * secondMs;

/** Maximum rounds for one record that other invocations keep changing. */
export const maxConflictRounds = 5;

// --- Load ---

/**
 * Kombo's limit on concurrent calls per integration until a response states another one, and how many of them are left
 * to other users.
 */
export const documentedCallLimit = 30;
export const callsLeftToOthers = 5;

/** Maximum instances of all functions together, because each gets at least one of these calls. */
export const maxInstances = documentedCallLimit - callsLeftToOthers;

/** After an integration was full, its new uploads go through the schedule for this long. */
export const busyForMs = 30 * secondMs;

// --- Lanes ---

/** Maximum age of a function's cached view of a lane. */
export const laneViewLifetimeMs = 30 * secondMs;
export const maxLaneViews = 1_000;

/**
 * A file enters a lane at most this long after the lane was touched. The lane is read in every run for twice as long,
 * because an index may show the file late. It is kept for an hour, because a run that reads it may be slow.
 */
export const touchEveryMs = 10 * minuteMs;
export const laneDueAfterTouchMs = 20 * minuteMs;
export const laneKeptAfterTouchMs = hourMs;

/** How often a lane is counted while it is paused. */
export const countEveryMs = hourMs;

/** One outage response may concern one file only; three in a row concern all. */
export const outagesToPause = 3;

/** First and longest wait before a probe, during an outage and when someone must act. The waits double. */
export const firstOutageProbeMs = minuteMs;
export const maxOutageProbeMs = 30 * minuteMs;
export const firstProbeMs = 5 * minuteMs;
export const maxProbeMs = hourMs;

/** Shorter than the interval of any schedule, so every run reads a description that has shown the cause. */
export const readingEveryMs = 10 * secondMs;

/** Maximum readings and probes of one run. */
export const maxReadings = 50;

/** Maximum lanes in which a probe of the account looks for a file. */
export const maxSearchedLanes = 200;

/** Time limit for the listing of a probe. A slower ATS does not count as up, and other lanes wait for their probe. */
export const probeListingTimeoutMs = 15 * secondMs;

/**
 * Maximum files of one probe. A file that was deleted meanwhile shows nothing about Kombo, so more than one may be
 * needed.
 */
export const maxProbeFiles = 5;

/** Maximum lanes that take turns in testing whether a pause of the account has ended. */
export const maxProbedLanes = 25;

// --- Read-back ---

/** Checks of a target that must agree before a file is sent again or held for an operator. */
export const looksToDecide = 2;

/** A check with a temporary doubt counts only once the outcome has been unknown for this long. */
export const passingReasonMs = dayMs;

/** Total attempts of one file if its target cannot be listed and Kombo calls a repeat safe. */
export const maxUnreadAttempts = 5;

/** The last attempt starts at least this long after the previous one, so that it does not meet the same outage. */
export const lastAttemptAfterOutageMs = 6 * hourMs;

/**
 * A file dated this long before our first unknown attempt is not ours, because wrong clocks and zones are off by less
 * than a day.
 */
export const datedBeforeMs = dayMs;

/** The limits of one check of a target: time, requests, whole downloads, and concurrent downloads. */
export const lookTimeoutMs = 2 * minuteMs;
export const maxLookRequests = 1_000;
export const maxWholeDownloads = 50;
export const parallelDownloads = 8;

/**
 * Maximum number of other uploads of a target that one check considers, because it compares no more files than this.
 */
export const maxOtherUploads = maxLookRequests;

/** Time limit for opening an object and reading its first bytes, or all of them if S3 has no checksum. */
export const objectTimeoutMs = 30 * secondMs;

// --- What is known about a tool ---

/**
 * Tools change, so a lesson is valid for 30 days. After 20 days the next upload is compared again, so that there is no
 * gap.
 */
export const lessonLifetimeMs = 30 * dayMs;
export const lessonRefreshMs = 20 * dayMs;

/**
 * A file found later than this shows little about how soon the tool lists files, so the next upload is compared as
 * well.
 */
export const promptLagMs = hourMs;

/**
 * Maximum lessons per kind of target and content type: two from different targets, and older ones with longer files.
 */
export const maxLessonsKept = 4;
/** Maximum samples per kind of target and content type that wait for their comparison. */
export const maxWaitingSamples = 2;
/** Maximum pairs of target kind and content type per integration; more than an ATS accepts. */
export const maxToolGroups = 40;

// --- Runs ---

/** How long a run waits for Kombo when it has nothing else to do. If the wait is longer, the next run continues. */
export const maxIdleWaitMs = 5 * secondMs;
/** Time reserved for the rest of a run or an answer. */
export const runReserveMs = 15 * secondMs;

/**
 * Files that one cause holds or rejects less than an hour apart are one wave. A new wave is reported by one or two runs
 * only, because no other cause can ring the alarm until it is off. `newForMs` exceeds the 5 minutes between two runs,
 * because an index shows a write a moment later. A wave that started while no run reported is reported by the next run,
 * however long ago it started.
 */
export const waveGapMs = hourMs;
export const newForMs = 6 * minuteMs;

/** Files that are taken from one lane before the other lanes have their turn. */
export const lanePageSize = 25;

/** Counting stops here, so that a long backlog is not read to its end. */
export const maxCounted = 1_000;

/**
 * Adaptive concurrency: the successes per slot before the limit grows (doubled with each throttling), and the first and
 * longest standstill.
 */
export const maxSuccessesToGrow = 16;
export const firstStandstillMs = secondMs;
export const maxStandstillMs = minuteMs;

/**
 * An object may appear in a listing long after its date: clocks differ, and a multipart upload is dated by its start.
 * Each pass checks objects again that are up to an hour older than the start of the last finished pass; once a day,
 * those of three days. A multipart upload that takes longer is found only by its own event.
 */
export const sweepMarginMs = hourMs;
export const sweepDeepMs = 3 * dayMs;

/**
 * A sweep counts as stopped when no pass has finished for this long. The alarm sweep-stopped has the same threshold.
 */
export const sweepStoppedMs = dayMs;

/**
 * Shorter than the 5 minutes between runs, so the next run can take over after a crash. The cursor is written every
 * minute.
 */
export const sweepLeaseMs = 3 * minuteMs;
export const sweepCursorMs = minuteMs;
/** Runs start every 5 minutes with this much jitter. A pass that is due must not wait for one more run. */
export const sweepJitterMs = minuteMs;
/** S3 reports whole seconds, so an object that was put right after the first sweep must not look older than it. */
export const sweepStartMarginMs = 2 * secondMs;

/**
 * One canary is put per day. If the bucket did not accept it, it is put again after this long, which is longer than any
 * put takes. An item older than two days dates from before the canary was switched off.
 */
export const canaryRetryMs = 10 * minuteMs;
export const canaryOffAfterMs = 2 * dayMs;
export const canaryLateAfterMs = hourMs;

/**
 * Maximum pages that are listed for one answer, because a prefix may contain a million folder markers; and maximum
 * unwatched folders that are shown.
 */
export const maxListedPages = 20;
export const maxUnwatchedFolders = 20;
