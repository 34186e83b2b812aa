import { checksums } from './checksums.ts';
import { chunked } from './chunked.ts';
import { conditions } from './conditions.ts';
import type { S3Check } from './context.ts';
import { copies } from './copy.ts';
import { deletes } from './delete.ts';
import { errors } from './errors.ts';
import { formPosts } from './form-post.ts';
import { keys } from './keys.ts';
import { listing } from './listing.ts';
import { metadata } from './metadata.ts';
import { multipart } from './multipart.ts';
import { objects } from './objects.ts';
import { presigned } from './presigned.ts';
import { ranges } from './ranges.ts';
import { storageClasses } from './storage-class.ts';
import { tagging } from './tagging.ts';
import { versions } from './versions.ts';

export const s3Checks: readonly S3Check[] = [
  ...objects,
  ...conditions,
  ...ranges,
  ...checksums,
  ...chunked,
  ...multipart,
  ...copies,
  ...versions,
  ...listing,
  ...keys,
  ...deletes,
  ...formPosts,
  ...tagging,
  ...storageClasses,
  ...metadata,
  ...presigned,
  ...errors,
];
