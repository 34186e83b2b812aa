import type { Deviations } from './run-checks.ts';

const because = (reason: string, ...names: readonly string[]): Deviations =>
  Object.fromEntries(names.map((name) => [name, reason]));

/** The local stand-in has no known deviations. */
const local: Deviations = {};

/** v1.8.0, with its POSIX backend. */
const versitygw: Deviations = {
  ...because(
    'It stores the first part of an unsigned upload that broke off.',
    'An upload that breaks off leaves nothing',
    'An upload that breaks off leaves the earlier object',
  ),
  ...because('Its 304 has no ETag.', 'GET with If-None-Match of the ETag answers 304 without a body'),
  ...because(
    'It stores aws-chunked as the encoding of the object.',
    'A chunked upload with an unsigned trailer',
    'A chunked upload with signed chunks',
    'A chunked upload with signed chunks and a signed trailer',
    'A chunked upload whose network packets end anywhere',
    'aws-chunked is removed from Content-Encoding, the rest stays',
  ),
  ...because('It answers 304 to a copy whose condition is false.', 'CopySourceIfNoneMatch with the ETag answers 412'),
  ...because(
    'It ignores conditions on the target of a copy.',
    'A copy with If-None-Match: * answers 412 for a key that exists',
  ),
  ...because('It creates no delete marker for an unknown key.', 'DELETE of a missing key creates a delete marker'),
  ...because('It mistakes a delete marker for an object.', 'PUT with If-None-Match: * succeeds after a delete marker'),
  ...because(
    'It has no encoding-type, so its listings cannot contain characters that XML does not allow.',
    'encoding-type=url encodes keys, prefixes and delimiters',
    'Keys with control characters',
  ),
  ...because('It uses the token as a key and accepts any.', 'A foreign continuation token answers 400 InvalidArgument'),
  ...because(
    'It keeps keys as paths of files: no empty or dot segments, no object that is a folder, 255 bytes per segment.',
    'Keys with empty segments',
    'Keys that start with a slash',
    'Keys with . and .. as segments are taken literally',
    'A key may be a folder of other keys too',
    'A segment of 300 bytes',
    'A key of 1,024 bytes',
    'A key of 1,025 bytes answers 400 KeyTooLongError',
    'The limit counts bytes, not characters',
  ),
  ...because('It ignores Quiet.', 'A quiet batch delete reports only errors'),
  ...because(
    'It accepts batches of any size, including empty ones.',
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
    'Its XML parser accepts this.',
    'A batch delete with a second root answers 400 MalformedXML',
    'A batch delete with an attribute twice answers 400 MalformedXML',
  ),
  ...because('It ignores the ETag of a batch delete.', 'A batch delete with the ETag of other bytes keeps that object'),
  ...because('It stops reading after the last chunk.', 'Bytes after the last chunk answer 400 and keep nothing'),
  ...because(
    'It looks for the version that the last page ended with.',
    'A listing of versions is continued although its last page was deleted',
  ),
  ...because(
    'It refuses in us-east-1, too.',
    'Creating an own bucket again answers 409 BucketAlreadyOwnedByYou outside us-east-1',
  ),
  ...because('It has only some of the rules.', 'Bucket names against the naming rules answer 400 InvalidBucketName'),
  ...because('It accepts reserved tags.', 'A tag of the prefix aws: answers 400 InvalidTag'),
  ...because(
    'It does not read metadata, tags or storage class from the query of a link.',
    'A presigned PUT keeps the metadata, tags and storage class that the link names',
  ),
  ...because('It uses ${filename} of a form literally.', '${filename} in the key is replaced by the name of the file'),
  ...because('It applies the policy to fields after the file.', 'Fields after the file are ignored'),
  ...because(
    'It has no storage classes, and reports STANDARD for all.',
    'HEAD reports every storage class except STANDARD',
    'Listings report the storage class',
    'GET of a GLACIER object answers 403 InvalidObjectState',
    'GET of a DEEP_ARCHIVE object answers 403 InvalidObjectState',
    'A copy of a GLACIER object answers 403 InvalidObjectState',
    'A storage class that does not exist answers 400 InvalidStorageClass',
  ),
  ...because('It returns the bytes of the header unchanged.', 'User metadata beyond ASCII is returned as RFC 2047'),
};

/** 5.2.5, as a server. */
const moto: Deviations = {
  ...because('It reads any unit as bytes.', 'A Range header in another unit is ignored'),
  ...because(
    'It keeps a checksum only when the request names its algorithm as well.',
    'CRC32 is verified, kept, and reported with its type on request',
    'CRC32C is verified, kept, and reported with its type on request',
    'CRC64NVME is verified, kept, and reported with its type on request',
    'SHA1 is verified, kept, and reported with its type on request',
    'SHA256 is verified, kept, and reported with its type on request',
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
    'An invalid Content-MD5 answers 400 InvalidDigest',
    'A checksum of the wrong length answers 400 InvalidRequest',
    'Two checksums in one request answer 400 InvalidRequest',
    'A body that differs from x-amz-content-sha256 answers 400 XAmzContentSHA256Mismatch',
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
    'It accepts chunked bodies that contradict their headers, or fails with 500.',
    'An announced trailer that is missing answers 400 and keeps nothing',
    'Chunks with fewer bytes than announced answer 400 IncompleteBody and keep nothing',
    'Chunks with more bytes than announced answer 400 and keep nothing',
    'A chunk with a wrong size answers 400 and keeps nothing',
    'A chunk size that is not a number answers 400 and keeps nothing',
    'Chunks without the last one answer 400 and keep nothing',
    'A chunked upload without its decoded length answers 411 MissingContentLength',
    'Bytes after the last chunk answer 400 and keep nothing',
    'A trailer that was not announced answers 400 MalformedTrailerError and keeps nothing',
    'An unknown x-amz-content-sha256 answers 400 and keeps nothing',
  ),
  ...because(
    'It answers with another error, or with HTTP 500 of its web server.',
    'Parts that are listed out of order answer 400 InvalidPartOrder',
    'Completing with XML that is not XML answers 400 MalformedXML',
    'Part numbers outside 1 to 10,000 answer 400 InvalidArgument',
    'An unknown upload answers 404 NoSuchUpload to each operation',
    'An aborted upload no longer exists',
    'A foreign continuation token answers 400 InvalidArgument',
    'max-keys that is not a number answers 400 InvalidArgument',
    'A batch delete with XML that is not XML answers 400 MalformedXML',
    'A batch delete with a second root answers 400 MalformedXML',
    'A batch delete with a bare ampersand answers 400 MalformedXML',
    'A batch delete with an attribute twice answers 400 MalformedXML',
    'A batch delete with a NUL answers 400 MalformedXML',
    'A form without a key answers 400 InvalidArgument',
    'A method that objects do not support answers 405 MethodNotAllowed',
  ),
  ...because(
    'It ignores these conditions of a copy.',
    'CopySourceIfMatch with another ETag answers 412',
    'A copy with If-None-Match: * answers 412 for a key that exists',
  ),
  ...because(
    'Its headers do not report delete markers, and it creates none for an unknown key.',
    'DELETE hides the object behind a delete marker',
    'GET of a delete marker by its id answers 405 MethodNotAllowed',
    'Deleting the delete marker restores the object',
    'DELETE of a missing key creates a delete marker',
  ),
  ...because(
    'Versions uploaded while versioning is suspended cannot be read by the id null.',
    'While versions are suspended, uploads replace the version null',
  ),
  ...because('It returns no next marker.', 'ListObjects (version 1) returns the next marker with a delimiter'),
  ...because(
    'Its web server finds no route for a path with a line break.',
    'Keys with control characters',
    'A batch delete accepts keys with character references',
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
    'It reads metadata from the query of a link, but not tags or storage class.',
    'A presigned PUT keeps the metadata, tags and storage class that the link names',
  ),
  ...because(
    'Its answers to forms have neither ETag nor bucket nor key.',
    'A form upload answers 204 and stores the bytes',
    'success_action_status 201 answers bucket, key and ETag as XML',
    'success_action_redirect answers 303 with bucket, key and ETag',
  ),
  ...because('It reads the fields after the file.', 'Fields after the file are ignored'),
  ...because(
    'It does not read policies.',
    'A file over the content-length-range answers 400 EntityTooLarge',
    'A file under the content-length-range answers 400 EntityTooSmall',
    'A form field without a condition answers 403 AccessDenied',
    'A form whose policy has expired answers 403 AccessDenied',
  ),
  ...because('It returns the bytes of the header unchanged.', 'User metadata beyond ASCII is returned as RFC 2047'),
  ...because(
    'Its links never expire.',
    'A presigned link expires at its time',
    'A presigned link of more than 7 days answers 400 AuthorizationQueryParametersError',
  ),
  ...because('Its answers have no request id.', 'Every answer has a request id, an error also in its body'),
  ...because('It accepts an upload without a length.', 'An upload without a length is refused, and keeps nothing'),
};

/**
 * Where an implementation is known to differ from the AWS documentation, per suite: the name of the check, and the reason.
 * An entry that no longer deviates fails the run.
 */
export const knownDeviations: {
  readonly s3: Readonly<Record<string, Deviations>>;
} = { s3: { local, versitygw, moto } };
