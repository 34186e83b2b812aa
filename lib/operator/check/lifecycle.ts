import type { Settings } from '../../config/config.ts';
import { literalPrefixes } from '../../key-template/match-key.ts';
import { minKeptDays } from '../../limits.ts';
import { count } from '../count.ts';
import { type CheckLine, fine, notTested, warn } from './check-line.ts';
import type { LifecycleAction, LifecycleRule, StackSetup, Versioning } from './stack-setup.ts';

type WatchedBucket = Pick<Settings, 'bucket' | 'keyTemplates' | 'maxBytes'>;

/**
 * Reports lifecycle rules that delete or archive files before an operator has had time to act. If the bucket keeps
 * versions, rules for old versions count too: after a lost answer a file is compared by its version, even if the object
 * was replaced.
 */
export const checkLifecycle = async (
  { bucket, keyTemplates, maxBytes }: WatchedBucket,
  versioning: Versioning | undefined,
  signal: AbortSignal,
  setup: Pick<StackSetup, 'lifecycle'>,
): Promise<readonly CheckLine[]> => {
  const rules = await setup.lifecycle(bucket, signal);
  if (!rules.ok) {
    const found = `The lifecycle rules of ${bucket} could not be read (${rules.error}).`;
    const todo =
      'Give the role of on-demand s3:GetLifecycleConfiguration on the bucket. Until then, check yourself that no rule deletes or archives watched objects within 30 days.';
    return [notTested('lifecycle rules', found, todo)];
  }
  const prefixes = literalPrefixes(keyTemplates);
  const early = rules.value.flatMap((rule) => {
    const folders = prefixes.filter((prefix) => prefix.startsWith(rule.prefix) || rule.prefix.startsWith(prefix));
    if (folders.length === 0 || (rule.largerThanBytes ?? 0) >= maxBytes) return [];
    return rule.actions
      .filter((action) => isEarly(action) && (action.to === 'objects' || keepsVersions(versioning)))
      .map((action) => earlyLine(rule, action, folders));
  });
  if (early.length > 0) return early;
  const read = `${count(rules.value.length, 'rule')} ${rules.value.length === 1 ? 'was' : 'were'} read`;
  const found = `No rule of ${bucket} deletes or archives watched objects within ${minKeptDays} days (${read}).`;
  return [fine('lifecycle rules', found)];
};

/** A rule with a date is always early, because from that date S3 also applies it to every new object. */
const isEarly = ({ when }: LifecycleAction): boolean => !('afterDays' in when) || when.afterDays < minKeptDays;

/** If versioning could not be read, one warning too many is better than one too few. */
const keepsVersions = (versioning: Versioning | undefined): boolean =>
  versioning === undefined || versioning === 'enabled';

const earlyLine = (rule: LifecycleRule, { does, to, when }: LifecycleAction, folders: readonly string[]): CheckLine => {
  const where = folders.map((folder) => (folder === '' ? 'the whole bucket' : folder)).join(', ');
  const what = `${to}${rule.onlyTagged ? ' with certain tags' : ''} in ${where}`;
  const time =
    'afterDays' in when
      ? `${when.afterDays} ${when.afterDays === 1 ? 'day' : 'days'} after ${to === 'objects' ? 'their upload' : 'they were replaced'}`
      : `from ${when.from.toISOString().slice(0, 10)} on, and new ones immediately`;
  const todo = `A file that waits or is held needs its object until an operator has acted. Let the rule wait at least ${minKeptDays} days, or keep it out of these folders.`;
  return warn(`lifecycle rule ${rule.name === '' ? 'without a name' : rule.name}`, `It ${does} ${what} ${time}.`, todo);
};
