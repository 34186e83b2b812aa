import type { Failure } from './failure.ts';

/** None of these codes comes from Kombo, so none indicates anything about its key, its limits or an integration. */
const besideKombo = {
  pauses: 'nothing',
  seenIn: 'nowhere',
  judges: 'nothing',
  throttled: 'no',
  keyRefused: false,
  stackFault: false,
  outage: 'no',
  vendorRepeats: false,
  asListing: 'look-again',
  atFault: 'none',
  acts: 'nobody',
} as const;

const retried = { ...besideKombo, status: 'waiting', retry: 'soon' } as const;
const unknown = { ...besideKombo, status: 'unknown', retry: 'never' } as const;
const held = { ...besideKombo, status: 'held', retry: 'never', acts: 'operator' } as const;
const rejected = { ...besideKombo, status: 'rejected', retry: 'never', atFault: 'file', acts: 'uploader' } as const;
const superseded = { ...besideKombo, status: 'superseded', retry: 'never' } as const;

/** Every way in which an upload can fail before or outside a call to Kombo. */
export const uploadFailures = {
  KEY_NOT_MATCHED: {
    ...rejected,
    atFault: 'key',
    meaning: 'The key matches none of KEY_TEMPLATES, so it names no candidate or application.',
    nextStep:
      'Move the object to a key that matches one of KEY_TEMPLATES, for example candidates/ID/FILE with the default. Or add a template, deploy, and retry.',
  },
  FILE_EMPTY: {
    ...rejected,
    meaning: 'The file has no bytes.',
    nextStep: 'Ask the uploader for the file again; the upload was probably cut short.',
  },
  FILE_TOO_LARGE: {
    ...rejected,
    meaning: 'The file is larger than MAX_BYTES or than the integration accepts.',
    nextStep:
      'Ask for a smaller file. If MAX_BYTES is the limit and the ATS accepts more, raise it, deploy, and retry.',
  },
  TYPE_NOT_ALLOWED: {
    ...rejected,
    meaning: 'The file is of a type that ALLOWED_TYPES or the integration does not accept.',
    nextStep: 'Ask for a PDF. If ALLOWED_TYPES is the limit and the ATS accepts the type, add it, deploy, and retry.',
  },
  TYPE_CONTRADICTED: {
    ...rejected,
    meaning: 'The first bytes show a different type than the file name, for example an .exe named .pdf.',
    nextStep: 'Handle the file with care, and ask the uploader for the real document.',
  },
  FILE_HAS_PASSWORD: {
    ...rejected,
    meaning: 'The Office document has a password or restricted rights, so a recruiter could not open it.',
    nextStep: 'Ask the uploader for the document without a password, or for a PDF of it.',
  },
  CONTENT_ENCODED: {
    ...rejected,
    meaning: 'The object has a Content-Encoding, so its bytes are not the document.',
    nextStep: 'Upload the file uncompressed.',
  },
  REMOTE_FIELDS_INVALID: {
    ...rejected,
    meaning: 'The user metadata kombo-remote-fields is not a JSON object, or has a field of the wrong type.',
    nextStep: 'Upload again with corrected metadata; docs/configuration.md shows the format.',
  },
  OBJECT_REPLACED: {
    ...superseded,
    meaning: 'Another object is under the key now; it has its own event.',
    nextStep: 'Nothing: the newer object is delivered by its own event.',
  },
  OBJECT_DELETED: {
    ...superseded,
    meaning: 'The object was deleted before it was read.',
    nextStep: 'Nothing, unless it was deleted by mistake: then upload it again.',
  },
  OBJECT_GONE: {
    ...rejected,
    atFault: 'object',
    meaning: 'The object was deleted while its file waited to be sent, so it was never delivered.',
    nextStep:
      'Upload it again, unless it was deleted on purpose. A longer retention in the bucket keeps files through an outage.',
  },
  OBJECT_ARCHIVED: {
    ...held,
    meaning: 'The object is in an archive storage class and cannot be read immediately.',
    nextStep: 'Restore the object in S3, then retry. If it should not be sent, resolve it.',
  },
  STORAGE_DENIED: {
    ...held,
    meaning: 'The function is not allowed to read the object or to use its encryption key.',
    nextStep: "Give the function's role s3:GetObject on the bucket and kms:Decrypt on its key, then retry.",
  },
  BUCKET_NOT_FOUND: {
    ...held,
    meaning: 'The bucket does not exist.',
    nextStep: 'Check BUCKET and the region of the function, deploy, and retry.',
  },
  STORAGE_UNAVAILABLE: {
    ...retried,
    meaning: 'S3 could not be read; nothing was delivered.',
    nextStep:
      'Nothing at first. If this persists, check the AWS Health Dashboard for S3 and KMS, and the network of the function.',
  },
  SOURCE_SHORT: {
    ...retried,
    meaning: 'S3 sent fewer or more bytes than it announced; the last bytes were withheld, so nothing was delivered.',
    nextStep:
      'Nothing at first. If this persists, check the AWS Health Dashboard for S3, and the network of the function.',
  },
  SOURCE_STALLED: {
    ...retried,
    meaning: 'S3 stopped sending; the last bytes were withheld, so nothing was delivered.',
    nextStep:
      'Nothing at first. If this persists, check the AWS Health Dashboard for S3, and the network of the function.',
  },
  SOURCE_CORRUPT: {
    ...retried,
    meaning: 'The bytes do not match their checksum; the last bytes were withheld, so nothing was delivered.',
    nextStep: 'Nothing at first. If this persists, the object is damaged: upload it again.',
  },
  OUT_OF_TIME: {
    ...retried,
    meaning: 'Time ran out before the last byte was sent, so nothing was delivered.',
    nextStep:
      'Nothing at first. If this persists: raise memoryMb (more memory also means more CPU), set komboTimeoutSeconds to its maximum of 290, or use transfer: data_url in a bucket with versions; then deploy.',
  },
  LEDGER_UNAVAILABLE: {
    ...retried,
    meaning: 'The other uploads of the key could not be read after the claim, so nothing was sent.',
    nextStep: 'Nothing at first. If this persists, check the throttling and error metrics of the ledger table.',
  },
  LANE_BUSY: {
    ...retried,
    meaning: "Kombo's limit on concurrent calls for this integration is reached, so nothing was sent.",
    nextStep: 'Nothing: it is sent by a scheduled run.',
  },
  SAME_BYTES_UNDECIDED: {
    ...retried,
    retry: 'later',
    meaning:
      'Another upload of this key, which may have the same bytes, is being sent or may have been delivered; nothing was sent.',
    nextStep:
      'Nothing: this upload is decided automatically after the other one. If the other one is held, an operator must decide it first; `status` of the key lists both.',
  },
  LEASE_EXPIRED: {
    ...unknown,
    meaning: 'The function stopped while sending (crash, timeout or freeze), so the outcome is unknown.',
    nextStep: 'Nothing: the target is checked to see whether the file arrived.',
  },
  RESTORED_DOUBT: {
    ...unknown,
    meaning: 'The ledger was restored from a backup, so the record of a delivery may be lost.',
    nextStep: 'Nothing: the target is checked to see whether the file arrived, before anything is sent.',
  },
  OUTCOME_UNKNOWN: {
    ...held,
    meaning: 'The file may have been delivered, and automatic checks could not decide whether it was.',
    nextStep:
      'The detail says what was seen. If it names a missing permission ("Read document attachments" in the Kombo scope config), grant it and retry: the target is checked again. Otherwise look for the file at the candidate in the ATS (docs/lost-answers.md, What an operator sees), where it may be renamed or converted. If it is there, resolve it as attached; if not, resend it with "force": true.',
  },
  RETRIES_EXHAUSTED: {
    ...held,
    meaning: 'The retry budget is used up: 24 hours or 12 attempts without success.',
    nextStep: 'Read the last error in the detail, fix its cause, then retry.',
  },
  INTEGRATION_PAUSED: {
    ...retried,
    meaning:
      'Deliveries of this integration are paused, because every file would fail in the same way or an operator asked for it.',
    nextStep:
      'Nothing for this file: it is sent when the pause ends. "status" shows the pause, its cause and what ends it.',
  },
  SCAN_THREAT_FOUND: {
    ...held,
    meaning: 'The malware scan found a threat.',
    nextStep:
      'Do not open the file. Delete the object, and inform the uploader; if it is attached, delete it in the ATS as well. Then "resolve" or "forget" it. If the verdict may be wrong, scan the object again (infra/README.md, Scan for malware): only a clean verdict releases it.',
  },
  SCAN_UNSUPPORTED: {
    ...held,
    acts: 'uploader',
    meaning: 'The malware scan could not read the file, for example because it has a password.',
    nextStep:
      'Ask for the file without a password, and resolve this one once the new file has arrived. If you trust the file, you can retry it by its key with "force": true.',
  },
  SCAN_DENIED: {
    ...held,
    meaning: 'The malware scan was not allowed to read the object.',
    nextStep:
      'Give the role of the malware protection plan (with scan: create-plan the ScanRole of the stack) access to the bucket and its key, and scan the object again (infra/README.md, Scan for malware); a clean verdict delivers it.',
  },
  SCAN_FAILED: {
    ...held,
    meaning: 'The malware scan itself failed.',
    nextStep: 'Scan the object again (infra/README.md, Scan for malware); a clean verdict delivers it automatically.',
  },
  SCAN_VERDICT_UNKNOWN: {
    ...held,
    meaning: 'The malware scan gave a verdict that this version does not know, so it does not count as clean.',
    nextStep:
      'Look the verdict up in the GuardDuty guide. If the file is safe, retry it by its key with "force": true; otherwise delete the object, then "resolve" it.',
  },
  SCAN_MISSING: {
    ...held,
    meaning: 'REQUIRE_SCAN is on, and no verdict of the malware scan has arrived for this file.',
    nextStep:
      'Check that the scan runs for the bucket, and scan the object (infra/README.md, Scan for malware); a clean verdict delivers it automatically.',
  },
  EVENT_MISSED: {
    ...retried,
    meaning: 'Its event never arrived; the sweep found the object.',
    nextStep:
      'Nothing for this file: it is sent by the next scheduled run. If most files arrive this way, the bucket no longer sends its events: see infra/README.md, An existing bucket.',
  },
  RESEND_ASKED: {
    ...retried,
    meaning: 'An operator asked to send this attached file again, with a reason.',
    nextStep: 'Nothing: it is sent by the next scheduled run.',
  },
  RECORD_UNREADABLE: {
    ...held,
    meaning: 'The ledger record of this upload cannot be understood, so its file is not sent.',
    nextStep: 'Deploy the version that wrote it; otherwise look in the ATS, then forget or repair the record.',
  },
} as const satisfies Record<string, Failure>;
