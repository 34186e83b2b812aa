import type { Deviations } from './run-checks.ts';

const because = (reason: string, ...names: readonly string[]): Deviations =>
  Object.fromEntries(names.map((name) => [name, reason]));

/** The local stand-in: none. */
const local: Deviations = {};

/** v1.8.0, with its POSIX backend. */
const versitygw: Deviations = {
  ...because(
    'It stores half of an upload that was sent unsigned and broke off.',
    'An upload that breaks off leaves nothing',
    'An upload that breaks off leaves the object that was there',
  ),
  ...because('Its 304 has no ETag.', 'GET with If-None-Match of the ETag answers 304 without a body'),
  ...because(
    'It stores aws-chunked as the encoding of the object.',
    'A chunked upload with an unsigned trailer',
    'A chunked upload with signed chunks',
    'A chunked upload with signed chunks and a signed trailer',
    'A chunked upload whose network packets end anywhere',
    'aws-chunked is taken out of Content-Encoding, the rest stays',
  ),
  ...because('It answers 304 to a copy whose condition is false.', 'CopySourceIfNoneMatch with the ETag answers 412'),
  ...because(
    'It ignores conditions on the target of a copy.',
    'A copy with If-None-Match: * answers 412 for a key that exists',
  ),
  ...because(
    'It makes no delete marker for a key that it does not know.',
    'DELETE of a missing key makes a delete marker',
  ),
  ...because('It takes a delete marker for an object.', 'PUT with If-None-Match: * succeeds behind a delete marker'),
  ...because(
    'It has no encoding-type, so its listings cannot hold characters that XML cannot.',
    'encoding-type=url encodes keys, prefixes and delimiters',
    'Keys with control characters',
  ),
  ...because(
    'It uses the token as a key and takes any.',
    'A continuation token that is not its own answers 400 InvalidArgument',
  ),
  ...because(
    'It keeps keys as paths of files: no empty or dot segments, no object that is a folder, 255 bytes per segment.',
    'Keys with empty segments',
    'Keys that begin with a slash',
    'Keys with . and .. as segments are taken literally',
    'A key may be a folder of other keys too',
    'A segment of 300 bytes',
    'A key of 1,024 bytes',
    'A key of 1,025 bytes answers 400 KeyTooLongError',
    'The limit counts bytes, not characters',
  ),
  ...because('It ignores Quiet.', 'A quiet batch delete reports only errors'),
  ...because(
    'It takes batches of any size, empty ones too.',
    'A batch delete of more than 1,000 keys answers 400 MalformedXML',
    'A batch delete without keys answers 400 MalformedXML',
  ),
  ...because(
    'It answers InvalidRequest instead of MalformedXML.',
    'A batch delete with XML that is not XML answers 400 MalformedXML',
    'A batch delete with a bare ampersand answers 400 MalformedXML',
    'A batch delete with a NUL answers 400 MalformedXML',
  ),
  ...because(
    'Its XML parser takes this.',
    'A batch delete with a second root answers 400 MalformedXML',
    'A batch delete with an attribute twice answers 400 MalformedXML',
  ),
  ...because('It ignores the ETag of a batch delete.', 'A batch delete with the ETag of other bytes keeps that object'),
  ...because('It reads chunks to the last one only.', 'Bytes behind the last chunk answer 400 and keep nothing'),
  ...because(
    'It looks for the version that the last page ended with.',
    'A listing of versions is continued although its last page was deleted',
  ),
  ...because(
    'It refuses in us-east-1, too.',
    'Creating an own bucket again answers 409 BucketAlreadyOwnedByYou outside us-east-1',
  ),
  ...because('It has only some of the rules.', 'Bucket names against the naming rules answer 400 InvalidBucketName'),
  ...because('It takes reserved tags.', 'A tag of the prefix aws: answers 400 InvalidTag'),
  ...because(
    'It reads nothing of an object from the query of a link.',
    'A presigned PUT keeps the metadata, tags and storage class that the link names',
  ),
  ...because('It takes ${filename} of a form literally.', '${filename} in the key is replaced by the name of the file'),
  ...because('It applies the policy to fields behind the file.', 'Fields behind the file are ignored'),
  ...because(
    'It has no storage classes, and calls all STANDARD.',
    'HEAD names every storage class but STANDARD',
    'Listings name the storage class',
    'GET of a GLACIER object answers 403 InvalidObjectState',
    'GET of a DEEP_ARCHIVE object answers 403 InvalidObjectState',
    'A copy of a GLACIER object answers 403 InvalidObjectState',
    'A storage class that does not exist answers 400 InvalidStorageClass',
  ),
  ...because('It returns the bytes of the header as they came.', 'User metadata beyond ASCII come back as RFC 2047'),
};

/** 5.2.5, as a server. */
const moto: Deviations = {
  ...because('It reads any unit as bytes.', 'A Range header in another unit is ignored'),
  ...because(
    'It keeps a checksum only when the request names its algorithm as well.',
    'CRC32 is verified, kept, and reported with its type when asked for',
    'CRC32C is verified, kept, and reported with its type when asked for',
    'CRC64NVME is verified, kept, and reported with its type when asked for',
    'SHA1 is verified, kept, and reported with its type when asked for',
    'SHA256 is verified, kept, and reported with its type when asked for',
    'A checksum in a trailer is kept',
  ),
  ...because(
    'It verifies no checksum.',
    'A CRC32 of other bytes answers 400 BadDigest and keeps nothing',
    'A CRC32C of other bytes answers 400 BadDigest and keeps nothing',
    'A CRC64NVME of other bytes answers 400 BadDigest and keeps nothing',
    'A SHA1 of other bytes answers 400 BadDigest and keeps nothing',
    'A SHA256 of other bytes answers 400 BadDigest and keeps nothing',
    'A Content-MD5 of other bytes answers 400 BadDigest',
    'A Content-MD5 that is none answers 400 InvalidDigest',
    'A checksum of the wrong length answers 400 InvalidRequest',
    'Two checksums at once answer 400 InvalidRequest',
    'A body that is not what x-amz-content-sha256 says answers 400 XAmzContentSHA256Mismatch',
    'A part with the checksum of other bytes answers 400 BadDigest',
    'A wrong checksum of the full object fails CompleteMultipartUpload',
    'A trailer with the checksum of other bytes answers 400 BadDigest and keeps nothing',
    'A batch delete with the checksum of another body answers 400 BadDigest',
    'A batch delete without any checksum answers 400 InvalidRequest',
  ),
  ...because(
    'It computes no CRC64NVME.',
    'An upload without a checksum gets a CRC64NVME',
    'A multipart upload without a checksum gets a CRC64NVME of all bytes',
  ),
  ...because(
    'It leaves the number of parts out of a composite checksum.',
    'A multipart SHA256 is the checksum of the checksums of the parts',
  ),
  ...because(
    'It takes chunked bodies that contradict their headers, or fails with 500.',
    'A trailer that was announced and does not come answers 400 and keeps nothing',
    'Chunks with fewer bytes than announced answer 400 IncompleteBody and keep nothing',
    'Chunks with more bytes than announced answer 400 and keep nothing',
    'A chunk that lies about its size answers 400 and keeps nothing',
    'A chunk size that is no number answers 400 and keeps nothing',
    'Chunks without the last one answer 400 and keep nothing',
    'A chunked upload without its decoded length answers 411 MissingContentLength',
    'Bytes behind the last chunk answer 400 and keep nothing',
    'A trailer that was not announced answers 400 MalformedTrailerError and keeps nothing',
    'An x-amz-content-sha256 that S3 does not know answers 400 and keeps nothing',
  ),
  ...because(
    'It has another error, or an HTTP 500 of its web server, for this.',
    'Parts that are listed out of order answer 400 InvalidPartOrder',
    'Completing with XML that is not XML answers 400 MalformedXML',
    'Part numbers outside 1 to 10,000 answer 400 InvalidArgument',
    'An unknown upload answers 404 NoSuchUpload to each operation',
    'An aborted upload is gone',
    'A continuation token that is not its own answers 400 InvalidArgument',
    'max-keys that is no number answers 400 InvalidArgument',
    'A batch delete with XML that is not XML answers 400 MalformedXML',
    'A batch delete with a second root answers 400 MalformedXML',
    'A batch delete with a bare ampersand answers 400 MalformedXML',
    'A batch delete with an attribute twice answers 400 MalformedXML',
    'A batch delete with a NUL answers 400 MalformedXML',
    'A form without a key answers 400 InvalidArgument',
    'A method that objects do not have answers 405 MethodNotAllowed',
  ),
  ...because(
    'It ignores these conditions of a copy.',
    'CopySourceIfMatch with another ETag answers 412',
    'A copy with If-None-Match: * answers 412 for a key that exists',
  ),
  ...because(
    'Its delete markers are not told in headers, and it makes none for a key that it does not know.',
    'DELETE hides the object behind a delete marker',
    'GET of a delete marker by its id answers 405 MethodNotAllowed',
    'Deleting the delete marker brings the object back',
    'DELETE of a missing key makes a delete marker',
  ),
  ...because(
    'Versions uploaded while suspended cannot be read by the id null.',
    'While versions are suspended, uploads replace the version null',
  ),
  ...because('It names no next marker.', 'ListObjects (version 1) names the next marker with a delimiter'),
  ...because(
    'Its web server finds no route for a path with a line break.',
    'Keys with control characters',
    'A batch delete takes keys with character references',
  ),
  ...because(
    'It has no such limit.',
    'A key of 1,025 bytes answers 400 KeyTooLongError',
    'The limit counts bytes, not characters',
    'A batch delete of more than 1,000 keys answers 400 MalformedXML',
    'A tag key twice answers 400 InvalidTag',
    'A bucket name with capital letters answers 400 InvalidBucketName',
    'Bucket names against the naming rules answer 400 InvalidBucketName',
  ),
  ...because('It ignores Quiet.', 'A quiet batch delete reports only errors'),
  ...because('It ignores the ETag of a batch delete.', 'A batch delete with the ETag of other bytes keeps that object'),
  ...because(
    'It looks for the version that the last page ended with.',
    'A listing of versions is continued although its last page was deleted',
  ),
  ...because(
    'It reads only metadata from the query of a link.',
    'A presigned PUT keeps the metadata, tags and storage class that the link names',
  ),
  ...because(
    'Its answers to forms have no ETag, bucket and key.',
    'A form upload answers 204 and stores the bytes',
    'success_action_status 201 answers bucket, key and ETag as XML',
    'success_action_redirect answers 303 with bucket, key and ETag',
  ),
  ...because('It reads the fields behind the file.', 'Fields behind the file are ignored'),
  ...because(
    'It does not read policies.',
    'A file over the content-length-range answers 400 EntityTooLarge',
    'A file under the content-length-range answers 400 EntityTooSmall',
    'A form field without a condition answers 403 AccessDenied',
    'A form whose policy has expired answers 403 AccessDenied',
  ),
  ...because('It returns the bytes of the header as they came.', 'User metadata beyond ASCII come back as RFC 2047'),
  ...because(
    'Its links never end.',
    'A presigned link ends when it says',
    'A presigned link of more than 7 days answers 400 AuthorizationQueryParametersError',
  ),
  ...because('Its answers have no request id.', 'Every answer has a request id, an error in its body too'),
  ...because('It takes an upload without a length.', 'An upload without a length is refused, and keeps nothing'),
};

/**
 * Where an implementation is known to differ from the AWS documentation, per suite: the name of the check, and the reason.
 * An entry that no longer deviates fails the run.
 */
export const knownDeviations: {
  readonly s3: Readonly<Record<string, Deviations>>;
} = { s3: { local, versitygw, moto } };
