import { komboFailures } from './kombo-failures.ts';

/**
 * What a failure means for the upload, whatever caused it.
 * - `retrying`: known not delivered; the schedule sends it again.
 * - `unknown`: may have been delivered; the target is read before anything is repeated.
 * - `held`: a person must act, then resume or retry.
 * - `rejected`: this file or key is wrong; a new upload is needed.
 * - `superseded`: the object is no longer what the event spoke of.
 */
export type FailureStatus = 'retrying' | 'unknown' | 'held' | 'rejected' | 'superseded';

export interface Failure {
  readonly status: FailureStatus;
  readonly meaning: string;
  /** What a person does about it; complete sentences, ready for a message at 3 a.m. */
  readonly nextStep: string;
}

/** Every way an upload can fail before or beside Kombo. Those that Kombo reports are in `kombo/failures.ts`. */
const ownFailures = {
  KEY_MALFORMED: {
    status: 'rejected',
    meaning: 'The event carries a key that is not valid form-encoding.',
    nextStep: 'Upload the file again under a plain key; S3 itself never sends such an event.',
  },
  KEY_NOT_MATCHED: {
    status: 'rejected',
    meaning: 'The key fits none of KEY_TEMPLATES, so nobody can say whose CV it is.',
    nextStep: 'Upload it under a key that fits a template, or add a template, deploy, and retry.',
  },
  INTEGRATION_UNNAMED: {
    status: 'held',
    meaning: 'The template has no {integration_id} and KOMBO_INTEGRATION_ID is not set.',
    nextStep: 'Set KOMBO_INTEGRATION_ID, deploy, and retry.',
  },
  FILE_EMPTY: {
    status: 'rejected',
    meaning: 'The file has no bytes.',
    nextStep: 'Ask the uploader for the file again; the upload was probably cut short.',
  },
  FILE_TOO_LARGE: {
    status: 'rejected',
    meaning: 'The file is larger than MAX_BYTES or than the integration accepts.',
    nextStep: 'Ask for a smaller file, or raise MAX_BYTES if the ATS takes more, and retry.',
  },
  TYPE_NOT_ALLOWED: {
    status: 'rejected',
    meaning: 'The file is of a type that ALLOWED_TYPES or the integration does not accept.',
    nextStep: 'Ask for a PDF, or add the type to ALLOWED_TYPES if the ATS takes it, and retry.',
  },
  TYPE_CONTRADICTED: {
    status: 'rejected',
    meaning: 'The first bytes say another type than the file name does, for example an .exe named .pdf.',
    nextStep: 'Look at the file with care; ask the uploader for the real document.',
  },
  CONTENT_ENCODED: {
    status: 'rejected',
    meaning: 'The object has a Content-Encoding, so its bytes are not the document.',
    nextStep: 'Upload the file uncompressed.',
  },
  REMOTE_FIELDS_INVALID: {
    status: 'rejected',
    meaning: 'The user metadata kombo-remote-fields is not a JSON object.',
    nextStep: 'Upload again with corrected metadata; the README shows the form.',
  },
  OBJECT_REPLACED: {
    status: 'superseded',
    meaning: 'Another object stands under the key now; it has its own event.',
    nextStep: 'Nothing: the newer object is delivered in its own right.',
  },
  OBJECT_DELETED: {
    status: 'superseded',
    meaning: 'The object was deleted before it was read.',
    nextStep: 'Nothing, unless it was deleted by mistake: then upload it again.',
  },
  OBJECT_ARCHIVED: {
    status: 'held',
    meaning: 'The object lies in an archive storage class and cannot be read at once.',
    nextStep: 'Restore the object in S3, then retry.',
  },
  STORAGE_DENIED: {
    status: 'held',
    meaning: 'S3 or its encryption key refused to let the function read the object.',
    nextStep: "Give the function's role s3:GetObject on the bucket and kms:Decrypt on its key, then retry.",
  },
  BUCKET_NOT_FOUND: {
    status: 'held',
    meaning: 'There is no such bucket.',
    nextStep: 'Compare BUCKET and the region of the function with the bucket, deploy, and retry.',
  },
  STORAGE_UNAVAILABLE: {
    status: 'retrying',
    meaning: 'S3 could not be read; nothing was delivered.',
    nextStep: 'Nothing: it is tried again by itself.',
  },
  SOURCE_SHORT: {
    status: 'retrying',
    meaning: 'S3 sent fewer or more bytes than it announced; the last bytes were withheld, so nothing was delivered.',
    nextStep: 'Nothing: it is tried again by itself.',
  },
  SOURCE_STALLED: {
    status: 'retrying',
    meaning: 'S3 stopped sending; the last bytes were withheld, so nothing was delivered.',
    nextStep: 'Nothing: it is tried again by itself.',
  },
  SOURCE_CORRUPT: {
    status: 'retrying',
    meaning: 'The bytes read do not fit their checksum; the last bytes were withheld, so nothing was delivered.',
    nextStep: 'Nothing at first; if it stays, the object is damaged: upload it again.',
  },
  OUT_OF_TIME: {
    status: 'retrying',
    meaning: 'Time ran out before the last byte was sent, so nothing was delivered.',
    nextStep: 'Nothing at first; if it stays, raise KOMBO_TIMEOUT_SECONDS and the function timeout.',
  },
  LEDGER_UNAVAILABLE: {
    status: 'retrying',
    meaning: 'The ledger did not tell whether the integration is paused, so nothing was sent.',
    nextStep: 'Nothing at first; if it stays, look at the throttles and errors of the ledger table.',
  },
  LEASE_EXPIRED: {
    status: 'unknown',
    meaning: 'The function that was sending it died without a word.',
    nextStep: 'Nothing: the target is read to see whether the file arrived.',
  },
  OUTCOME_UNKNOWN: {
    status: 'held',
    meaning: 'It may or may not have been delivered, and Kombo cannot tell.',
    nextStep: 'Look at the candidate in the ATS: when the file is there, resolve it as attached; when not, resend it.',
  },
  RETRIES_EXHAUSTED: {
    status: 'held',
    meaning: 'It was tried for 24 hours or 12 times without success.',
    nextStep: 'Read the last error below, mend its cause, then retry.',
  },
  INTEGRATION_PAUSED: {
    status: 'held',
    meaning:
      'Deliveries for this integration are paused, because every file would fail alike or a person asked for it.',
    nextStep: 'Mend the cause that the pause names, then resume the integration; its files follow by themselves.',
  },
  SCAN_THREAT_FOUND: {
    status: 'held',
    meaning: 'The malware scan found a threat.',
    nextStep: 'Do not open the file. Delete it, and tell whoever uploaded it.',
  },
  SCAN_UNSUPPORTED: {
    status: 'held',
    meaning: 'The malware scan could not read the file, for example because it has a password.',
    nextStep: 'Ask for the file without a password, or look at it with care and retry.',
  },
  SCAN_DENIED: {
    status: 'held',
    meaning: 'The malware scan was not allowed to read the object.',
    nextStep: "Give the scan's role access to the bucket and its key, rescan, then retry.",
  },
  SCAN_FAILED: {
    status: 'held',
    meaning: 'The malware scan itself failed.',
    nextStep: 'Scan the object again; a clean verdict delivers it by itself.',
  },
  SCAN_VERDICT_UNKNOWN: {
    status: 'held',
    meaning: 'The malware scan gave a verdict that this version does not know, so it does not count as clean.',
    nextStep: 'Look the verdict up in the GuardDuty guide; when the file may be used, retry, otherwise delete it.',
  },
  SCAN_MISSING: {
    status: 'held',
    meaning: 'REQUIRE_SCAN is on, and no verdict of the malware scan has come for this file.',
    nextStep:
      'See whether the scan runs for the bucket, and scan the object again; a clean verdict delivers it by itself.',
  },
  RESEND_ASKED: {
    status: 'retrying',
    meaning: 'It was attached, and a person asked with a reason to send it once more.',
    nextStep: 'Nothing: it is sent by the next scheduled run.',
  },
  RECORD_UNREADABLE: {
    status: 'held',
    meaning: 'The ledger record of this upload cannot be understood, so nothing is sent on its word.',
    nextStep: 'Deploy the version that wrote it; otherwise look in the ATS, then forget or repair the record.',
  },
} as const satisfies Record<string, Failure>;

/** Every way an upload can fail, how it settles, and what a person does about it. */
export const failures = { ...ownFailures, ...komboFailures } as const satisfies Record<string, Failure>;

export type FailureCode = keyof typeof failures;
