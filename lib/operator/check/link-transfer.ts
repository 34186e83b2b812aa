import type { Settings } from '../../config/config.ts';
import type { Result } from '../../result.ts';
import { type CheckLine, fine, notTested, warn } from './check-line.ts';
import type { Versioning } from './stack-setup.ts';

/** A link must be pinned to a version. If the bucket keeps none, the file is sent as data instead. */
export const linkTransferLines = (
  { bucket, transfer }: Pick<Settings, 'bucket' | 'transfer'>,
  versioning: Result<Versioning, string>,
): readonly CheckLine[] => {
  if (transfer === 'data') return [];
  const what = 'links to files';
  if (!versioning.ok) {
    const found = `Whether ${bucket} keeps versions could not be read (${versioning.error}); objects without a version are sent as data.`;
    return [notTested(what, found, 'Give the role of on-demand s3:GetBucketVersioning on the bucket.')];
  }
  if (versioning.value === 'enabled')
    return [fine(what, `${bucket} keeps versions, so each link is pinned to one version.`)];
  const found = `TRANSFER is data_url, and versioning of ${bucket} is ${versioning.value === 'suspended' ? 'suspended' : 'off'}: a link would show whatever is under the key when Kombo reads it, so files are sent as data.`;
  return [warn(what, found, 'Switch on versioning of the bucket, or set the parameter transfer to data.')];
};
